"""Checks of arguments that the functions of this room share.

Every check raises ``ValueError`` and names the offending shape, value or index.
Those that return a tensor return it without its gradient history.
"""

import math
from collections.abc import Sequence
from numbers import Integral, Real
from typing import Any

import torch
from torch import Tensor

__all__ = [
    'check_choice',
    'check_choices',
    'check_count',
    'check_features',
    'check_finite',
    'check_fraction',
    'check_labels',
    'check_matrix',
    'check_positive',
    'check_nonnegative',
    'check_square',
    'check_threshold',
    'check_vector',
    'first_index',
]


def first_index(mask: Tensor) -> tuple[int, ...]:
    """Index of the first true entry of ``mask``, which must hold one."""
    return tuple(int(i) for i in mask.nonzero()[0])


def check_choice(name: str, value: Any, choices: Sequence[str]) -> str:
    """The value, if it is one of the choices.

    Raises:
        ValueError: Naming the setting and what is possible.
    """
    if value not in choices:
        raise ValueError(f'{name} must be one of {list(choices)}, but is {value!r}')
    return value


def check_choices(
    name: str, values: Sequence[str], choices: Sequence[str]
) -> tuple[str, ...]:
    """The values, if each is one of the choices.

    Raises:
        ValueError: Naming the setting and what is possible.
    """
    if isinstance(values, str) or not set(values) <= set(choices):
        raise ValueError(f'{name} must list some of {list(choices)}, but is {values!r}')
    return tuple(values)


def check_count(value: int, name: str, minimum: int = 1) -> int:
    """A whole number of at least ``minimum``."""
    if not isinstance(value, Integral) or isinstance(value, bool) or value < minimum:
        raise ValueError(f'{name} must be an integer >= {minimum}, got {value!r}')
    return int(value)


def check_fraction(value: float, name: str, zero: bool = False) -> float:
    """A number in (0, 1], or in [0, 1] where ``zero`` is allowed."""
    inside = isinstance(value, Real) and 0 <= value <= 1 and (zero or value > 0)
    if not inside:
        interval = '[0, 1]' if zero else '(0, 1]'
        raise ValueError(f'{name} must lie in {interval}, got {value!r}')
    return float(value)


def check_nonnegative(value: float, name: str) -> float:
    """A finite number of at least 0."""
    if not isinstance(value, Real) or not 0 <= value < math.inf:
        raise ValueError(f'{name} must be a number >= 0, got {value!r}')
    return float(value)


def check_matrix(values: Tensor, name: str) -> Tensor:
    """A real tensor of rank 2, returned without its gradient history."""
    if not isinstance(values, Tensor):
        raise ValueError(f'{name} must be a tensor, got {type(values).__name__}')
    if values.dim() != 2:
        raise ValueError(f'{name} must have rank 2, got shape {tuple(values.shape)}')
    if values.is_complex():
        raise ValueError(f'{name} must be real, got {values.dtype}')
    return values.detach()


def check_features(features: Tensor, name: str = 'features') -> Tensor:
    """An (n >= 1, d >= 1) matrix: the samples of one class."""
    features = check_matrix(features, name)
    if features.numel() == 0:
        raise ValueError(f'{name} is empty: got shape {tuple(features.shape)}')
    return features


def check_square(values: Tensor, name: str) -> Tensor:
    """An (n, n) matrix, n >= 1, of finite entries."""
    values = check_features(values, name)
    if values.shape[0] != values.shape[1]:
        raise ValueError(f'{name} must be square, got shape {tuple(values.shape)}')
    check_finite(values, name)
    return values


def check_finite(values: Tensor, name: str, first_row: int = 0) -> None:
    """No NaN and no infinity; ``first_row`` is where a chunk began."""
    if values.numel() == 0 or not values.is_floating_point():
        return
    # One pass without a temporary: NaN and infinity both reach the extremes.
    extremes = torch.stack(
        torch.aminmax(values.float() if _is_half(values) else values)
    )
    if bool(torch.isfinite(extremes).all()):
        return
    index = first_index(~torch.isfinite(values))
    value = values[index].item()
    where = (index[0] + first_row, *index[1:])
    raise ValueError(f'{name} must be finite, got {value} at {list(where)}')


def check_labels(labels: Tensor, num_classes: int, name: str = 'labels') -> Tensor:
    """(N,) whole numbers in [0, num_classes), returned as int64."""
    if not isinstance(labels, Tensor):
        raise ValueError(f'{name} must be a tensor, got {type(labels).__name__}')
    if labels.dim() != 1:
        raise ValueError(f'{name} must have rank 1, got shape {tuple(labels.shape)}')
    if labels.is_floating_point() or labels.is_complex() or labels.dtype == torch.bool:
        raise ValueError(f'{name} must be integers, got {labels.dtype}')
    labels = labels.long()
    outside = (labels < 0) | (labels >= num_classes)
    if bool(outside.any()):
        (index,) = first_index(outside)
        raise ValueError(
            f'{name}[{index}] = {int(labels[index])} is not in [0, {num_classes})'
        )
    return labels


def check_positive(value: float, name: str) -> float:
    """A finite number above 0."""
    if not isinstance(value, Real) or not 0 < value < math.inf:
        raise ValueError(f'{name} must be a positive number, got {value!r}')
    return float(value)


def check_vector(values: Tensor, name: str, length: int) -> Tensor:
    """(length,) finite numbers, returned without their gradient history."""
    if not isinstance(values, Tensor):
        raise ValueError(f'{name} must be a tensor, got {type(values).__name__}')
    if tuple(values.shape) != (length,):
        raise ValueError(
            f'{name} must have shape ({length},), got {tuple(values.shape)}'
        )
    if values.is_complex():
        raise ValueError(f'{name} must be real, got {values.dtype}')
    check_finite(values, name)
    return values.detach()


def check_threshold(value: float, name: str) -> float:
    """Any number but NaN."""
    if not isinstance(value, Real) or math.isnan(value):
        raise ValueError(f'{name} must be a number, got {value!r}')
    return float(value)


def _is_half(values: Tensor) -> bool:
    return values.dtype in (torch.float16, torch.bfloat16)
