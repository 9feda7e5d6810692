"""One prototype per class: the weighted mean direction of its samples."""

import torch
from torch import Tensor

from ..checks import (
    check_count,
    check_features,
    check_labels,
    check_lengths,
    check_vector,
    first_index,
)
from .numerics import compute_dtype, row_chunks, unit_rows

__all__ = ['add_class_sums', 'class_directions', 'weighted_prototypes']


def weighted_prototypes(
    features: Tensor, weights: Tensor, labels: Tensor, num_classes: int
) -> Tensor:
    r"""Prototypes of SINet (Cheng et al. 2020) Eq. 5: (C, d) unit rows.

    :math:`v_c = \sum_i p_i g_i / \sum_i p_i` over the samples labelled c. Features are
    normalised before (a long one is no better sample), the result after (for Eq. 6).

    Args:
        features: (N, d) feature vectors, none of them zero.
        weights: (N,) numbers p_i, not negative.
        labels: (N,) integers in [0, C); each class has samples whose sum is not zero.
        num_classes: C.

    >>> features, weights = torch.tensor([[2.0, 0.0], [0.0, 7.0]]), torch.tensor([3, 4])
    >>> weighted_prototypes(features, weights, torch.tensor([0, 0]), num_classes=1)
    tensor([[0.6000, 0.8000]])
    """
    num_classes = check_count(num_classes, 'num_classes')
    features = check_features(features)
    labels = check_labels(labels, num_classes)
    weights = check_vector(weights, 'weights', len(features))
    check_lengths(labels=labels, features=features)
    if index := first_index(weights < 0):
        raise ValueError(f'weights{[*index]} = {float(weights[index])} is negative')
    if index := first_index(torch.bincount(labels, minlength=num_classes) == 0):
        raise ValueError(f'class {index[0]} has no samples')
    sums = features.new_zeros(num_classes, features.shape[1], dtype=torch.float64)
    for rows in row_chunks(features):
        units = unit_rows(features[rows], first_row=rows.start)
        add_class_sums(sums, units, weights[rows], labels[rows])
    directions = class_directions(sums)
    if index := first_index((directions == 0).all(dim=1)):
        raise ValueError(f'the weighted features of class {index[0]} sum to zero')
    return directions.to(compute_dtype(features))


def add_class_sums(
    sums: Tensor, units: Tensor, weights: Tensor, labels: Tensor
) -> None:
    """Add the unit vectors (B, d) of a chunk to the sums (C, d) of Eq. 5, in place.

    Float64 sums hardly depend on the order of the chunks. Nothing is checked.

    >>> sums = torch.zeros(2, 2)
    >>> add_class_sums(sums, torch.eye(2), torch.ones(2), torch.tensor([1, 1]))
    >>> class_directions(sums)
    tensor([[0.0000, 0.0000],
            [0.7071, 0.7071]])
    """
    sums.index_add_(0, labels, units.to(sums.dtype, copy=True).mul_(weights[:, None]))


def class_directions(sums: Tensor) -> Tensor:
    """The sums of :func:`add_class_sums` (C, d) as unit rows; zero stays zero.

    >>> class_directions(torch.tensor([[3.0, 4.0], [0.0, 0.0]])).tolist()
    [[0.6000000238418579, 0.800000011920929], [0.0, 0.0]]
    """
    norms = torch.linalg.vector_norm(sums, dim=1, keepdim=True)
    return torch.where(norms > 0, sums / norms, 0.0)
