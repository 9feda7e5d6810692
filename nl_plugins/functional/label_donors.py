"""Synthetic label noise between alike samples: MLNT."""

import torch
import torch.nn.functional as F
from torch import Generator, Tensor

from ..checks import check_count, check_features, check_finite, check_fraction

__all__ = ['label_donors']


def label_donors(
    features: Tensor,
    rate: float = 0.5,
    neighbours: int = 10,
    generator: Generator | None = None,
) -> Tensor:
    r"""Whose label each sample is given, MLNT (Li et al. 2019) §3.2: (n,) int64.

    A share ``rate`` of the samples, drawn at random (rounded, halves up), takes the
    label of one of its ``neighbours`` nearest other samples, drawn as well; the others
    keep their own. So the noise is like what confuses people.

    Args:
        features: (n, d); the cosine says which are near.
        rate: :math:`\rho`, in [0, 1].
        neighbours: The paper's 10; all others where there are fewer.
        generator: Of the random numbers, on the CPU; by default torch's own.

    >>> features = torch.tensor([[1.0, 0.0], [1.0, 0.1], [0.0, 1.0], [0.1, 1.0]])
    >>> label_donors(features, rate=1.0, neighbours=1)
    tensor([1, 0, 3, 2])
    """
    rate = check_fraction(rate, 'rate', zero=True)
    neighbours = check_count(neighbours, 'neighbours')
    features = check_finite(check_features(features), 'features')
    count = len(features)
    donors = torch.arange(count)
    number = int(rate * count + 0.5)
    if count < 2 or number == 0:
        return donors.to(features.device)
    units = F.normalize(features.float(), dim=1)
    cosines = (units @ units.T).fill_diagonal_(-torch.inf)
    near = cosines.topk(min(neighbours, count - 1), dim=1).indices.cpu()
    chosen = torch.randperm(count, generator=generator)[:number]
    place = torch.randint(near.size(1), (number,), generator=generator)
    donors[chosen] = near[chosen, place]
    return donors.to(features.device)
