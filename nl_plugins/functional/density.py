"""How dense a sample's surroundings are, and how near the next denser one is."""

import math

import torch
from torch import Tensor

from ..checks import check_finite, check_fraction, check_square
from .numerics import compute_dtype, exact_ceil, kth_smallest

__all__ = ['nearest_denser_rows', 'nearest_denser_similarity', 'sample_density']

_BLOCK_ROWS = 256


def sample_density(similarity: Tensor, quantile: float = 0.6) -> Tensor:
    r"""Density of every sample of a class, SMP (Han et al. 2019) Eq. 6.

    :math:`\rho_i = \sum_j \mathrm{sign}(S_{ij} - S_c)`, where the cut
    :math:`S_c` is the k-th smallest of the :math:`n^2` entries of ``similarity``,
    the diagonal among them, :math:`k = \lceil quantile \cdot n^2 \rceil`.

    "Ranked top 40 %" is read as: 40 % of the entries lie above the cut.

    Args:
        similarity: (n, n), n >= 1; it need not be symmetric.
        quantile: Share of the entries at or below the cut, in (0, 1].

    Returns:
        (n,) int64 in [-n, n].

    Raises:
        ValueError: ``similarity`` is empty, not square or not finite, or
            ``quantile`` is outside (0, 1].
    """
    quantile = check_fraction(quantile, 'quantile')
    similarity = check_square(similarity, 'similarity')
    similarity = similarity.to(compute_dtype(similarity))
    k = exact_ceil(quantile, similarity.numel())
    cut = kth_smallest(similarity, k)
    # Sums of ones are exact in floats, and faster than in integers.
    return torch.sign(similarity - cut).sum(dim=1).long()


def nearest_denser_similarity(similarity: Tensor, density: Tensor) -> Tensor:
    r"""Similarity to the most similar denser sample, SMP Eq. 7.

    :math:`\eta_i = \max_{j: \rho_j > \rho_i} S_{ij}`, and
    :math:`\min_j S_{ij}` for every sample of the greatest density.

    Args:
        similarity: (n, n), n >= 1.
        density: (n,) of any real dtype, see :func:`sample_density`.

    Returns:
        (n,) in the dtype of ``similarity`` (float32 for half precision, float64
        for integers).

    Raises:
        ValueError: ``similarity`` is empty, not square or not finite, or
            ``density`` is not (n,) or not finite.
    """
    similarity = check_square(similarity, 'similarity')
    if density.shape != similarity.shape[:1]:
        raise ValueError(
            f'density must have shape ({len(similarity)},), got {tuple(density.shape)}'
        )
    check_finite(density, 'density')
    similarity = similarity.to(compute_dtype(similarity))
    rows = torch.arange(len(similarity), device=similarity.device)
    blocks = torch.split(rows, _BLOCK_ROWS)
    return torch.cat([nearest_denser_rows(similarity, density, b) for b in blocks])


def nearest_denser_rows(similarity: Tensor, density: Tensor, rows: Tensor) -> Tensor:
    """Eq. 7 for some of the samples only; the arguments are not checked.

    Args:
        similarity: (n, n).
        density: (n,).
        rows: (b,) int64, the samples asked for.

    Returns:
        (b,)
    """
    block = similarity[rows]
    denser = density > density[rows, None]
    nearest = block.masked_fill(~denser, -math.inf).amax(dim=1)
    return torch.where(density[rows] == density.max(), block.amin(dim=1), nearest)
