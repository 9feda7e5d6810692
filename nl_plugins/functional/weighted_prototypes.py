"""One prototype a class: the weighted mean direction of its samples."""

import torch
from torch import Tensor

from ..checks import (
    check_count,
    check_features,
    check_labels,
    check_vector,
    first_index,
)
from .numerics import compute_dtype, row_chunks, unit_rows

__all__ = ['add_class_sums', 'weighted_prototypes']


def weighted_prototypes(
    features: Tensor, weights: Tensor, labels: Tensor, num_classes: int
) -> Tensor:
    r"""Prototypes of SINet (Cheng et al. 2020) Eq. 5, of unit length.

    :math:`v_c = \sum_i p_i g_i / \sum_i p_i` over the samples labelled c. Features
    are normalised before, since a long feature vector is not a better sample, and the
    result after: Eq. 6 needs unit vectors for its threshold to mean anything.

    Args:
        features: (N, d).
        weights: (N,) p_i, not negative.
        labels: (N,) integers in [0, num_classes).
        num_classes: C.

    Returns:
        (C, d) unit rows, float64 for float64 features, otherwise float32.

    Raises:
        ValueError: Wrong rank or length, NaN, infinity, a feature vector of zero norm,
            a negative weight, a label out of range, a class without samples, or one
            whose weighted sum is zero.
    """
    num_classes = check_count(num_classes, 'num_classes')
    features = check_features(features)
    labels = check_labels(labels, num_classes)
    weights = check_vector(weights, 'weights', len(features))
    if len(labels) != len(features):
        raise ValueError(f'got {len(labels)} labels for {len(features)} features')
    if bool((weights < 0).any()):
        (index,) = first_index(weights < 0)
        raise ValueError(f'weights[{index}] = {float(weights[index])} is negative')
    counts = torch.bincount(labels, minlength=num_classes)
    if bool((counts == 0).any()):
        raise ValueError(f'class {first_index(counts == 0)[0]} has no samples')
    shape = (num_classes, features.shape[1])
    sums = torch.zeros(shape, dtype=torch.float64, device=features.device)
    for rows in row_chunks(features):
        units = unit_rows(features[rows], first_row=rows.start)
        add_class_sums(sums, units, weights[rows], labels[rows])
    norms = torch.linalg.vector_norm(sums, dim=1, keepdim=True)
    if bool((norms == 0).any()):
        (index, _) = first_index(norms == 0)
        raise ValueError(f'the weighted features of class {index} sum to zero')
    return (sums / norms).to(compute_dtype(features))


def add_class_sums(
    sums: Tensor, units: Tensor, weights: Tensor, labels: Tensor
) -> None:
    """Add unit features to the sums of Eq. 5 before they are divided; unchecked.

    Args:
        sums: (C, d) float64, so that the order of the parts hardly matters; changed.
        units: (B, d) unit rows.
        weights: (B,).
        labels: (B,) int64.
    """
    weighted = units.to(sums.dtype, copy=True).mul_(weights[:, None])
    sums.index_add_(0, labels, weighted)
