"""What a dataset knows of its samples, as columns instead of a list of dicts."""

from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np

from .string_column import StringColumn

__all__ = ['SampleColumns', 'TextColumn']


class TextColumn(Protocol):
    """Texts by row: a :class:`StringColumn`, or a :class:`JsonTexts`.

    None stands for a text that is not there.
    """

    def __len__(self) -> int: ...

    def __getitem__(self, row: int) -> str | None: ...

    def take(self, rows: np.ndarray) -> 'TextColumn':
        """The texts of some rows."""


@dataclass(frozen=True, eq=False)
class SampleColumns:
    """The annotations of N samples in a few buffers; row i is sample i.

    Immutable: copies of a dataset share it, and so do forked workers.

    Attributes:
        paths: N image paths.
        labels: (N,) int32, the given labels.
        verification: (N,) int8, 1 if the given label was verified to be right, 0 if
            it was found wrong, -1 if nobody looked; None if the data has none.
        true_labels: (N,) int32, -1 where unknown; None if the data has none.
        text: N texts, or None.

    Raises:
        ValueError: If a column has another length or shape, or holds other values
            than these.
    """

    paths: StringColumn
    labels: np.ndarray
    verification: np.ndarray | None = None
    true_labels: np.ndarray | None = None
    text: TextColumn | None = None

    def __post_init__(self) -> None:
        self._set_integers('labels', np.int32)
        self._set_integers('verification', np.int8, lowest=-1, highest=1)
        self._set_integers('true_labels', np.int32, lowest=-1)
        if self.text is not None and len(self.text) != len(self):
            raise ValueError(f'{len(self.text)} texts for {len(self)} paths')

    def __len__(self) -> int:
        return len(self.paths)

    def __deepcopy__(self, memo: dict) -> 'SampleColumns':
        return self

    def take(self, rows: np.ndarray) -> 'SampleColumns':
        """The samples of some rows, (n,) integers from 0 to N - 1, in their order."""
        verification, true_labels, text = self.verification, self.true_labels, self.text
        return SampleColumns(
            self.paths.take(rows),
            self.labels[rows],
            None if verification is None else verification[rows],
            None if true_labels is None else true_labels[rows],
            None if text is None else text.take(rows),
        )

    def replace(self, **columns: Any) -> 'SampleColumns':
        """The same samples with some columns exchanged."""
        return replace(self, **columns)

    def info(self, row: int) -> dict:
        """What :meth:`get_data_info` of MMEngine's datasets gives for a row."""
        info: dict[str, Any] = dict(
            img_path=self.paths[row], gt_label=int(self.labels[row])
        )
        if self.verification is not None:
            info['verification'] = int(self.verification[row])
        if self.true_labels is not None:
            info['true_label'] = int(self.true_labels[row])
        if self.text is not None:
            info['text'] = self.text[row]
        return info

    def _set_integers(
        self, name: str, dtype: type, lowest: int = 0, highest: int = 2**31 - 1
    ) -> None:
        """Check a column and keep it read-only, in the dtype that it should have."""
        values = getattr(self, name)
        if values is None and name != 'labels':
            return
        values = np.asarray(values, dtype=None if len(self) else dtype)
        if values.shape != (len(self),) or values.dtype.kind not in 'iu':
            raise ValueError(
                f'{name} must be {len(self)} integers, one for each path, but are '
                f'{values.dtype} of shape {values.shape}'
            )
        bad = np.flatnonzero((values < lowest) | (values > highest))
        if bad.size:
            raise ValueError(
                f'sample {bad[0]} ({self.paths[bad[0]]!r}): {values[bad[0]]} is not a '
                f'value of {name}'
            )
        column: np.ndarray = values.astype(dtype)
        column.flags.writeable = False
        object.__setattr__(self, name, column)
