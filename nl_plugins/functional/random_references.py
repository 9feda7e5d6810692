"""A random reference set: CleanNet's alternative to k-means."""

import numpy as np
import torch
from torch import Tensor

from ..checks import check_count, check_features, check_finite

__all__ = ['random_references']


def random_references(features: Tensor, count: int = 50, seed: int = 0) -> Tensor:
    """(count, d) float32 features drawn from a class, CleanNet (Lee et al. 2018) §3.1.

    The first of the paper's two ways to choose the reference set; the other,
    :func:`~nl_plugins.functional.reference_vectors`, it found slightly better. Drawn
    without repetition, and kept in the order of the samples; all where there are no
    more than ``count``.

    Args:
        features: (n, d) of the samples that share one given label.
        count: Number of vectors at most, at least 1.
        seed: Random seed of the draw, at least 0.

    >>> random_references(torch.tensor([[1.0], [2.0], [3.0]]), count=2)
    tensor([[1.],
            [3.]])
    """
    count = check_count(count, 'count')
    seed = check_count(seed, 'seed', minimum=0)
    features = check_finite(check_features(features).float(), 'features')
    drawn = np.random.default_rng(seed).permutation(len(features))[:count]
    return features[torch.from_numpy(np.sort(drawn)).to(features.device)]
