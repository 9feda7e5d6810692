"""Turn the ``noise`` setting of a config into wrong labels."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ...formats.noise_manifest import make_manifest, save_or_verify_manifest
from ...formats.transition_file import read_transition
from ...functional import asymmetric_noise, corrupt_labels, symmetric_noise

__all__ = ['build_transition', 'draw_labels']

# Ding et al. 2018, section 4: what each class turns into. The paper's text says 5 -> 6,
# its Fig. 3 and the results that it compares with say both ways.
_MNIST = {2: 7, 3: 8, 5: 6, 6: 5, 7: 1}
_MNIST_ONE_WAY = {2: 7, 3: 8, 5: 6, 7: 1}
# truck -> automobile, bird -> airplane, deer -> horse, cat <-> dog
_CIFAR10 = {9: 1, 2: 0, 4: 7, 3: 5, 5: 3}


def draw_labels(
    noise: Mapping[str, Any],
    seed: int,
    labels: np.ndarray,
    num_classes: int | None,
    manifest: str | None = None,
) -> np.ndarray:
    """Draw a noisy label for each sample.

    Args:
        noise: See :func:`build_transition`.
        seed: See :func:`~nl_plugins.functional.corrupt_labels`.
        labels: (N,) integers, the true labels.
        num_classes: K, or None if it is unknown.
        manifest: Where the draw is recorded or, if it is there, verified.

    Returns:
        (N,) int64.

    Raises:
        ValueError: If the number of classes is unknown, a setting is wrong, or the
            manifest records another draw.
    """
    if num_classes is None:
        raise ValueError(
            'noise needs the number of classes; give the inner dataset '
            'metainfo=dict(classes=[...])'
        )
    transition = build_transition(noise, num_classes)
    true_labels = torch.from_numpy(labels.astype(np.int64))
    noisy = corrupt_labels(true_labels, transition, seed).numpy()
    if manifest is not None:
        record = make_manifest(noise, seed, num_classes, labels, noisy)
        save_or_verify_manifest(manifest, record)
    return noisy


def build_transition(noise: Mapping[str, Any], num_classes: int) -> Tensor:
    """The transition matrix that a config describes.

    - ``dict(type='symmetric', rate=0.5)``;
    - ``dict(type='asymmetric', pairs={5: 6, 6: 5}, rate=0.6)``;
    - ``dict(type='mnist', rate=0.6)``: 2 to 7, 3 to 8, 5 to 6 and back, 7 to 1, as the
      two-stage paper's baselines have it; ``'mnist_one_way'``: as its text has it,
      without 6 to 5;
    - ``dict(type='cifar10', rate=0.6)``: truck to automobile, bird to airplane, deer
      to horse, cat to dog and back, of the same paper;
    - ``dict(type='imagenet')``: 40 % spread over the other classes, of SINet's paper
      (which flips 40 % of each class exactly; here each label with probability 0.4);
    - ``dict(type='transition', matrix=...)`` with rows of numbers, or the path of a
      JSON file that holds them.

    Args:
        noise: One of these.
        num_classes: K.

    Returns:
        (K, K) float64, T[i, j] = p(noisy j | true i).

    Raises:
        ValueError: If a setting is missing, unknown or out of range, the matrix is
            not K x K, or the noise is that of a dataset with other classes.

    >>> build_transition(dict(type='asymmetric', pairs={0: 1}, rate=0.25), 2)
    tensor([[0.7500, 0.2500],
            [0.0000, 1.0000]], dtype=torch.float64)
    """
    if not isinstance(noise, Mapping):
        raise ValueError(
            f'noise must be like dict(type="symmetric", rate=0.5): {noise!r}'
        )
    settings = dict(noise)
    kind = settings.pop('type', None)
    if kind not in _BUILDERS:
        raise ValueError(f'noise type must be one of {list(_BUILDERS)}, not {kind!r}')
    try:
        return _BUILDERS[kind](num_classes, **settings)
    except TypeError as error:
        raise ValueError(f'noise {dict(noise)}: {error}') from error


def _asymmetric(num_classes: int, pairs: Mapping[Any, int], rate: float) -> Tensor:
    if not isinstance(pairs, Mapping):
        raise ValueError(f'pairs must be like {{5: 6, 6: 5}}, but are {pairs!r}')
    # The keys are strings when the config came from JSON or a command line.
    for source in pairs:
        if isinstance(source, str) and not source.lstrip('-').isdecimal():
            raise ValueError(f'pairs must map numbers of classes, not {source!r}')
    pairs = {
        int(source) if isinstance(source, str) else source: target
        for source, target in pairs.items()
    }
    return asymmetric_noise(num_classes, pairs, rate)


def _of_ten_classes(pairs: Mapping[int, int]) -> Callable[..., Tensor]:
    def build(num_classes: int, rate: float) -> Tensor:
        if num_classes != 10:
            raise ValueError(f'this noise is for 10 classes, not for {num_classes}')
        return asymmetric_noise(num_classes, pairs, rate)

    return build


def _imagenet(num_classes: int, rate: float = 0.4) -> Tensor:
    return symmetric_noise(num_classes, rate)


def _transition(num_classes: int, matrix: Any) -> Tensor:
    if isinstance(matrix, str):
        matrix = read_transition(matrix)
    try:
        transition = torch.as_tensor(np.array(matrix, dtype=np.float64))
    except ValueError as error:
        raise ValueError(
            f'the transition matrix does not hold rows of numbers: {error}'
        ) from error
    if transition.shape != (num_classes, num_classes):
        raise ValueError(
            f'the transition matrix has shape {tuple(transition.shape)}, but the '
            f'dataset has {num_classes} classes'
        )
    return transition


_BUILDERS: dict[str, Callable[..., Tensor]] = {
    'symmetric': symmetric_noise,
    'asymmetric': _asymmetric,
    'mnist': _of_ten_classes(_MNIST),
    'mnist_one_way': _of_ten_classes(_MNIST_ONE_WAY),
    'cifar10': _of_ten_classes(_CIFAR10),
    'imagenet': _imagenet,
    'transition': _transition,
}
