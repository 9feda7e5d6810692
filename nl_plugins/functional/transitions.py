"""Transition matrices of synthetic label noise."""

from collections.abc import Mapping

import torch
from torch import Tensor

from ..checks import check_count, check_fraction

__all__ = ['asymmetric_noise', 'symmetric_noise']


def symmetric_noise(num_classes: int, rate: float) -> Tensor:
    """Noise that is spread evenly over the other classes.

    Some papers spread the rate over *all* classes, the true one among them; here
    ``rate`` is the share of labels that become wrong.

    Args:
        num_classes: K, at least 2.
        rate: Probability of a wrong label, in [0, 1].

    Returns:
        (K, K) float64, T[i, j] = p(noisy j | true i); rows sum to 1.

    Raises:
        ValueError: ``num_classes`` or ``rate`` is out of its range.
    """
    num_classes = check_count(num_classes, 'num_classes', minimum=2)
    rate = check_fraction(rate, 'rate', zero=True)
    shape = (num_classes, num_classes)
    transition = torch.full(shape, rate / (num_classes - 1), dtype=torch.float64)
    return transition.fill_diagonal_(1 - rate)


def asymmetric_noise(num_classes: int, pairs: Mapping[int, int], rate: float) -> Tensor:
    """Noise that turns some classes into one particular other class each.

    Args:
        num_classes: K, at least 2.
        pairs: From a true class to the class it turns into; both directions of a
            confusion are two entries. Classes not named keep their labels.
        rate: Probability of a wrong label in the classes named, in [0, 1].

    Returns:
        (K, K) float64, T[i, j] = p(noisy j | true i); rows sum to 1.

    Raises:
        ValueError: A class out of range or paired with itself, or ``num_classes``
            or ``rate`` out of its range.
    """
    num_classes = check_count(num_classes, 'num_classes', minimum=2)
    rate = check_fraction(rate, 'rate', zero=True)
    if not isinstance(pairs, Mapping):
        raise ValueError(f'pairs must be a mapping, got {type(pairs).__name__}')
    transition = torch.eye(num_classes, dtype=torch.float64)
    for true, noisy in pairs.items():
        source = _check_class(true, num_classes)
        target = _check_class(noisy, num_classes)
        if source == target:
            raise ValueError(f'pairs must not hold a class with itself, got {source}')
        transition[source, source] = 1 - rate
        transition[source, target] = rate
    return transition


def _check_class(index: int, num_classes: int) -> int:
    index = check_count(index, 'a class of pairs', minimum=0)
    if index >= num_classes:
        raise ValueError(f'a class of pairs must be < {num_classes}, got {index}')
    return index
