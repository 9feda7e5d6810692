"""Density peaks on Euclidean distance: the other row of SMP's Table 4."""

import math

import torch
from torch import Tensor

from ..checks import check_count, check_features, check_fraction
from .numerics import exact_ceil, order_statistics, product, rows_and_norms

__all__ = ['euclidean_distances', 'select_prototypes_euclidean']


def select_prototypes_euclidean(
    features: Tensor, num_prototypes: int = 8, density_quantile: float = 0.6
) -> Tensor:
    r"""Density peaks of Rodriguez & Laio (2014), an alternative in SMP Table 4.

    :math:`\rho_i` counts the other samples nearer than :math:`d_c`; :math:`\delta_i`
    is the distance to the nearest denser sample (the densest: to the farthest). Those
    of the highest :math:`\gamma_i = \rho_i \delta_i` are chosen: (<= p,) int64, indices
    into ``features``, highest :math:`\gamma` first.

    The SMP paper says no more than "density peak Euc.". Taken here: the features as
    they are (on unit vectors Euclidean distance orders pairs as cosine does); for
    :math:`d_c` the rank of SMP's :math:`S_c`, 1 - ``density_quantile`` of the n * n
    distances are shorter (Rodriguez & Laio: a quantile of 0.98 to 0.99); of equally
    dense samples the lower index counts as denser; no sample with :math:`\gamma = 0`
    but the densest, since it is isolated or a copy.

    Args:
        features: (n, d) of the samples that share one given label, none of them zero;
            computed in float64. Memory grows with n * n.
        num_prototypes: p, at least 1.
        density_quantile: Number in (0, 1], the larger the shorter :math:`d_c`.

    >>> features = torch.tensor([[1.0], [2.0], [3.0], [9.0], [10.0]])
    >>> select_prototypes_euclidean(features, 2, 0.56)
    tensor([1, 3])
    """
    num_prototypes = check_count(num_prototypes, 'num_prototypes')
    density_quantile = check_fraction(density_quantile, 'density_quantile')
    features = check_features(features)
    rows_and_norms(features)  # raises
    distances = euclidean_distances(features)
    rank = distances.numel() - exact_ceil(density_quantile, distances.numel()) + 1
    nearer = distances < order_statistics(distances, [rank])
    density = nearer.fill_diagonal_(False).sum(dim=1)
    ranking = torch.sort(density, descending=True, stable=True).indices
    gamma = density * _distance_to_denser(distances, ranking)
    order = torch.sort(gamma, descending=True, stable=True).indices
    is_peak = (gamma[order] > 0) | (order == ranking[0])
    return order[is_peak][:num_prototypes]


def euclidean_distances(features: Tensor) -> Tensor:
    """(n, n) float64 in units of the largest entry, symmetric and equal for copies.

    A matrix product is neither: see ``prototypes.cosine_matrix``.
    """
    points, places = torch.unique(features.double(), dim=0, return_inverse=True)
    points = points / points.abs().max().clamp_min(torch.finfo(torch.float64).tiny)
    points = points - points.mean(dim=0)
    raw = product(points, points.T)
    gram = (raw + raw.T) / 2
    squared = gram.diagonal()[:, None] + gram.diagonal() - 2 * gram
    distances = squared.clamp_(min=0).fill_diagonal_(0).sqrt_()
    return distances[places][:, places]


def _distance_to_denser(distances: Tensor, ranking: Tensor) -> Tensor:
    """(n,) distances to the nearest sample earlier in ``ranking``."""
    ranked = distances[ranking][:, ranking]
    later = torch.ones_like(ranked, dtype=torch.bool).triu()
    nearest = ranked.masked_fill(later, math.inf).amin(dim=1)
    nearest[0] = ranked[0].max()
    return torch.empty_like(nearest).scatter_(0, ranking, nearest)
