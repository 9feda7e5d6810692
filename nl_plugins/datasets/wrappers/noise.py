"""Turn the ``noise`` setting of a config into wrong labels."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ...checks import check_choice
from ...formats.json_file import read_transition
from ...functional import asymmetric_noise, symmetric_noise

__all__ = ['build_transition']

# Ding et al. 2018, section 4: what each class turns into. The paper's text says 5 -> 6,
# its Fig. 3 and the results that it compares with say both ways.
_TEN_CLASSES = dict(
    mnist={2: 7, 3: 8, 5: 6, 6: 5, 7: 1},
    mnist_one_way={2: 7, 3: 8, 5: 6, 7: 1},
    # truck -> automobile, bird -> airplane, deer -> horse, cat <-> dog
    cifar10={9: 1, 2: 0, 4: 7, 3: 5, 5: 3},
)


def build_transition(noise: Mapping[str, Any], num_classes: int) -> Tensor:
    """The transition matrix that a config describes.

    - ``dict(type='symmetric', rate=0.5)``;
    - ``dict(type='asymmetric', pairs={5: 6, 6: 5}, rate=0.6)``;
    - ``dict(type='mnist', rate=0.6)``: 2 to 7, 3 to 8, 5 to 6 and back, 7 to 1, as the
      two-stage paper's baselines have it; ``'mnist_one_way'``: as its text has it,
      without 6 to 5;
    - ``dict(type='cifar10', rate=0.6)``: truck to automobile, bird to airplane, deer to
      horse, cat to dog and back, of the same paper;
    - ``dict(type='imagenet')``: 40 % spread over the other classes, of SINet's paper
      (which flips 40 % of each class exactly; here each label with probability 0.4);
    - ``dict(type='transition', matrix=...)`` with rows of numbers, or the path of a
      JSON file that holds them.

    The result is (K, K) float64, T[i, j] = p(noisy j | true i).

    Raises:
        ValueError: If a setting is missing, unknown or out of range, the matrix is not
            K x K, or the noise is that of a dataset with other classes.

    >>> build_transition(dict(type='asymmetric', pairs={0: 1}, rate=0.25), 2)
    tensor([[0.7500, 0.2500],
            [0.0000, 1.0000]], dtype=torch.float64)
    """
    if not isinstance(noise, Mapping):
        example = 'dict(type="symmetric", rate=0.5)'
        raise ValueError(f'noise must be like {example}: {noise!r}')
    settings = dict(noise)
    kind = check_choice('noise type', settings.pop('type', None), list(_BUILDERS))
    try:
        return _BUILDERS[kind](num_classes, **settings)
    except TypeError as error:
        raise ValueError(f'noise {dict(noise)}: {error}') from error


def _asymmetric(num_classes: int, pairs: Mapping[Any, int], rate: float) -> Tensor:
    if isinstance(pairs, Mapping):
        texts = [source for source in pairs if isinstance(source, str)]
        for source in texts:  # as they come from a command line
            if not source.isdecimal():
                raise ValueError(f'pairs must map numbers of classes, not {source!r}')
        pairs = {int(s) if s in texts else s: target for s, target in pairs.items()}
    return asymmetric_noise(num_classes, pairs, rate)


def _of_ten_classes(name: str, num_classes: int, rate: float) -> Tensor:
    if num_classes != 10:
        raise ValueError(f'{name} noise is for 10 classes, not for {num_classes}')
    return asymmetric_noise(num_classes, _TEN_CLASSES[name], rate)


def _transition(num_classes: int, matrix: Any) -> Tensor:
    if isinstance(matrix, str):
        matrix = read_transition(matrix)
    try:
        transition = torch.as_tensor(np.array(matrix, dtype=np.float64))
    except ValueError as error:
        message = f'the transition matrix does not hold rows of numbers: {error}'
        raise ValueError(message) from error
    if transition.shape != (num_classes, num_classes):
        shape = f'the transition matrix has shape {tuple(transition.shape)}'
        raise ValueError(f'{shape}, but the dataset has {num_classes} classes')
    return transition


_BUILDERS: dict[str, Callable[..., Tensor]] = {
    'symmetric': symmetric_noise,
    'asymmetric': _asymmetric,
    **{name: partial(_of_ten_classes, name) for name in _TEN_CLASSES},
    'imagenet': lambda num_classes, rate=0.4: symmetric_noise(num_classes, rate),
    'transition': _transition,
}
