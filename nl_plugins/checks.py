"""Argument checks; errors name the argument and the wrong shape, value or index."""

import math
from collections.abc import Sequence
from numbers import Integral, Real
from typing import Any

import torch
from torch import Tensor

__all__ = [
    'check_choice', 'check_choices', 'check_count', 'check_features', 'check_finite',
    'check_fraction', 'check_labels', 'check_lengths', 'check_nonnegative',
    'check_positive', 'check_range', 'check_scores', 'check_shape', 'check_square',
    'check_tensor', 'check_threshold', 'check_vector', 'check_verification',
    'first_index',
]  # fmt: skip


def first_index(mask: Tensor) -> tuple[int, ...]:
    """Index of the first true entry of ``mask``; empty if there is none."""
    return tuple(mask.nonzero()[:1].flatten().tolist())


def check_choice(name: str, value: Any, choices: Sequence[str]) -> str:
    """The value, if it is one of the choices."""
    if value not in choices:
        raise ValueError(f'{name} must be one of {list(choices)}, but is {value!r}')
    return value


def check_choices(
    name: str, values: Sequence[str], choices: Sequence[str]
) -> tuple[str, ...]:
    """The values, if each is one of the choices."""
    if isinstance(values, str) or not set(values) <= set(choices):
        raise ValueError(f'{name} must list some of {list(choices)}, but is {values!r}')
    return tuple(values)


def check_count(value: int, name: str, minimum: int = 1) -> int:
    """A whole number of at least ``minimum``."""
    if not isinstance(value, Integral) or isinstance(value, bool) or value < minimum:
        raise ValueError(f'{name} must be an integer >= {minimum}, got {value!r}')
    return int(value)


def check_fraction(
    value: float, name: str, zero: bool = False, one: bool = True
) -> float:
    """A number between 0 and 1; whether ``zero`` and ``one`` are allowed."""
    bounds = [end for end, allowed in ((0, zero), (1, one)) if allowed]
    if not isinstance(value, Real) or not (0 < value < 1 or value in bounds):
        interval = f'{"[" if zero else "("}0, 1{"]" if one else ")"}'
        raise ValueError(f'{name} must lie in {interval}, got {value!r}')
    return float(value)


def check_nonnegative(value: float, name: str) -> float:
    """A finite number of at least 0."""
    if not isinstance(value, Real) or not 0 <= value < math.inf:
        raise ValueError(f'{name} must be a number >= 0, got {value!r}')
    return float(value)


def check_positive(value: float, name: str) -> float:
    """A finite number above 0."""
    if not isinstance(value, Real) or not 0 < value < math.inf:
        raise ValueError(f'{name} must be a positive number, got {value!r}')
    return float(value)


def check_threshold(value: float, name: str) -> float:
    """Any number but NaN."""
    if not isinstance(value, Real) or math.isnan(value):
        raise ValueError(f'{name} must be a number, got {value!r}')
    return float(value)


def check_tensor(values: Tensor, name: str, rank: int) -> Tensor:
    """A real tensor of this rank, returned without its gradient history."""
    if not isinstance(values, Tensor):
        raise ValueError(f'{name} must be a tensor, got {type(values).__name__}')
    if values.dim() != rank:
        shape = tuple(values.shape)
        raise ValueError(f'{name} must have rank {rank}, got shape {shape}')
    if values.is_complex():
        raise ValueError(f'{name} must be real, got {values.dtype}')
    return values.detach()


def check_shape(values: Tensor, name: str, *shape: int) -> Tensor:
    """A tensor of exactly this shape."""
    if values.shape != shape:
        raise ValueError(f'{name} must have shape {shape}, got {tuple(values.shape)}')
    return values


def check_vector(values: Tensor, name: str, length: int | None = None) -> Tensor:
    """(length,) finite numbers; any number of them if ``length`` is None."""
    values = check_tensor(values, name, 1)
    if length is not None:
        check_shape(values, name, length)
    return check_finite(values, name)


