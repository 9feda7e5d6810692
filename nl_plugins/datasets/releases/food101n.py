"""Food-101N: 310 thousand food images from the web in the classes of Food-101."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from mmengine.fileio import join_path
from mmpretrain.datasets.categories import FOOD101_CATEGORIES
from mmpretrain.registry import DATASETS

from ...checks import check_choices
from ...formats.text_lines import line_error, read_lines
from ..column_dataset import ColumnDataset
from ..sample_columns import SampleColumns
from ..string_column import StringColumn
from .annotation_lines import read_tsv, repeated_rows

__all__ = ['Food101N']

_KEY, _VERIFIED = 'class_name/key', 'verification_label'
_FIRST_LINE = 2  # of the tables, below the header


@DATASETS.register_module()
class Food101N(ColumnDataset):
    """Food-101N (Lee et al., CVPR 2018), as released.

    In ``data_root`` lie ``images/<class>/<hash>.jpg`` and, in ``meta``,
    ``classes.txt``, ``imagelist.tsv`` and ``verified_{train,val}.tsv``. Each table
    begins with a header; ``classes.txt`` may. The classes and their order are
    Food-101's, whose test split (MMPretrain's ``Food101``) is this dataset's, too.

    Every sample carries ``verification``: 1 if its label was found right, 0 if wrong
    and -1 if nobody looked. ``gt_label`` is the class from the web, whether right or
    wrong. Nothing of ``verified_val`` gets into ``train``, unless asked for.

    In the release ``verified_train.tsv`` names an image that the image list has under
    another class, and some images are missing. Both are left out, which :attr:`notes`
    tells.

    Args:
        split: ``'train'`` (``imagelist.tsv``, 310,009 images) or of these the images of
            a table, ``'verified_train'`` (52,868) or ``'verified_val'`` (4,741).
        verified_by: Tables that verify ``train``: of ``'verified_train'`` and
            ``'verified_val'``. With none, training without any supervision.
        **kwargs: As in :class:`ColumnDataset`; by default ``missing_images='drop'`` and
            ``data_prefix='images'``.

    Raises:
        FileNotFoundError: If a text file, or every image, is missing.
        ValueError: Naming the file and line, if one is malformed or contradicts
            another, a class is unknown, or a file is empty.

    >>> dataset = Food101N('data/Food-101N_release', 'verified_val', lazy_init=True)
    >>> dataset.metainfo['classes'][:2]
    ('apple_pie', 'baby_back_ribs')
    """

    METAINFO = dict(classes=FOOD101_CATEGORIES)
    SPLITS = ('train', 'verified_train', 'verified_val')
    PUBLISHED_COUNTS = dict(train=310_009, verified_train=52_868, verified_val=4_741)

    def __init__(
        self,
        data_root: str = '',
        split: str = 'train',
        verified_by: Sequence[str] = ('verified_train',),
        **kwargs: Any,
    ) -> None:
        self.verified_by = check_choices('verified_by', verified_by, self.SPLITS[1:])
        defaults = dict(missing_images='drop', data_prefix='images')
        super().__init__(data_root=data_root, split=split, **{**defaults, **kwargs})

    def load_columns(self) -> SampleColumns:
        """The samples of the split."""
        labels = self._read_image_list()
        verified: dict[bytes, int] = {}
        for name in self.verified_by if self.split == 'train' else (self.split,):
            verified.update(self._read_verified(name, labels))
        keys = labels if self.split == 'train' else verified
        return SampleColumns(
            StringColumn.from_strings(keys),
            np.array([labels[key] for key in keys]),
            np.array([verified.get(key, -1) for key in keys]),
        )

    def _read_image_list(self) -> dict[bytes, int]:
        """The label of each image, which is its folder."""
        codes = self._read_classes()
        path = self._meta('imagelist.tsv')
        self.image_lists.append(path)
        keys = [row[0] for row in read_tsv(path, [_KEY], self.backend_args)]
        labels = []
        for row, key in enumerate(keys):
            folder, _, file = key.partition(b'/')
            if folder not in codes or not file:
                message = f'{key.decode()!r} is no image of a class in classes.txt'
                raise line_error(path, row, message, _FIRST_LINE)
            labels.append(codes[folder])
        self.note_repeats(path, len(repeated_rows(path, keys, labels, _FIRST_LINE)))
        return dict(zip(keys, labels))

    def _read_classes(self) -> dict[bytes, int]:
        """The label of each class in ``classes.txt``."""
        path = self._meta('classes.txt')
        codes = {name.encode(): label for label, name in enumerate(FOOD101_CATEGORIES)}
        names = read_lines(path, self.backend_args)
        for row, name in enumerate(names):
            if name not in codes and (row or name != b'class_name'):
                message = f'{name.decode()!r} is no class of Food-101'
                raise line_error(path, row, message)
        return {name: codes[name] for name in names if name in codes}

    def _read_verified(self, name: str, labels: dict[bytes, int]) -> dict[bytes, int]:
        """The verification label of each listed image, as far as it is in the data."""
        path = self._meta(f'{name}.tsv')
        rows = read_tsv(path, [_KEY, _VERIFIED], self.backend_args)
        values = []
        for row, (_, text) in enumerate(rows):
            if text not in (b'0', b'1'):
                message = f'{text.decode()!r} is no verification label (0 or 1)'
                raise line_error(path, row, message, _FIRST_LINE)
            values.append(int(text))
        keys = [key for key, _ in rows]
        self.note_repeats(path, len(repeated_rows(path, keys, values, _FIRST_LINE)))
        unlisted = [row for row, key in enumerate(keys) if key not in labels]
        if unlisted:
            self.note(
                f'{path}: {len(unlisted)} rows are left out because imagelist.tsv does '
                f'not have their image, the first is line {unlisted[0] + _FIRST_LINE}'
            )
        return {key: value for key, value in zip(keys, values) if key in labels}

    def _meta(self, name: str) -> str:
        return join_path(self.data_root, 'meta', name)
