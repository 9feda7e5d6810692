"""The base of the datasets that keep their annotations as columns."""

import logging
from collections.abc import Sequence
from typing import Any

import numpy as np
from mmengine.dataset import force_full_init
from mmengine.fileio import get_file_backend
from mmengine.logging import print_log
from mmpretrain.datasets import BaseDataset

from ..checks import check_choice
from .missing_images import missing_images as rows_of_missing_images
from .missing_images import where_named
from .sample_columns import SampleColumns
from .string_column import StringColumn

__all__ = ['ColumnDataset']


class ColumnDataset(BaseDataset):
    """A dataset of MMPretrain whose annotations take a few bytes a sample.

    MMEngine builds a dict for each sample and pickles it, at several times the time and
    memory. Here a subclass gives :class:`SampleColumns` (:meth:`load_columns` in place
    of ``load_data_list``) and a dict is built when it is asked for. Forked dataloader
    workers share the columns, spawned ones get a copy.

    Samples hold ``img_path`` and ``gt_label`` and, where the data has them,
    ``verification``, ``true_label`` (-1: unknown) and ``text``.

    Args:
        ann_file: As in :class:`mmpretrain.datasets.BaseDataset`; refused where a split
            says which files are read.
        split: One of :attr:`SPLITS`, which a subclass names if its data has any.
        backend_args: Of MMEngine's file backend for the annotation files, which by
            default follows from their path.
        missing_images: What to do where annotations name images that are not there:
            ``'keep'`` does not look for them, ``'drop'`` leaves these samples out,
            which :attr:`notes` tells, ``'refuse'`` raises and names the line. Looking
            lists each folder.
        filter_cfg: Refused; there is no filter.
        serialize_data: Accepted as everywhere; columns are always compact.
        **kwargs: As in :class:`mmpretrain.datasets.BaseDataset`.

    Attributes:
        columns: The samples.
        image_lists: The files that name the images, as :meth:`load_columns` found.
        notes: What was found odd in the data and how it was dealt with.
        PUBLISHED_COUNTS: How many samples a split has as far as that was published;
            the data check compares.

    Raises:
        FileNotFoundError: If images are missing that may not be, or all are.
        ValueError: If there are no samples, or a label has no class.
    """

    SPLITS: tuple[str, ...] = ()
    PUBLISHED_COUNTS: dict[str, int] = {}
    _fully_initialized: bool

    def __init__(
        self,
        ann_file: str = '',
        split: str = '',
        backend_args: dict | None = None,
        missing_images: str = 'keep',
        filter_cfg: dict | None = None,
        **kwargs: Any,
    ) -> None:
        if filter_cfg is not None:
            raise ValueError(
                f'{type(self).__name__} has no filter: remove filter_cfg and choose '
                'samples with `indices`'
            )
        if self.SPLITS and ann_file:
            raise ValueError(
                f'{type(self).__name__} reads the files of its split: replace '
                f'ann_file={ann_file!r} by split=..., one of {list(self.SPLITS)}'
            )
        if split and not self.SPLITS:
            raise ValueError(
                f'{type(self).__name__} has no splits: replace split={split!r} by '
                'data_prefix=... or ann_file=...'
            )
        self.split = check_choice('split', split, self.SPLITS) if self.SPLITS else ''
        self.backend_args = backend_args
        self.missing_images = check_choice(
            'missing_images', missing_images, ('keep', 'drop', 'refuse')
        )
        self.notes: list[str] = []
        self.image_lists: list[str] = []
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
        if not len(columns):
            split = f' for split={self.split!r}' if self.split else ''
            raise ValueError(
                f'{type(self).__name__} has no samples{split} in {self.img_prefix!r}'
            )
        columns = columns.replace(paths=self._with_img_prefix(columns.paths))
        self._check_labels(columns)
        if self.missing_images != 'keep':
            columns = self._without_missing(columns)
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

    def note_repeats(self, path: str, repeats: int, units: str = 'lines') -> None:
        """Tell of lines of a file that only repeat another line, if there are any."""
        if repeats:
            what = f'{repeats} {units} only repeat another, and are left out'
            self.note(f'{path}: {what}')

    def extra_repr(self) -> list[str]:
        """What :meth:`__repr__` tells besides the sizes."""
        files = [f'Annotation file: \t{self.ann_file}'] if self.ann_file else []
        split = [f'Split: \t{self.split}'] if self.split else []
        return [*files, f'Prefix of images: \t{self.img_prefix}', *split]

    def __len__(self) -> int:
        return len(self.columns)

    def _with_img_prefix(self, paths: StringColumn) -> StringColumn:
        backend = get_file_backend(self.img_prefix, enable_singleton=True)
        starts = paths.offsets[:-1]
        encoded = np.frombuffer(paths.blob + b'\0', dtype=np.uint8)
        absolute = paths.prefix.startswith('/') or (encoded[starts] == ord('/')).any()
        if absolute:  # the backend knows what that means
            joined = (backend.join_path(self.img_prefix, path) for path in paths)
            return StringColumn.from_strings(joined)
        return paths.with_prefix(backend.join_path(self.img_prefix, '_')[:-1])

    def _without_missing(self, columns: SampleColumns) -> SampleColumns:
        missing = rows_of_missing_images(columns.paths)
        if not missing.size:
            return columns
        message = (
            f'{missing.size} of {len(columns)} images are missing, the first is '
            f'{columns.paths[missing[0]]!r}'
        )
        if self.missing_images == 'refuse' or missing.size == len(columns):
            where = where_named(
                self.image_lists, columns.paths[missing[0]], self.backend_args
            )
            raise FileNotFoundError(message + where)
        self.note(f'{message}: left out')
        return columns.take(np.delete(np.arange(len(columns)), missing))

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
        counts = np.bincount(columns.labels, minlength=len(classes))
        empty = [classes[label] for label in np.flatnonzero(counts == 0)]
        if empty:
            self.note(f'{len(empty)} classes have no sample, the first is {empty[0]!r}')


def _rows(indices: int | Sequence[int], length: int) -> np.ndarray:
    """The row numbers that MMEngine means by ``indices``."""
    rows = np.arange(length)
    if isinstance(indices, (int, np.integer)):
        return rows[:indices] if indices >= 0 else rows[indices:]
    chosen = np.asarray(indices if len(indices) else rows[:0])
    if chosen.dtype.kind not in 'iu':
        raise TypeError(f'indices must be integers, but are {chosen.dtype}')
    return rows[chosen]