def check_features(features: Tensor, name: str = 'features') -> Tensor:
    """An (n >= 1, d >= 1) matrix: the samples of one class."""
    features = check_tensor(features, name, 2)
    if features.numel() == 0:
        raise ValueError(f'{name} is empty: got shape {tuple(features.shape)}')
    return features


def check_square(values: Tensor, name: str) -> Tensor:
    """An (n, n) matrix, n >= 1, of finite entries."""
    values = check_features(values, name)
    if values.shape[0] != values.shape[1]:
        raise ValueError(f'{name} must be square, got shape {tuple(values.shape)}')
    return check_finite(values, name)


def check_finite(values: Tensor, name: str, first_row: int = 0) -> Tensor:
    """No NaN and no infinity; ``first_row`` is where a chunk began."""
    if values.numel() == 0 or not values.is_floating_point():
        return values
    # One pass without a temporary: NaN and infinity both reach the extremes.
    wide = values.float() if values.element_size() < 4 else values
    if bool(torch.isfinite(torch.stack(torch.aminmax(wide))).all()):
        return values
    index = first_index(~torch.isfinite(values))
    where = [index[0] + first_row, *index[1:]]
    raise ValueError(f'{name} must be finite, got {values[index].item()} at {where}')


def check_range(values: Tensor, name: str, low: float, tolerance: float) -> None:
    """Finite numbers in [low, 1]; rounding may widen both bounds by a share."""
    check_finite(values, name)
    outside = (values < low * (1 + tolerance)) | (values > 1 + tolerance)
    if index := first_index(outside):
        value = values[index].item()
        raise ValueError(f'{name} must lie in [{low}, 1], got {value} at {list(index)}')


def check_labels(labels: Tensor, num_classes: int, name: str = 'labels') -> Tensor:
    """(N,) whole numbers in [0, num_classes), returned as int64."""
    labels = check_tensor(labels, name, 1)
    if labels.is_floating_point() or labels.dtype == torch.bool:
        raise ValueError(f'{name} must be integers, got {labels.dtype}')
    labels = labels.long()
    if index := first_index((labels < 0) | (labels >= num_classes)):
        value = int(labels[index])
        raise ValueError(f'{name}{[*index]} = {value} is not in [0, {num_classes})')
    return labels


def check_lengths(**values: Tensor) -> None:
    """As many entries in each, for example ``labels=labels, probs=probs``."""
    if len({len(each) for each in values.values()}) > 1:
        counts = ', '.join(f'{len(each)} in {name}' for name, each in values.items())
        raise ValueError(f'the numbers of samples differ: {counts}')


def check_scores(
    name: str, scores: Tensor, minimum: int = 1, **labels: Tensor
) -> tuple[Tensor, ...]:
    """(N, K >= minimum) finite scores of the classes, and labels (N,) in [0, K).

    Example:
        >>> probs, given = torch.eye(2), torch.tensor([0, 5])
        >>> probs, given = check_scores('probs', probs, given=given)
        Traceback (most recent call last):
        ValueError: given[1] = 5 is not in [0, 2)
    """
    scores = check_tensor(scores, name, 2)
    if scores.shape[1] < minimum:
        shape = tuple(scores.shape)
        raise ValueError(f'{name} must have K >= {minimum} classes, got shape {shape}')
    check_finite(scores, name)
    checked = {key: check_labels(v, scores.shape[1], key) for key, v in labels.items()}
    check_lengths(**checked, **{name: scores})
    return scores, *checked.values()


def check_verification(verification: Tensor, given: Tensor) -> Tensor:
    """1 (the given label is right), 0 (wrong) or -1 (unknown) for each sample."""
    verification = check_tensor(verification, 'verification', 1)
    check_shape(verification, 'verification', *given.shape)
    wrong = (verification != 1) & (verification != 0) & (verification != -1)
    if index := first_index(wrong):
        value = verification[index].item()
        raise ValueError(f'verification{[*index]} = {value} is not 1, 0 or -1')
    return verification
