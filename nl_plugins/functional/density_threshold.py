"""The density quantile that the features themselves call for."""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn.functional import one_hot

from ..checks import check_count, check_features, check_fraction
from .numerics import product, unit_rows
from .prototypes import select_at_quantiles

__all__ = ['select_prototypes_auto']

_QUANTILES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)


@torch.no_grad()
def select_prototypes_auto(
    features_by_class: Sequence[Tensor],
    num_prototypes: int = 8,
    max_similarity: float = 0.95,
    candidate_fraction: float = 1.0,
    quantiles: Sequence[float] = _QUANTILES,
    num_neighbours: int = 150,
    max_voters: int = 20_000,
) -> list[tuple[float, Tensor]]:
    r"""Quantile and prototypes, (<= p,) int64, of each class, without true labels.

    Not in the SMP paper, which says that the quantile does not matter. For each one
    :func:`select_prototypes` selects those of every class, and each prototype is put to
    the vote of its nearest neighbours among the samples of *all* classes,
    :math:`s_i = (k_{ic} / n_c) / \sum_l (k_{il} / n_l)`: :math:`k_{il}` of them carry
    label l, of :math:`n_l` samples that do, and c is the class that i is to represent.
    Each class takes the quantile of the highest mean vote, the lowest among equals.

    As long as noise leaves the true class the most likely label, a wrongly labelled
    sample lives among samples that mostly carry another label, and is voted down; the
    agreement of corrected with given labels would favour prototypes that repeat the
    noise. Costs 5 to 8 selections, helps less where noise is asymmetric.

    Args:
        features_by_class: K >= 2 tensors (n_c, d), n_c >= 1; no row is zero.
        num_prototypes: p, at least 1.
        max_similarity: Bound on Eq. 7, see :func:`select_prototypes`.
        candidate_fraction: Share of the samples looked at, in (0, 1].
        quantiles: Density quantiles to choose from, each in (0, 1].
        num_neighbours: Number of voters; no more than half of an average class.
        max_voters: Samples of all classes that may vote, taken at even distances.

    >>> angles = torch.tensor([[0.0, 0.1, 0.2], [1.5, 1.6, 1.7]])
    >>> features = torch.stack([angles.cos(), angles.sin()], dim=2)
    >>> select_prototypes_auto(list(features), num_prototypes=1)
    [(0.1, tensor([1])), (0.1, tensor([1]))]
    """
    if len(features_by_class) < 2:
        raise ValueError(f'needs at least 2 classes, got {len(features_by_class)}')
    if not quantiles:
        raise ValueError('quantiles is empty')
    choices = sorted(check_fraction(value, 'quantiles') for value in quantiles)
    num_neighbours = check_count(num_neighbours, 'num_neighbours')
    max_voters = check_count(max_voters, 'max_voters')
    units = [
        unit_rows(check_features(features, f'features_by_class[{label}]'))
        for label, features in enumerate(features_by_class)
    ]
    voters = [_spread(rows, max(1, max_voters // len(units))) for rows in units]
    pool = torch.cat([rows[places] for rows, places in zip(units, voters)])
    sizes = torch.tensor([len(places) for places in voters], device=pool.device)
    electorate = torch.repeat_interleave(sizes)
    num_neighbours = max(1, min(num_neighbours, len(pool) // len(units) // 2))
    chosen = []
    for label, rows in enumerate(units):
        selections = select_at_quantiles(
            rows, choices, num_prototypes, max_similarity, candidate_fraction
        )
        origin = torch.full_like(electorate, -1)
        origin[electorate == label] = voters[label]
        votes = []
        for picks in selections:
            nearness = product(rows[picks], pool.T)
            nearness.masked_fill_(origin == picks[:, None], -torch.inf)
            nearest = nearness.topk(num_neighbours, dim=1).indices
            counts = one_hot(electorate[nearest], len(sizes)).sum(dim=1)
            shares = counts / sizes
            votes.append(float((shares[:, label] / shares.sum(dim=1)).double().mean()))
        best = votes.index(max(votes))
        chosen.append((choices[best], selections[best]))
    return chosen


def _spread(rows: Tensor, count: int) -> Tensor:
    """(<= count,) int64, places at even distances."""
    count = min(count, len(rows))
    return torch.arange(count, device=rows.device) * len(rows) // count
