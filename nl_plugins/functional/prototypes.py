"""The choice of a class's prototypes by density and distinctness."""

from collections.abc import Sequence

import torch
from torch import Tensor

from ..checks import check_count, check_features, check_fraction, check_threshold
from .density import densities, nearest_denser_rows
from .numerics import exact_ceil, product, unit_rows

__all__ = ['cosine_matrix', 'select_at_quantiles', 'select_prototypes']

_BLOCK_ROWS = 64
_NEARLY_ONE = 1 - 1e-5


def select_prototypes(
    features: Tensor,
    num_prototypes: int = 8,
    density_quantile: float = 0.6,
    max_similarity: float = 0.95,
    candidate_fraction: float = 1.0,
) -> Tensor:
    r"""Samples that represent a class, SMP (Han et al. 2019) §3.3, Eq. 5-7.

    Of the :math:`\lceil candidate\_fraction \cdot n \rceil` densest samples, those
    with :math:`\eta < max\_similarity`, densest first, until there are
    ``num_prototypes``: (<= p,) int64, indices into ``features``. The densest sample is
    always kept; fewer than p may qualify. By Eq. 7 several samples of the greatest
    density (copies of one image, say) do not see each other, so all may be chosen.

    Departure from the paper: ``candidate_fraction`` makes "ranking in the top" a number
    (1 is no limit). A larger ``density_quantile`` separates right from wrong labels
    better where classes are well apart, and then wants fewer candidates.

    Args:
        features: (n, d) of the samples that share one given label, none of them zero.
            Memory grows with n * n: sample a large class first (the paper: n = 1280).
        num_prototypes: p, at least 1.
        density_quantile: Quantile of :func:`sample_density`, in (0, 1].
        max_similarity: Bound on Eq. 7; above 1 it has no effect.
        candidate_fraction: Share of the samples looked at, in (0, 1].

    >>> angles = torch.tensor([0.0, 0.1, 0.2, 1.4, 1.5])
    >>> features = torch.stack([angles.cos(), angles.sin()], dim=1)
    >>> select_prototypes(features, num_prototypes=2)
    tensor([1, 3])
    """
    density_quantile = check_fraction(density_quantile, 'density_quantile')
    units = unit_rows(check_features(features))
    return select_at_quantiles(
        units, [density_quantile], num_prototypes, max_similarity, candidate_fraction
    )[0]


def select_at_quantiles(
    units: Tensor,
    quantiles: Sequence[float],
    num_prototypes: int,
    max_similarity: float,
    candidate_fraction: float,
) -> list[Tensor]:
    """:func:`select_prototypes` of unit rows for each quantile, from one similarity."""
    num_prototypes = check_count(num_prototypes, 'num_prototypes')
    max_similarity = check_threshold(max_similarity, 'max_similarity')
    candidate_fraction = check_fraction(candidate_fraction, 'candidate_fraction')
    similarity = cosine_matrix(units)
    count = exact_ceil(candidate_fraction, len(units))
    selections = []
    for density in densities(similarity, quantiles):
        candidates = torch.sort(density, descending=True, stable=True).indices[:count]
        chosen = candidates[:1]
        for block in torch.split(candidates[1:], _BLOCK_ROWS):
            if len(chosen) >= num_prototypes:
                break
            eta = nearest_denser_rows(similarity, density, block)
            chosen = torch.cat([chosen, block[eta < max_similarity]])
        selections.append(chosen[:num_prototypes])
    return selections


def cosine_matrix(units: Tensor) -> Tensor:
    """(n, n) Eq. 5; copies of a sample are equally similar to every other.

    A matrix product rounds the same inner product differently in different places:
    the cut of Eq. 6, one of the entries, would part equal samples at random.
    """
    similarity = _symmetric_product(units)
    if int(torch.count_nonzero(similarity > _NEARLY_ONE)) == len(units):
        return similarity
    distinct, places = torch.unique(units, dim=0, return_inverse=True)
    if len(distinct) == len(units):
        return similarity
    return _symmetric_product(distinct)[places][:, places]


def _symmetric_product(units: Tensor) -> Tensor:
    """Equal to its transpose, with ones on the diagonal and none above."""
    raw = product(units, units.T)
    return (raw + raw.T).div_(2).clamp_(max=1).fill_diagonal_(1)
