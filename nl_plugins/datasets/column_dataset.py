"""The base of the datasets that keep their annotations as columns."""

import logging
from collections.abc import Sequence
from typing import Any

import numpy as np
from mmengine.dataset import force_full_init
from mmengine.fileio import get_file_backend
from mmengine.logging import print_log
from mmpretrain.datasets import BaseDataset

from .sample_columns import SampleColumns
from .string_column import StringColumn

__all__ = ['ColumnDataset']


class ColumnDataset(BaseDataset):
    """A dataset of MMPretrain whose annotations take a few bytes a sample.

    MMEngine builds a dict for each sample and pickles them all, which takes minutes
    and gigabytes for a million samples. Here a subclass gives :class:`SampleColumns`
    (:meth:`load_columns` in place of ``load_data_list``) and a dict is built when it
    is asked for. Forked dataloader workers share the columns, spawned ones get a copy.

    Samples hold ``img_path`` and ``gt_label`` and, where the data has them,
    ``verification``, ``true_label`` (-1: unknown) and ``text``.

    Args:
        ann_file: As in :class:`mmpretrain.datasets.BaseDataset`.
        backend_args: Of MMEngine's file backend for the annotation files, which by
            default follows from their path.
        filter_cfg: Refused; there is no filter.
        serialize_data: Accepted as everywhere; columns are always compact.
        **kwargs: As in :class:`mmpretrain.datasets.BaseDataset`.

    Attributes:
        columns: The samples.
        notes: What was found odd in the data and how it was dealt with.
    """

    _fully_initialized: bool

    def __init__(
        self,
        ann_file: str = '',
        backend_args: dict | None = None,
        filter_cfg: dict | None = None,
        **kwargs: Any,
    ) -> None:
        if filter_cfg is not None:
            raise ValueError(
                f'{type(self).__name__} has no filter: remove filter_cfg and choose '
                'samples with `indices`'
            )
        self.backend_args = backend_args
        self.notes: list[str] = []
        self._columns: SampleColumns
        super().__init__(ann_file=ann_file, **kwargs)

    def load_columns(self) -> SampleColumns:
        """Read the annotations; the paths are relative to :attr:`img_prefix`."""
        raise NotImplementedError

    def full_init(self) -> None:
        """Load the columns, join the paths and take the part that ``indices`` says."""
        if self._fully_initialized:
            return
        columns = self.load_columns()
        columns = columns.replace(paths=self._with_img_prefix(columns.paths))
        self._check_labels(columns)
        if self._indices is not None:
            columns = columns.take(_rows(self._indices, len(columns)))
        self._columns = columns
        self._fully_initialized = True

    @property
    @force_full_init
    def columns(self) -> SampleColumns:
        """The samples as columns, with the paths that the pipeline reads."""
        return self._columns

    def get_data_info(self, idx: int) -> dict:
        """The annotation of a sample; a negative index counts from the end."""
        columns = self.columns
        row = range(len(columns))[idx]
        return dict(columns.info(row), sample_idx=row)

    def get_gt_labels(self) -> np.ndarray:
        """(N,) int64, the given labels of all samples."""
        return self.columns.labels.astype(np.int64)

    def get_cat_ids(self, idx: int) -> list[int]:
        """The given label of a sample, for ``ClassBalancedDataset``."""
        return [int(self.columns.labels[idx])]

    def get_subset_(self, indices: int | Sequence[int]) -> None:
        """Keep the first (or last, if negative) samples, or those of the indices."""
        self._columns = self.columns.take(_rows(indices, len(self)))

    def get_subset(self, indices: int | Sequence[int]) -> 'ColumnDataset':
        """A dataset of the first or last samples, or those of the indices."""
        subset = self._copy_without_annotation({})
        subset.get_subset_(indices)
        return subset

    def note(self, message: str) -> None:
        """Tell the user, and :attr:`notes`, what is odd in the data."""
        self.notes.append(message)
        print_log(f'{type(self).__name__}: {message}', 'current', logging.WARNING)

    def __len__(self) -> int:
        return len(self.columns)

    def _with_img_prefix(self, paths: StringColumn) -> StringColumn:
        backend = get_file_backend(self.img_prefix, enable_singleton=True)
        starts = paths.offsets[:-1]
        encoded = np.frombuffer(paths.blob + b'\0', dtype=np.uint8)
        if (encoded[starts] == ord('/')).any():  # the backend knows what that means
            joined = (backend.join_path(self.img_prefix, path) for path in paths)
            return StringColumn.from_strings(joined)
        return paths.with_prefix(backend.join_path(self.img_prefix, '_')[:-1])

    def _check_labels(self, columns: SampleColumns) -> None:
        classes = self._metainfo.get('classes')
        if classes is None:
            return
        for name, labels in (
            ('gt_label', columns.labels),
            ('true_label', columns.true_labels),
        ):
            if labels is None:
                continue
            bad = np.flatnonzero(labels >= len(classes))
            if bad.size:
                raise ValueError(
                    f'sample {bad[0]} ({columns.paths[bad[0]]!r}) has {name} '
                    f'{labels[bad[0]]}, but there are {len(classes)} classes'
                )


def _rows(indices: int | Sequence[int], length: int) -> np.ndarray:
    """The row numbers that MMEngine means by ``indices``."""
    rows = np.arange(length)
    if isinstance(indices, (int, np.integer)):
        return rows[:indices] if indices >= 0 else rows[indices:]
    chosen = np.asarray(indices if len(indices) else rows[:0])
    if chosen.dtype.kind not in 'iu':
        raise TypeError(f'indices must be integers, but are {chosen.dtype}')
    return rows[chosen]
