"""The density quantile that the features themselves call for."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from ..checks import check_count, check_features, check_fraction, check_threshold
from .numerics import exact_ceil, product, unit_rows
from .prototypes import cosine_matrix, densest_distinct

__all__ = ['choose_density_quantiles']

_QUANTILES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)


@torch.no_grad()
def choose_density_quantiles(
    features_by_class: Sequence[Tensor],
    num_prototypes: int = 8,
    max_similarity: float = 0.95,
    candidate_fraction: float = 1.0,
    quantiles: Sequence[float] = _QUANTILES,
    num_neighbours: int = 150,
    max_voters: int = 20_000,
) -> tuple[float, ...]:
    r"""The density quantile of each class, chosen without true labels.

    Not in the SMP paper, which says that its choice does not matter. For every
    quantile the prototypes of every class are selected as they would be, and each
    is put to the vote of its nearest neighbours among the samples of *all* classes:

    .. math:: s_i = \frac{k_{ic} / n_c}{\sum_l k_{il} / n_l},

    :math:`k_{il}` of the neighbours carry label l, of :math:`n_l` samples that do,
    and c is the class that i is to represent. Each class takes the quantile whose
    prototypes have the highest mean vote; the lowest one among equals.

    Why it works: as long as noise leaves the true class the most likely label, a
    sample of another class that hides under label c lives among samples that
    mostly carry that other label, and is voted down. Only the surroundings of the
    densest samples are asked. A network that memorises its labels distorts those
    last, whereas the agreement of all corrected labels with the given ones, the
    obvious criterion, then falls for the prototypes that repeat the noise.

    Measured (``benchmarks/density_quantile.py``; m = 1280, p = 8), purity of the
    prototypes / accuracy of the corrected labels against the best of the fixed
    quantiles for all classes: MNIST, 50 % symmetric, LeNet-5 after 2 epochs: 0.98 /
    0.88, best 0.96 / 0.88, at 0.6 0.81 / 0.85. CIFAR-10N worst, 14 networks of epochs
    4 to 30: purity from 0.09 above to 0.05 below the best (its standard error is
    0.05), accuracy up to 0.04 below in the first epochs and 0.02 later. With a
    ``candidate_fraction`` of 0.2 few prototypes are left and purity is mostly higher.
    The cost is that of 5 to 8 selections. It does not help that much where noise is
    asymmetric.

    Args:
        features_by_class: K >= 2 tensors (n_c, d), n_c >= 1: the samples that
            :func:`select_prototypes` will choose from.
        num_prototypes: As for the selection, like the two that follow.
        max_similarity: See :func:`select_prototypes`.
        candidate_fraction: See :func:`select_prototypes`.
        quantiles: To choose from, each in (0, 1].
        num_neighbours: Voters; no more than half of an average class.
        max_voters: Of all classes together, taken at even distances; bounds the cost
            where there are many classes.

    Returns:
        K of the ``quantiles``.

    Raises:
        ValueError: Fewer than two classes, no quantiles, settings out of range,
            and as :func:`select_prototypes`.
    """
    if len(features_by_class) < 2:
        raise ValueError(f'needs at least 2 classes, got {len(features_by_class)}')
    if not quantiles:
        raise ValueError('quantiles is empty')
    choices = sorted(check_fraction(value, 'quantiles') for value in quantiles)
    num_neighbours = check_count(num_neighbours, 'num_neighbours')
    max_voters = check_count(max_voters, 'max_voters')
    num_prototypes = check_count(num_prototypes, 'num_prototypes')
    candidate_fraction = check_fraction(candidate_fraction, 'candidate_fraction')
    check_threshold(max_similarity, 'max_similarity')
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
        votes = []
        origin = torch.full_like(electorate, -1)
        origin[electorate == label] = voters[label]
        for picks in _selections(
            rows, choices, num_prototypes, max_similarity, candidate_fraction
        ):
            similarity = product(rows[picks], pool.T)
            similarity.masked_fill_(origin == picks[:, None], -torch.inf)
            nearest = similarity.topk(num_neighbours, dim=1).indices
            votes.append(_vote(electorate[nearest], sizes, label))
        chosen.append(choices[votes.index(max(votes))])
    return tuple(chosen)


def _spread(rows: Tensor, count: int) -> Tensor:
    """(<= count,) int64, places at even distances."""
    count = min(count, len(rows))
    return torch.arange(count, device=rows.device) * len(rows) // count


def _selections(
    units: Tensor,
    quantiles: Sequence[float],
    num_prototypes: int,
    max_similarity: float,
    candidate_fraction: float,
) -> list[Tensor]:
    """What ``select_prototypes`` picks for each quantile; the similarity is shared."""
    similarity = cosine_matrix(units)
    cuts = _order_statistics(similarity, quantiles)
    selections = []
    for cut in cuts:
        above = torch.count_nonzero(similarity > cut, dim=1)
        density = above - torch.count_nonzero(similarity < cut, dim=1)
        selections.append(
            densest_distinct(
                similarity, density, num_prototypes, max_similarity, candidate_fraction
            )
        )
    return selections


def _vote(neighbours: Tensor, sizes: Tensor, label: int) -> float:
    """Mean share of ``label`` among (p, k) labels of neighbours, per class size."""
    counts = torch.nn.functional.one_hot(neighbours, len(sizes)).sum(dim=1)
    shares = counts / sizes
    return float((shares[:, label] / shares.sum(dim=1)).double().mean())


def _order_statistics(similarity: Tensor, quantiles: Sequence[float]) -> Tensor:
    """The cuts S_c of :func:`sample_density`, all from one partial sort."""
    values = similarity.flatten()
    ranks = [exact_ceil(quantile, values.numel()) - 1 for quantile in quantiles]
    if values.device.type == 'cpu':
        return torch.as_tensor(np.partition(values.numpy(), ranks)[ranks])
    return values.sort().values[ranks]
