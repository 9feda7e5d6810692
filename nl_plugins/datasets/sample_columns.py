"""What a dataset knows of its samples, as columns instead of a list of dicts."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any

import numpy as np

from .sample_name import sample_name
from .string_column import StringColumn

__all__ = ['INTEGER_KEYS', 'UNKNOWN', 'SampleColumns']

# the name of a column, and that of its values in the annotation of a sample
INTEGER_KEYS = dict(
    labels='gt_label',
    verification='verification',
    true_labels='true_label',
    clean_labels='clean_label',
    noisy_labels='noisy_label',
    noise_types='noise_type',
)
UNKNOWN: Any = -1
_SMALL = dict(verification=1, noise_types=2)  # int8, and the highest value


@dataclass(frozen=True, eq=False)
class SampleColumns:
    """The annotations of N samples in a few buffers; row i is sample i.

    Immutable: copies of a dataset share it, and so do forked workers. -1 is unknown; a
    column in which nothing is known takes no memory. Other values or lengths are
    refused with a ValueError.

    >>> paths = StringColumn.from_strings(['a.jpg', 'b.jpg'])
    >>> columns = SampleColumns(paths, labels=[2, 0], true_labels=[2, -1])
    >>> columns.info(1)
    {'img_path': 'b.jpg', 'gt_label': 0, 'true_label': -1}
    >>> columns.knows('verification'), columns.verification.tolist()
    (False, [-1, -1])
    """

    paths: StringColumn  # N image paths; '' where a sample has no file
    labels: np.ndarray  # (N,) int32, the given labels
    verification: np.ndarray = UNKNOWN  # (N,) int8, 1: `labels` is right, 0: wrong
    true_labels: np.ndarray = UNKNOWN  # (N,) int32, for analysis only
    # N texts, a StringColumn or JsonTexts; None if there are none, or only in the
    # annotations of a dataset without columns
    text: Any = None
    clean_labels: np.ndarray = UNKNOWN  # (N,) int32, for training, see `CleanLabels`
    noisy_labels: np.ndarray = UNKNOWN  # (N,) int32, given where clean ones are known
    noise_types: np.ndarray = UNKNOWN  # (N,) int8, planted, see `ImageDependentNoise`

    def __post_init__(self) -> None:
        for name in INTEGER_KEYS:
            object.__setattr__(self, name, self._checked(name))
        if self.text is not None and len(self.text) != len(self):
            raise ValueError(f'{len(self.text)} texts for {len(self)} paths')

    def __len__(self) -> int:
        return len(self.paths)

    def __reduce__(self) -> tuple:
        """Spawned workers do not get what is unknown."""
        return partial(SampleColumns, self.paths, text=self.text, **self._known), ()

    def __deepcopy__(self, memo: dict) -> 'SampleColumns':
        return self

    @classmethod
    def concat(cls, parts: Sequence['SampleColumns']) -> 'SampleColumns':
        """The samples of several columns, with texts if all have texts of one kind."""
        texts = [part.text for part in parts]
        alike = texts[0] is not None and len(set(map(type, texts))) == 1
        values = {n: [getattr(part, n) for part in parts] for n in INTEGER_KEYS}
        return cls(
            StringColumn.concat([part.paths for part in parts]),
            text=type(texts[0]).concat(texts) if alike else None,
            **{name: np.concatenate(arrays) for name, arrays in values.items()},
        )

    def take(self, rows: np.ndarray) -> 'SampleColumns':
        """The samples of some rows, (n,) integers from 0 to N - 1, in their order."""
        return SampleColumns(
            self.paths.take(rows),
            text=None if self.text is None else self.text.take(rows),
            **{name: getattr(self, name)[rows] for name in INTEGER_KEYS},
        )

    def replace(self, **columns: Any) -> 'SampleColumns':
        """The same samples with some columns exchanged."""
        return replace(self, **columns)

    def knows(self, name: str) -> bool:
        """Whether a column of integers holds anything."""
        return name in self._known

    def info(self, row: int) -> dict:
        """What :meth:`get_data_info` of MMEngine's datasets gives for a row."""
        info = self.update(dict(img_path=self.paths[row]), row)
        if self.text is not None:
            info['text'] = self.text[row]
        return info

    def update(self, info: dict, row: int) -> dict:
        """Put the integers of a row into an annotation: those known of any sample."""
        for key in self._unknown_keys.intersection(info):
            info[key] = -1
        for name, column in self._known.items():
            info[INTEGER_KEYS[name]] = column.item(row)
        return info

    @cached_property
    def _known(self) -> dict[str, np.ndarray]:
        columns = {name: getattr(self, name) for name in INTEGER_KEYS}
        return {n: c for n, c in columns.items() if n == 'labels' or (c >= 0).any()}

    @cached_property
    def _unknown_keys(self) -> set[str]:
        return {key for name, key in INTEGER_KEYS.items() if name not in self._known}

    def _checked(self, name: str) -> np.ndarray:
        """A column, read-only and in the dtype that it should have."""
        dtype, size = np.int8 if name in _SMALL else np.int32, len(self)
        lowest, highest = -(name != 'labels'), _SMALL.get(name, 2**31 - 1)
        values = np.asarray(getattr(self, name), dtype=None if size else dtype)
        if values.ndim == 0 and lowest < 0:
            values = np.broadcast_to(values, size)
        if values.shape != (size,) or values.dtype.kind not in 'iu':
            found = f'{values.dtype} of shape {values.shape}'
            wanted = f'{size} integers, one for each path'
            raise ValueError(f'{name} must be {wanted}, but are {found}')
        for row in np.flatnonzero((values < lowest) | (values > highest))[:1]:
            value = f'{INTEGER_KEYS[name]}={values[row]}'
            problem = f'{value}, which is not in {lowest} to {highest}'
            raise ValueError(f'{sample_name(row, self.paths[row])} has {problem}')
        if (values < 0).all():
            return np.broadcast_to(dtype(-1), size)
        column: np.ndarray = values.astype(dtype)
        column.flags.writeable = False
        return column
