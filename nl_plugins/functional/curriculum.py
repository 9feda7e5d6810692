"""Subsets of a class for a density curriculum: CurriculumNet."""

import numpy as np
import torch
from torch import Tensor

from ..checks import check_count, check_features, check_finite, check_fraction
from .density import sample_density
from .density_peaks import euclidean_distances
from .kmeans import kmeans_prototypes

__all__ = ['curriculum_subsets', 'densest_sample']


def densest_sample(
    features: Tensor, near_share: float = 0.6, num_samples: int = 4096, seed: int = 0
) -> int:
    r"""The centre of a class, CurriculumNet (Guo et al. 2018) §3.2: an index.

    :math:`D_{ij} = \|f_i - f_j\|^2`; the density :math:`\rho_i` counts the samples
    nearer than :math:`d_c`, which ``near_share`` of all :math:`n^2` distances do not
    exceed; the densest sample is the centre, for it also has the largest distance to a
    denser one. Up to what lies exactly at :math:`d_c`, this is
    :func:`~nl_plugins.functional.sample_density` with -D for the similarity.

    Args:
        features: (n, d) of the samples that share one given label, as they are.
        near_share: In (0, 1); the paper takes 50 to 70 %.
        num_samples: The most samples to measure densities among, drawn with ``seed``:
            memory grows with the square of their number. The paper takes all.
        seed: At least 0.

    >>> densest_sample(torch.tensor([[0.0], [1.0], [1.1], [5.0]]), near_share=0.5)
    1
    """
    near_share = check_fraction(near_share, 'near_share')
    if near_share == 1:
        raise ValueError('near_share must be below 1: all samples would be as dense')
    num_samples = check_count(num_samples, 'num_samples')
    seed = check_count(seed, 'seed', minimum=0)
    features = check_finite(check_features(features), 'features').float()
    drawn = np.random.default_rng(seed).permutation(len(features))[:num_samples]
    rows = torch.from_numpy(np.sort(drawn)).to(features.device)
    distances = euclidean_distances(features[rows])  # ordered as their squares are
    density = sample_density(-distances, 1 - near_share)
    return int(rows[density.argmax()])


def curriculum_subsets(
    features: Tensor, center: int, num_subsets: int = 3, seed: int = 0
) -> Tensor:
    """How clean a class's labels may be, CurriculumNet (Guo et al. 2018) §3.2: (n,).

    int64: 0 clean, 1 noisy, 2 highly noisy. The squared distances to the centre are
    parted by k-means (started by k-means++, once); the nearer, the cleaner. Fewer
    subsets where fewer distances differ.

    Args:
        features: (n, d) of the samples that share one given label, as they are.
        center: Index of the :func:`densest_sample`.
        num_subsets: At least 1; 3 in the paper.
        seed: Of k-means, at least 0.

    >>> features = torch.tensor([[0.0], [0.1], [-0.1], [2.0], [2.1], [9.0]])
    >>> curriculum_subsets(features, center=0)
    tensor([0, 0, 0, 1, 1, 2])
    """
    num_subsets = check_count(num_subsets, 'num_subsets')
    features = check_finite(check_features(features), 'features').float()
    if not 0 <= center < len(features):
        raise ValueError(f'center={center} is none of {len(features)} samples')
    distances = (features - features[center]).double().square().sum(dim=1)
    farthest = distances.max().clamp_min(torch.finfo(torch.float64).tiny)
    values = 1 + distances[:, None] / farthest  # k-means takes no zero vectors
    means = kmeans_prototypes(values, num_subsets, seed).flatten().sort().values
    return torch.bucketize(values[:, 0], (means[1:] + means[:-1]) / 2)
