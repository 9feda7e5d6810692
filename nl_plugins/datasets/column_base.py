"""The base of the datasets whose samples are columns."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from mmengine.dataset import force_full_init
from mmpretrain.datasets import BaseDataset

from .sample_columns import SampleColumns
from .sample_name import sample_name

__all__ = ['ColumnBase']


class ColumnBase(BaseDataset):
    """A dataset of MMPretrain whose annotations take a few bytes per sample.

    MMEngine builds a dict for each sample and pickles it, at several times the time and
    memory. Here a subclass gives :class:`SampleColumns` (:meth:`load_columns` in place
    of ``load_data_list``) and a dict is built when it is asked for. Forked dataloader
    workers share the columns, spawned ones get a copy.
    """

    _columns: SampleColumns
    _fully_initialized: bool

    def load_columns(self) -> SampleColumns:
        """The samples, before ``indices`` takes a part of them."""
        raise NotImplementedError

    def full_init(self) -> None:
        """Load the columns and take the part that ``indices`` says."""
        if not self._fully_initialized:
            self._columns = self._finish(self.load_columns())
            if self._indices is not None:
                self._take(_rows(self._indices, len(self._columns)))
            self._fully_initialized = True

    @property
    @force_full_init
    def columns(self) -> SampleColumns:
        """The samples as columns."""
        return self._columns

    def get_data_info(self, idx: int) -> dict:
        """The annotation of a sample; a negative index counts from the end."""
        columns = self.columns
        row = range(len(columns))[idx]
        info = self._annotation(columns, row)
        info['sample_idx'] = row
        return info

    def prepare_data(self, idx: int) -> Any:
        """What the pipeline makes of a sample.

        Raises:
            RuntimeError: Naming the sample, if the pipeline fails on it.
        """
        info = self.get_data_info(idx)
        name = sample_name(info['sample_idx'], info.get('img_path'))
        try:
            return self.pipeline(info)
        except Exception as error:
            told = f'{type(error).__name__}: {error}'
            raise RuntimeError(
                f'the pipeline fails on {name}: {told}; `nl-plugins check_data CONFIG` '
                'lists all images that cannot be read'
            ) from error

    def get_gt_labels(self) -> np.ndarray:
        """(N,) int64, the given labels of all samples."""
        return self.columns.labels.astype(np.int64)

    def get_cat_ids(self, idx: int) -> list[int]:
        """The given label of a sample, for ``ClassBalancedDataset``."""
        return [int(self.columns.labels[idx])]

    def get_subset_(self, indices: int | Sequence[int]) -> None:
        """Keep the first (or last, if negative) samples, or those of the indices."""
        self._take(_rows(indices, len(self)))

    def get_subset(self, indices: int | Sequence[int]) -> 'ColumnBase':
        """The same as a new dataset."""
        subset = self._copy_without_annotation({})
        subset.get_subset_(indices)
        return subset

    def __len__(self) -> int:
        return len(self.columns)

    def _finish(self, columns: SampleColumns) -> SampleColumns:
        """What becomes of all columns that were loaded."""
        return columns

    def _annotation(self, columns: SampleColumns, row: int) -> dict:
        return columns.info(row)

    def _take(self, rows: np.ndarray) -> None:
        self._columns = self._columns.take(rows)


def _rows(indices: int | Sequence[int], length: int) -> np.ndarray:
    """The rows that MMEngine means by ``indices``."""
    rows = np.arange(length)
    if isinstance(indices, (int, np.integer)):
        return rows[:indices] if indices >= 0 else rows[indices:]
    chosen = np.asarray(indices if len(indices) else rows[:0])
    if chosen.dtype.kind not in 'iu':
        raise TypeError(f'indices must be integers, but are {chosen.dtype}')
    return rows[chosen]
