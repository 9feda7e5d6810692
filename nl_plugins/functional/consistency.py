"""The consistency of two predictions of an image, and the rise of its weight."""

import math

from torch import Tensor

from ..checks import check_finite, check_nonnegative, check_shape, check_tensor

__all__ = ['consistency', 'ramp_down', 'ramp_up', 'squared_distance']


def consistency(probs_a: Tensor, probs_b: Tensor) -> Tensor:
    r""":math:`\|z^1_i - z^2_i\|_2^2` for each image, Ding et al. Eq. 1: (B,).

    Of the (B, K) softmax outputs of two passes; gradients flow through both.

    >>> import torch
    >>> consistency(torch.tensor([[1.0, 0.0]]), torch.tensor([[0.5, 0.5]]))
    tensor([0.5000])
    """
    for probs, name in ((probs_a, 'probs_a'), (probs_b, 'probs_b')):
        check_finite(check_tensor(probs, name, 2), name)
    check_shape(probs_b, 'probs_b', *probs_a.shape)
    return squared_distance(probs_a, probs_b)


def squared_distance(probs_a: Tensor, probs_b: Tensor) -> Tensor:
    """:func:`consistency`, unchecked: a check makes a GPU wait in every step."""
    if probs_a.dtype != probs_b.dtype or probs_a.element_size() < 4:
        probs_a, probs_b = probs_a.float(), probs_b.float()
    return (probs_a - probs_b).square().sum(dim=1)


def ramp_up(step: float, length: float) -> float:
    r""":math:`\exp(-5 (1 - t)^2)` with :math:`t = \min(step / length, 1)`.

    A weight's rise to 1 in the first ``length`` steps (Laine & Aila 2017); 0: no ramp.

    >>> [round(ramp_up(epoch, 80), 3) for epoch in (0, 40, 80, 100)]
    [0.007, 0.287, 1.0, 1.0]
    """
    return _gaussian(check_nonnegative(step, 'step'), length, 5.0)


def ramp_down(steps_left: float, length: float) -> float:
    r""":math:`\exp(-12.5 (1 - t)^2)` with :math:`t = \min(steps\_left / length, 1)`.

    The fall of a weight from 1 in the last ``length`` steps; 0 is no ramp.

    >>> [round(ramp_down(left, 50), 3) for left in (100, 50, 25)]
    [1.0, 1.0, 0.044]
    """
    return _gaussian(check_nonnegative(steps_left, 'steps_left'), length, 12.5)


def _gaussian(distance: float, length: float, sharpness: float) -> float:
    share = min(distance / length, 1.0) if check_nonnegative(length, 'length') else 1.0
    return math.exp(-sharpness * (1 - share) ** 2)
