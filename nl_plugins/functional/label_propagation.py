"""Labels of some samples, spread over a graph to all others."""

import warnings

import numpy as np
import torch
from torch import Tensor

from ..checks import (
    check_count,
    check_labels,
    check_positive,
    check_shape,
    check_tensor,
)
from .feature_rows import FeatureRows
from .nearest_others import Units, nearest_others

__all__ = ['propagate_labels']

_ROUNDS, _CHANGE = 10_000, 1e-6  # at most; and of any probability, in the last round


@torch.no_grad()
def propagate_labels(
    features: Tensor | np.ndarray,
    labels: Tensor,
    num_classes: int,
    neighbours: int = 50,
    *,
    width: float | None = None,
    standardize: bool = False,
) -> Tensor:
    r"""Label propagation, Zhu & Ghahramani 2002: (N, K) float32 class probabilities.

    Samples i and j are connected by :math:`w_{ij} = \exp(-d_{ij}^2 / \sigma^2)`, and
    what they say to each other is :math:`T_{ij} = w_{ij} / \sum_k w_{kj}`, with rows
    divided by their sum. The probabilities Y become T Y with rows divided by their sum,
    those of the samples with a label become what they were, and so on until none
    changes by more than 1e-6, or for 10,000 rounds, which a warning tells.

    The paper connects all pairs. Here a sample is connected to its nearest ones and to
    those that it is one of the nearest ones of, and d is the distance of unit vectors.
    The paper takes sigma from a spanning tree; here it is the mean distance of the
    connected.

    Args:
        features: (N, d) feature vectors, none of them zero; see
            :func:`~nl_plugins.functional.neighbour_votes`, also for the cost.
        labels: (N,) integers in [0, K), -1 where the label is to be found.
        num_classes: K.
        neighbours: How many nearest samples one is connected to, from 1 to N - 1.
        width: Sigma; None takes the mean distance.
        standardize: Take distances of features less their mean, divided by their
            standard deviation.

    Returns:
        Rows sum to 1, and to 0 where no path leads to a sample with a label, or only
        connections so long for the width that float32 has no number for them.

    >>> features = torch.tensor([[1.0, 0.0], [1.0, 0.1], [0.0, 1.0], [0.1, 1.0]])
    >>> propagate_labels(features, torch.tensor([0, -1, 1, -1]), 2, neighbours=1)
    tensor([[1., 0.],
            [1., 0.],
            [0., 1.],
            [0., 1.]])
    """
    rows = FeatureRows(features)
    num_classes = check_count(num_classes, 'num_classes')
    known = check_tensor(labels, 'labels', 1) != -1
    labels = check_labels(labels.where(known, 0), num_classes).to(rows.device)
    check_shape(labels, 'labels', len(rows))
    if check_count(neighbours, 'neighbours') >= len(rows):
        raise ValueError(
            f'neighbours = {neighbours}, but N = {len(rows)}: at most N - 1'
        )
    if width is not None:
        width = check_positive(width, 'width')
    if not bool(known.any()):
        raise ValueError('labels are all -1: no sample has one to spread')
    graph = _graph(Units(rows, standardize), len(rows), neighbours, width)
    have = known.to(rows.device).nonzero()[:, 0]
    given = torch.eye(num_classes, device=rows.device)[labels[have]]
    probs = torch.zeros(len(rows), num_classes, device=rows.device)
    probs[have] = given
    for _ in range(_ROUNDS):
        before, probs = probs, torch.sparse.mm(graph, probs)
        probs /= probs.sum(dim=1, keepdim=True).clamp_min(1e-30)
        probs[have] = given
        if float((probs - before).abs().max()) < _CHANGE:
            break
    else:
        warnings.warn(f'labels still change after {_ROUNDS} rounds', stacklevel=2)
    return probs


def _graph(units: Units, size: int, neighbours: int, width: float | None) -> Tensor:
    """(N, N) sparse: T with rows divided by their sum."""
    places, squares = [], []
    for queries, found, cosines in nearest_others(units, neighbours):
        ends = queries[:, None].expand_as(found)
        pairs = torch.stack([torch.minimum(ends, found), torch.maximum(ends, found)])
        places.append(pairs.flatten(1))
        squares.append((2 - 2 * cosines).clamp_min(0).flatten())
    pairs, which = torch.cat(places, dim=1).unique(dim=1, return_inverse=True)
    square = squares[0].new_empty(pairs.shape[1])
    square[which] = torch.cat(squares)
    sigma = float(square.sqrt().mean()) if width is None else width
    weights = torch.exp(-square / max(sigma, 1e-12) ** 2).repeat(2)
    rows, columns = torch.cat([pairs, pairs.flip(0)], dim=1)
    for ends in columns, rows:
        sums = weights.new_zeros(size).index_add_(0, ends, weights)
        weights = weights / sums[ends].clamp_min(1e-30)
    indices = torch.stack([rows, columns])
    with torch.sparse.check_sparse_tensor_invariants(True):
        return torch.sparse_coo_tensor(indices, weights, (size, size)).coalesce()
