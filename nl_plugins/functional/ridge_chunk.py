"""Checked chunks of samples, as ridge regression takes them in."""

import torch
from torch import Tensor

from ..checks import (
    check_finite,
    check_labels,
    check_shape,
    check_tensor,
    check_vector,
    first_index,
)
from .numerics import product

__all__ = [
    'check_dtype', 'check_targets', 'check_weights', 'gram', 'lower_lengths',
    'ridge_chunk',
]  # fmt: skip

_COLUMNS = 256  # of a product at a time: half of a symmetric one need not be computed


def ridge_chunk(
    features: Tensor, targets: Tensor, weights: Tensor | None, like: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """Features (n, d), dense targets (n, K) and weights (n,).

    In the dtype and on the device of ``like``, whose shape is (d, K).
    """
    dim, num_classes = like.shape
    features = check_tensor(features, 'features', 2)
    check_shape(features, 'features', len(features), dim)
    targets = check_targets(targets, num_classes, len(features))
    weights = check_weights(weights, len(features))
    if targets.dim() == 1:
        dense = like.new_zeros(len(targets), num_classes)
        targets = dense.scatter_(1, targets.to(like.device)[:, None], 1)
    return features.to(like), targets.to(like), weights.to(like)


def check_dtype(dtype: torch.dtype) -> torch.dtype:
    """One of the dtypes that ridge regression is computed in."""
    if dtype not in (torch.float32, torch.float64):
        raise ValueError(f'dtype must be float32 or float64, got {dtype}')
    return dtype


def check_targets(targets: Tensor, num_classes: int, size: int) -> Tensor:
    """Labels (size,) in [0, K), or soft targets (size, K) of finite numbers."""
    if isinstance(targets, Tensor) and targets.dim() == 2:
        check_shape(targets, 'soft labels', size, num_classes)
        return check_finite(targets.detach(), 'soft labels')
    return check_shape(check_labels(targets, num_classes), 'labels', size)


def check_weights(weights: Tensor | None, size: int) -> Tensor:
    """(size,) numbers of at least 0; ones if None."""
    if weights is None:
        return torch.ones(size)
    weights = check_vector(weights, 'weights', size)
    if index := first_index(weights < 0):
        raise ValueError(f'weights{[*index]} = {weights[index].item()} is negative')
    return weights


def gram(x: Tensor) -> Tensor:
    """(d, d) products of the columns of x (n, d) with each other."""
    products = x.new_empty(x.shape[1], x.shape[1])
    for start in range(0, x.shape[1], _COLUMNS):
        stop = start + _COLUMNS
        products[start:, start:stop] = product(x[:, start:].T, x[:, start:stop])
        products[start:stop, stop:] = products[stop:, start:stop].T
    return products


def lower_lengths(x: Tensor, lower: Tensor) -> Tensor:
    """(n,) squared lengths of the rows of x (n, d) times a lower triangle (d, d)."""
    lengths = x.new_zeros(len(x))
    for start in range(0, x.shape[1], _COLUMNS):
        columns = slice(start, start + _COLUMNS)
        part = product(x[:, start:], lower[start:, columns])
        lengths += part.square_().sum(dim=1)
    return lengths
