"""What a report shows, whoever found it out."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..formats.fingerprint import fingerprint
from ..formats.label_file import RECOMMENDATIONS
from .noise_rate import NoiseRate

__all__ = ['LabelReport']

# the columns of integers, and whether -1 stands for unknown
_LABELS = dict(given_labels=0, suggested_labels=0, true_labels=-1)


@dataclass(frozen=True, eq=False)
class LabelReport:
    """What is known of N samples of K classes; row i is the sample with index i.

    Columns are arrays, tensors on the CPU or sequences. A ValueError names the column,
    and the sample, that does not fit.

    >>> report = LabelReport(
    ...     paths=['cat/1.jpg', 'cat/2.jpg'], class_names=['cat', 'dog'],
    ...     given_labels=[0, 0], suggested_labels=[0, 1], scores=[0.98, 0.03],
    ...     recommended=['keep', 'drop'])
    >>> len(report), report.suspicious.tolist()
    (2, [False, True])
    """

    paths: Sequence[str]  # N, as the cleaned-label file has them; '' where there is no
    class_names: Sequence[str]  # K
    given_labels: Any  # (N,) integers
    suggested_labels: Any  # (N,) integers
    scores: Any  # (N,) probability that the given label is right, low = suspicious
    recommended: Any = None  # (N,) words, see `LabelFile`; None keeps all
    weights: Any = None  # (N,), None: all are 1
    verification: Any = None  # (N,) 1 the given label is right, 0 wrong, -1 unknown
    true_labels: Any = None  # (N,) integers, -1 unknown
    nearest: Any = None  # (N, k) indices of right examples, nearest first; -1: none
    title: str = 'Which labels are wrong?'
    method: str = ''  # what scored the labels, a sentence

    # The picture of a sample: RGB or grey uint8, or the bytes of an image file. It is
    # called from several threads.
    load_image: Callable[[int], Any] | None = None
    # What stands before the paths on this machine: the page shows an image in full
    # size as long as it is there.
    folder: str | None = None

    noise_rate: NoiseRate | None = None
    class_noise_rates: Mapping[int, NoiseRate] = field(default_factory=dict)
    noise_source: str = ''  # the rates were estimated from ...
    # by what is shown, the value after each epoch: [(1, 0.0), (2, 0.31), ...]
    curves: Mapping[str, Sequence[tuple[float, float]]] = field(default_factory=dict)
    pictures: Sequence[str | os.PathLike] = ()  # PNG files that a method drew

    def __post_init__(self) -> None:
        size = len(self.paths)
        if not size:
            raise ValueError('a report needs at least one sample')
        words = ['keep'] * size if self.recommended is None else self.recommended
        columns = dict(
            scores=_numbers('scores', self.scores, size),
            weights=_numbers('weights', _or(self.weights, 1.0, size), size),
            recommended=_words(words, size),
            verification=_integers(
                'verification', _or(self.verification, -1, size), size, -1, 2
            ),
        )
        for name, lowest in _LABELS.items():
            values = _or(getattr(self, name), -1, size)
            count = len(self.class_names)
            columns[name] = _integers(name, values, size, lowest, count)
        near = np.empty((size, 0)) if self.nearest is None else np.asarray(self.nearest)
        if near.ndim != 2:
            shape = f'shape {near.shape}, expected ({size}, k)'
            raise ValueError(f'nearest has {shape}')
        rows = [_integers('nearest', c, size, -1, size) for c in near.T]
        columns['nearest'] = np.stack(rows, 1) if rows else near.astype(np.int64)
        for name, column in columns.items():
            object.__setattr__(self, name, column)
        for label in self.class_noise_rates:
            if not 0 <= label < len(self.class_names):
                raise ValueError(f'class_noise_rates: {label} has no class name')
        if (self.noise_rate or self.class_noise_rates) and not self.noise_source:
            raise ValueError('noise_source must say what the rates were estimated from')

    def __len__(self) -> int:
        return len(self.paths)

    @property
    def suspicious(self) -> np.ndarray:
        """(N,) bool: the samples that are to be dropped or to get another label."""
        return np.isin(self.recommended.astype(str), ('drop', 'replace'))

    @property
    def key(self) -> str:
        """The same for the same samples, given labels and class names."""
        names = ''.join(f'{name}\n' for name in [*self.class_names, '', *self.paths])
        return fingerprint(names, self.given_labels)[:16]


def _or(values: Any, default: float, size: int) -> Any:
    return np.full(size, default) if values is None else values


def _column(name: str, values: Any, size: int) -> np.ndarray:
    array = np.asarray(values)
    if array.shape != (size,):
        expected = f'expected ({size},), one for each path'
        raise ValueError(f'{name} has shape {array.shape}, {expected}')
    return array


def _numbers(name: str, values: Any, size: int) -> np.ndarray:
    array = _column(name, values, size).astype(np.float64)
    for row in np.flatnonzero(~np.isfinite(array))[:1]:
        raise ValueError(f'{name} of sample {row} is {array[row]}')
    return array


def _integers(name: str, values: Any, size: int, low: int, end: int) -> np.ndarray:
    array = _column(name, values, size)
    if array.dtype.kind not in 'iu':
        raise ValueError(f'{name} must be integers, but are {array.dtype}')
    for row in np.flatnonzero((array < low) | (array >= end))[:1]:
        problem = f'{array[row]}, which is not in {low} to {end - 1}'
        raise ValueError(f'{name} of sample {row} is {problem}')
    return array.astype(np.int64)


def _words(words: Any, size: int) -> np.ndarray:
    array = _column('recommended', np.asarray(words, dtype=object), size)
    for row in np.flatnonzero(~np.isin(array.astype(str), RECOMMENDATIONS))[:1]:
        known = ', '.join(RECOMMENDATIONS)
        problem = f'{array[row]!r}, none of {known}'
        raise ValueError(f'recommended of sample {row} is {problem}')
    return array
