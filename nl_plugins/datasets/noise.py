"""Turn the ``noise`` setting of a config into a transition matrix."""

from typing import Any, Callable, Dict, Mapping

import numpy as np
import torch
from torch import Tensor

from nl_plugins.functional import asymmetric_noise, symmetric_noise

__all__ = ['build_transition']


def build_transition(noise: Mapping[str, Any], num_classes: int) -> Tensor:
    """The transition matrix that a config describes.

    Args:
        noise: ``dict(type='symmetric', rate=0.5)``,
            ``dict(type='asymmetric', pairs={5: 6, 6: 5}, rate=0.6)`` or
            ``dict(type='transition', matrix=...)`` with rows of numbers or the
            path of an ``.npy`` file.
        num_classes: K.

    Returns:
        (K, K) float64, T[i, j] = p(noisy j | true i).

    Raises:
        ValueError: If a setting is missing, unknown or out of range, or the
            matrix is not K x K.
    """
    settings = dict(noise)
    kind = settings.pop('type', None)
    if kind not in _BUILDERS:
        raise ValueError(f'noise type must be one of {list(_BUILDERS)}, not {kind!r}')
    try:
        return _BUILDERS[kind](num_classes, **settings)
    except TypeError as error:
        raise ValueError(f'noise {dict(noise)}: {error}') from error


def _asymmetric(num_classes: int, pairs: Mapping[Any, int], rate: float) -> Tensor:
    # The keys are strings when the config came from JSON or a command line.
    pairs = {
        int(source) if isinstance(source, str) else source: target
        for source, target in pairs.items()
    }
    return asymmetric_noise(num_classes, pairs, rate)


def _transition(num_classes: int, matrix: Any) -> Tensor:
    if isinstance(matrix, str):
        matrix = np.load(matrix, allow_pickle=False)
    transition = torch.as_tensor(np.array(matrix, dtype=np.float64))
    if transition.shape != (num_classes, num_classes):
        raise ValueError(
            f'the transition matrix has shape {tuple(transition.shape)}, but the '
            f'dataset has {num_classes} classes'
        )
    return transition


_BUILDERS: Dict[str, Callable[..., Tensor]] = {
    'symmetric': symmetric_noise,
    'asymmetric': _asymmetric,
    'transition': _transition,
}
