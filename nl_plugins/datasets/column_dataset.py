"""The base of the datasets that read annotation files."""

import logging
from typing import Any

import numpy as np
from mmengine.fileio import get_file_backend, isfile, list_dir_or_file
from mmengine.logging import print_log

from ..checks import check_choice
from ..formats.text_lines import line_naming
from .column_base import ColumnBase
from .sample_columns import SampleColumns
from .sample_name import sample_name
from .string_column import StringColumn

__all__ = ['ColumnDataset', 'rows_of_missing_images']


class ColumnDataset(ColumnBase):
    """Images named in annotation files, as columns: see :class:`ColumnBase`.

    The paths that :meth:`load_columns` gives are relative to :attr:`img_prefix`.
    Samples hold ``img_path`` and ``gt_label`` and, where the data has them,
    ``verification``, ``true_label`` (-1: unknown) and ``text``. Columns are always
    compact, whatever ``serialize_data``, and there is no ``filter_cfg``.

    Args:
        ann_file: Refused where a split says which files are read.
        split: One of :attr:`SPLITS`, which a subclass names if its data has any.
        backend_args: Settings of MMEngine's file backend for the annotation files,
            which by default follows from their path.
        missing_images: Where annotations name images that are not there, ``'keep'``
            does not look, ``'drop'`` leaves these samples out, which :attr:`notes`
            tells, ``'refuse'`` raises and names the line. Looking lists each folder.

    Attributes:
        image_lists: The files that name the images, as :meth:`load_columns` found.
        notes: What was found odd in the data and how it was dealt with.
        PUBLISHED_COUNTS: How many samples a split has, for the data check.

    Raises:
        FileNotFoundError: If images are missing that may not be, or all are.
        ValueError: If there are no samples, or a label has no class.
    """

    SPLITS: tuple[str, ...] = ()
    PUBLISHED_COUNTS: dict[str, int] = {}

    def __init__(
        self,
        ann_file: str = '',
        split: str = '',
        backend_args: dict | None = None,
        missing_images: str = 'keep',
        filter_cfg: dict | None = None,
        **kwargs: Any,
    ) -> None:
        advice = ''
        if filter_cfg is not None:
            advice = 'no filter: remove filter_cfg and choose samples with `indices`'
        elif split and not self.SPLITS:
            advice = f'no splits: replace {split=} by data_prefix=... or ann_file=...'
        elif self.SPLITS and ann_file:
            splits = list(self.SPLITS)
            advice = f'its own files: replace {ann_file=} by split=..., one of {splits}'
        if advice:
            raise ValueError(f'{type(self).__name__} has {advice}')
        self.split = check_choice('split', split, self.SPLITS) if self.SPLITS else ''
        self.backend_args = backend_args
        choices = ('keep', 'drop', 'refuse')
        self.missing_images = check_choice('missing_images', missing_images, choices)
        self.notes: list[str] = []
        self.image_lists: list[str] = []
        super().__init__(ann_file=ann_file, **kwargs)

    def note(self, message: str) -> None:
        """Tell the user, and :attr:`notes`, what is odd in the data."""
        self.notes.append(message)
        print_log(f'{type(self).__name__}: {message}', 'current', logging.WARNING)

    def note_repeats(self, path: str, repeats: int, units: str = 'lines') -> None:
        """Tell of lines of a file that only repeat another line, if there are any."""
        if repeats:
            self.note(
                f'{path}: {repeats} {units} only repeat another, and are left out'
            )

    def extra_repr(self) -> list[str]:
        """What :meth:`__repr__` tells besides the sizes."""
        files = [f'Annotation file: \t{self.ann_file}'] if self.ann_file else []
        split = [f'Split: \t{self.split}'] if self.split else []
        return [*files, f'Prefix of images: \t{self.img_prefix}', *split]

    def _finish(self, columns: SampleColumns) -> SampleColumns:
        """Join the paths, check the labels and look for missing images."""
        if not len(columns):
            split = f' for split={self.split!r}' if self.split else ''
            where = f'{split} in {self.img_prefix!r}'
            raise ValueError(f'{type(self).__name__} has no samples{where}')
        columns = columns.replace(paths=self._with_img_prefix(columns.paths))
        self._check_labels(columns)
        return columns if self.missing_images == 'keep' else self._present(columns)

    def _with_img_prefix(self, paths: StringColumn) -> StringColumn:
        backend = get_file_backend(self.img_prefix, enable_singleton=True)
        encoded = np.frombuffer(paths.blob + b'\0', dtype=np.uint8)
        starts = encoded[paths.offsets[:-1]]
        if paths.prefix.startswith('/') or (starts == ord('/')).any():
            # absolute: the backend knows what that means
            joined = (backend.join_path(self.img_prefix, path) for path in paths)
            return StringColumn.from_strings(joined)
        return paths.with_prefix(backend.join_path(self.img_prefix, '_')[:-1])

    def _present(self, columns: SampleColumns) -> SampleColumns:
        missing = rows_of_missing_images(columns.paths)
        if not missing.size:
            return columns
        first, count = columns.paths[missing[0]], f'{missing.size} of {len(columns)}'
        message = f'{count} images are missing, the first is {first!r}'
        message += slash_advice(first)
        if self.missing_images == 'refuse' or missing.size == len(columns):
            for name in self.image_lists:
                line = line_naming(name, first, self.backend_args)
                if line is not None:
                    raise FileNotFoundError(f'{message} ({name}, line {line})')
            raise FileNotFoundError(message)
        self.note(f'{message}: left out')
        return columns.take(np.delete(np.arange(len(columns)), missing))

    def _check_labels(self, columns: SampleColumns) -> None:
        classes = self._metainfo.get('classes')
        if classes is None:
            return
        both = dict(gt_label=columns.labels, true_label=columns.true_labels)
        for name, labels in both.items():
            for row in np.flatnonzero(labels >= len(classes))[:1]:
                label = f'{name} {labels[row]}, but there are {len(classes)} classes'
                raise ValueError(f'{sample_name(row, columns.paths[row])} has {label}')
        counts = np.bincount(columns.labels, minlength=len(classes))
        empty = [classes[label] for label in np.flatnonzero(counts == 0)]
        if empty:
            self.note(f'{len(empty)} classes have no sample, the first is {empty[0]!r}')


def slash_advice(path: str) -> str:
    """What to add where an image is missing, if Windows may have written its path."""
    return '; write / instead of \\ between folders' if '\\' in path else ''


def rows_of_missing_images(paths: StringColumn) -> np.ndarray:
    """(n,) int64, the rows whose path is no file, ascending.

    On any backend of MMEngine that can list folders; each is listed once, for speed.
    """
    folders: dict[str, set[str]] = {}
    missing = []
    for row, path in enumerate(paths):
        folder, _, name = path.rpartition('/')
        if folder not in folders:
            try:
                folders[folder] = set(list_dir_or_file(folder or '.', list_dir=False))
            except PermissionError:
                raise
            except (OSError, ValueError):  # no such folder; a name that none can have
                folders[folder] = set()
        # a list leaves out files whose name begins with a dot
        if name not in folders[folder] and not isfile(path):
            missing.append(row)
    return np.array(missing, dtype=np.int64)
