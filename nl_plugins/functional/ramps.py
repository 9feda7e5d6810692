"""The rise and fall of the consistency weight (Laine & Aila 2017)."""

import math
from numbers import Real

__all__ = ['ramp_down', 'ramp_up']


def ramp_up(step: float, length: float) -> float:
    r""":math:`\exp(-5 (1 - t)^2)` with :math:`t = \min(step / length, 1)`.

    Args:
        step: >= 0, how far the training is.
        length: >= 0, when the weight is reached; 0 is no ramp.

    Returns:
        From exp(-5) to 1.

    Raises:
        ValueError: An argument is negative or not a finite number.
    """
    return _gaussian(step, length, 5.0)


def ramp_down(steps_left: float, length: float) -> float:
    r""":math:`\exp(-12.5 (1 - t)^2)` with :math:`t = \min(steps\_left / length, 1)`.

    Args:
        steps_left: >= 0, until the end of the training.
        length: >= 0, how long before the end the fall begins; 0 is no ramp.

    Returns:
        1, and towards the end less, down to exp(-12.5).

    Raises:
        ValueError: An argument is negative or not a finite number.
    """
    return _gaussian(steps_left, length, 12.5)


def _gaussian(distance: float, length: float, sharpness: float) -> float:
    for value in (distance, length):
        if not isinstance(value, Real) or not math.isfinite(value) or value < 0:
            raise ValueError(f'a ramp needs finite numbers >= 0, got {value!r}')
    share = min(distance / length, 1.0) if length else 1.0
    return math.exp(-sharpness * (1 - share) ** 2)
