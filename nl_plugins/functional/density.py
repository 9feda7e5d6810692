"""How dense a sample's surroundings are, and how near the next denser one is."""

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from ..checks import check_fraction, check_square, check_vector
from .numerics import compute_dtype, exact_ceil, order_statistics

__all__ = [
    'densities', 'nearest_denser_rows', 'nearest_denser_similarity', 'sample_density'
]  # fmt: skip

_BLOCK_ROWS = 256


def sample_density(similarity: Tensor, quantile: float = 0.6) -> Tensor:
    r"""Density of every sample of a class, SMP (Han et al. 2019) Eq. 6: (n,) int64.

    :math:`\rho_i = \sum_j \mathrm{sign}(S_{ij} - S_c)`, in [-n, n], where the cut
    :math:`S_c` is the k-th smallest of the :math:`n^2` entries of ``similarity``, the
    diagonal among them, :math:`k = \lceil quantile \cdot n^2 \rceil`. "Ranked top 40 %"
    is read as: 40 % of the entries lie above the cut.

    Args:
        similarity: (n, n), n >= 1; it need not be symmetric.
        quantile: Share of the entries at or below the cut, in (0, 1].

    >>> similarity = torch.tensor([[1.0, 0.9, 0.1], [0.9, 1.0, 0.2], [0.1, 0.2, 1]])
    >>> sample_density(similarity)
    tensor([ 0,  0, -1])
    """
    quantile = check_fraction(quantile, 'quantile')
    similarity = check_square(similarity, 'similarity')
    return densities(similarity.to(compute_dtype(similarity)), [quantile])[0]


def densities(similarity: Tensor, quantiles: Sequence[float]) -> list[Tensor]:
    """Eq. 6 for each of the quantiles; the arguments are not checked."""
    ranks = [exact_ceil(quantile, similarity.numel()) for quantile in quantiles]
    cuts = order_statistics(similarity, ranks)
    # Sums of ones are exact in floats, and faster than in integers.
    return [torch.sign(similarity - cut).sum(dim=1).long() for cut in cuts]


def nearest_denser_similarity(similarity: Tensor, density: Tensor) -> Tensor:
    r"""Similarity to the most similar denser sample, SMP Eq. 7: (n,).

    :math:`\eta_i = \max_{j: \rho_j > \rho_i} S_{ij}`, and :math:`\min_j S_{ij}` for
    every sample of the greatest density; ``density`` (n,) has any real dtype, see
    :func:`sample_density`.

    >>> similarity = torch.tensor([[1.0, 0.9, 0.1], [0.9, 1.0, 0.2], [0.1, 0.2, 1]])
    >>> nearest_denser_similarity(similarity, torch.tensor([2, 1, 1]))
    tensor([0.1000, 0.9000, 0.1000])
    """
    similarity = check_square(similarity, 'similarity')
    check_vector(density, 'density', len(similarity))
    similarity = similarity.to(compute_dtype(similarity))
    blocks = torch.arange(len(similarity), device=similarity.device).split(_BLOCK_ROWS)
    return torch.cat([nearest_denser_rows(similarity, density, b) for b in blocks])


def nearest_denser_rows(similarity: Tensor, density: Tensor, rows: Tensor) -> Tensor:
    """Eq. 7 for the samples ``rows`` (b,) only; the arguments are not checked."""
    block, denser = similarity[rows], density > density[rows, None]
    nearest = block.masked_fill(~denser, -math.inf).amax(dim=1)
    return torch.where(density[rows] == density.max(), block.amin(dim=1), nearest)
