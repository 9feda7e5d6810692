"""One's own images: a folder for each class, or a table of paths and labels."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from mmengine.fileio import isdir
from mmpretrain.registry import DATASETS

from ..formats.csv_table import Table
from .class_folders import find_images
from .column_dataset import ColumnDataset, rows_of_missing_images, slash_advice
from .image_suffixes import image_suffixes
from .label_table import (
    encode_labels,
    listed_classes,
    read_label_table,
    repeated_rows,
    twin_classes,
)
from .sample_columns import UNKNOWN, SampleColumns
from .string_column import StringColumn

__all__ = ['ImageLabels']

_SUFFIXES = image_suffixes()


@DATASETS.register_module()
class ImageLabels(ColumnDataset):
    """Images with labels, without code.

    Either a folder of class folders, ``data_root/data_prefix/<class>/**/*.jpg``, or
    with ``ann_file`` a CSV, TSV or JSON Lines file whose header names its columns::

        path,label,true_label,verification,text
        cats/1.jpg,cat,,1,"a cat, asleep"
        cats/2.jpg,cat,dog,0,

    ``path`` is relative to ``data_root/data_prefix``. A label is the name or the number
    of a class. The other columns may be left out, and so may their values (empty, nan,
    NA, None, null, ? or -1): ``true_label`` where it is known, ``verification`` (1: the
    label was found right, 0: wrong) and ``text``. See :func:`read_table` for delimiters
    and quotes. A list of samples of this package (``LabelFile``) is such a table as it
    is, and tells the numbers of the classes. Else, without ``classes``, names are
    sorted (folders as numbers, if all are) and numbers in a table go from 0 to the
    highest; give the list where another dataset must number the classes alike. A row
    that only repeats the labels of another for the same path is left out, and so are
    columns, files and folders that are of no use: :attr:`notes` tells.

    Args:
        ann_file: The table, in ``data_root``.
        classes: Names in the order of the labels, or a file with one on each line.
        missing_images: See :class:`ColumnDataset`. ``'refuse'`` names the line.
        extensions: How the names of images in folders end; ``['']`` takes every file,
            as ``find`` does. By default those of :func:`image_suffixes`: ``.gif`` and
            ``.avif`` are among them where OpenCV decodes them, as its wheels do from
            4.12 on.
        columns: What columns are called in the table, by their names here, such as
            ``dict(path='file_name')`` for Hugging Face's metadata or ``dict(path='')``
            for the index of a DataFrame.
        where: The rows to use: by their name in the table, the value or values that
            columns have, such as ``dict(is_valid=False)``.
        **kwargs: As in :class:`ColumnDataset`.

    Raises:
        FileNotFoundError: If the table, the folder or an image is missing.
        ValueError: Naming the file and the line or folder: if two classes have one name
            or one image has two labels, or as ``read_label_table``, ``encode_labels``
            and ``find_images``.

    >>> import tempfile
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as root:
    ...     for name in ('cat/1.jpg', 'cat/2.jpg', 'dog/1.jpg'):
    ...         Path(root, name).parent.mkdir(exist_ok=True)
    ...         Path(root, name).touch()
    ...     dataset = ImageLabels(data_root=root)
    >>> dataset.metainfo['classes'], dataset.get_gt_labels().tolist()
    (('cat', 'dog'), [0, 0, 1])
    """

    def __init__(
        self,
        ann_file: str = '',
        missing_images: str = 'refuse',
        extensions: Sequence[str] = _SUFFIXES,
        columns: Mapping[str, str] | None = None,
        where: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        self.extensions = tuple(extension.lower() for extension in extensions)
        self.names, self.where = columns, where
        if not ann_file:
            if columns or where:
                raise ValueError('columns and where are of a table: give ann_file')
            missing_images = 'keep'  # as they were just listed
        super().__init__(ann_file=ann_file, missing_images=missing_images, **kwargs)

    def load_columns(self) -> SampleColumns:
        """The samples of the table or, without one, of the folders."""
        classes = self._metainfo.get('classes')
        for name, count in Counter(classes or ()).most_common(1):
            if count > 1:
                raise ValueError(f'two classes are called {name!r}')
        if self.ann_file:
            columns, names, notes = self._from_table(classes)
        else:
            found = find_images(self.img_prefix, self.extensions, classes)
            paths, labels, names, notes = found
            columns = SampleColumns(StringColumn.from_strings(paths), labels)
        self._metainfo['classes'] = names
        for message in notes + twin_classes(names):
            self.note(message)
        return columns

    def _from_table(
        self, classes: Sequence[str] | None
    ) -> tuple[SampleColumns, tuple[str, ...], list[str]]:
        table = read_label_table(
            self.ann_file, self.backend_args, self.names, self.where
        )
        for row, path in enumerate(table.columns['path']):
            if self.img_prefix and '://' in path:  # joined it would be no path anywhere
                advice = 'name the files, or leave out data_root and data_prefix'
                problem = f'{path!r} is no path below {self.img_prefix!r}'
                raise table.error(row, f'{problem}: download the images and {advice}')
        if table.unused:
            self.note(f'{table.path}: the columns {table.unused} are not used')
        if classes is None:
            classes = listed_classes(table)
        names, labels, notes = encode_labels(table, classes)
        paths = StringColumn.from_strings(table.columns['path'])
        if self.missing_images == 'refuse':
            _refuse_missing(table, self._with_img_prefix(paths))
        repeats, text = repeated_rows(table, labels), table.columns.get('text')
        self.note_repeats(table.path, len(repeats))
        columns = SampleColumns(
            paths,
            labels['label'],
            table.columns.get('verification', UNKNOWN),
            labels.get('true_label', UNKNOWN),
            None if text is None else StringColumn.from_strings(text),
        )
        rows = np.delete(np.arange(len(columns)), repeats)
        return columns.take(rows), names, notes


def _refuse_missing(table: Table, paths: StringColumn) -> None:
    missing = rows_of_missing_images(paths)
    for row in missing[:1]:
        problem = 'is a folder' if isdir(paths[row]) else 'is missing'
        problem += slash_advice(paths[row])
        raise FileNotFoundError(
            f'{table.path}, line {table.lines[row]}: the image {paths[row]!r} '
            f'{problem} ({missing.size} of {len(paths)} images are not there)'
        )
