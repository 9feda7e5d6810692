"""Clothing1M: a million clothing images with labels from the text around them."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from mmengine.fileio import join_path
from mmpretrain.registry import DATASETS

from ...checks import check_choices
from ...formats.text_lines import line_error, read_lines
from ..column_dataset import ColumnDataset
from ..sample_columns import SampleColumns
from ..string_column import StringColumn
from .annotation_lines import first_existing, repeated_rows, split_labels

__all__ = ['Clothing1M']

_CLASSES = (
    'T-Shirt Shirt Knitwear Chiffon Sweater Hoodie Windbreaker Jacket Downcoat Suit '
    'Shawl Dress Vest Underwear'
)
_NOISY_SPLITS = ('noisy_train', 'noisy_and_verified_train', 'noisy_and_verified')
_CLEAN_LISTS = dict(clean_train='clean_train', val='clean_val', test='clean_test')
_VERIFIED_LISTS = dict(verified_train='clean_train', verified_val='clean_val')
_Labels = dict[bytes, int]  # by key, in the order of a file
_VERIFYING = ('clean_train', 'clean_val')


@DATASETS.register_module()
class Clothing1M(ColumnDataset):
    """Clothing1M (Xiao et al., CVPR 2015), as released.

    In ``data_root`` lie ``images/0`` to ``images/9`` and, there or in ``annotations``,
    ``noisy_train_key_list.txt``, ``clean_{train,val,test}_key_list.txt`` and
    ``{noisy,clean}_label_kv.txt``. Keys hold commas; the 14 labels are numbers, so
    ``category_names_eng.txt`` is not read.

    ======================== ========= =========================================
    split                    images    ``gt_label``
    ======================== ========= =========================================
    noisy_train              1,000,000 noisy
    noisy_and_verified_train           noisy; with the missing of verified_train
    noisy_and_verified                 noisy; with the missing of both verified
                                       splits, whatever ``verified_by``: to detect
                                       wrong labels, not to train
    verified_train           25 k      noisy; those of clean_train with both labels
    verified_val             7 k       noisy; those of val with both labels
    clean_train              47,570    from people
    val                      14,313    from people
    test                     10,526    from people
    ======================== ========= =========================================

    Where both labels of an image are known the label from people is its ``true_label``,
    and ``verification`` is 1 if they agree, else 0; -1 is unknown in both. Neither ever
    comes from the test split. A key listed twice counts once: :attr:`notes` tells.

    Args:
        split: Name of a split.
        verified_by: Splits whose labels verify the noisy ones: of ``'clean_train'`` and
            ``'clean_val'``. With none, the paper's setting without any supervision.
        **kwargs: As in :class:`ColumnDataset`.

    Raises:
        FileNotFoundError: If a text file is missing.
        ValueError: Naming the file and line, if a label is none, a key has no label or
            two, or a file is empty.

    >>> dataset = Clothing1M('data/clothing1m', 'verified_val', lazy_init=True)
    >>> dataset.metainfo['classes'][:3]
    ('T-Shirt', 'Shirt', 'Knitwear')
    """

    METAINFO = dict(classes=tuple(_CLASSES.split()))
    SPLITS = (*_NOISY_SPLITS, *_VERIFIED_LISTS, *_CLEAN_LISTS)
    PUBLISHED_COUNTS = dict(
        noisy_train=1_000_000, clean_train=47_570, val=14_313, test=10_526
    )

    def __init__(
        self,
        data_root: str = '',
        split: str = 'noisy_train',
        verified_by: Sequence[str] = ('clean_train',),
        **kwargs: Any,
    ) -> None:
        self.verified_by = check_choices('verified_by', verified_by, _VERIFYING)
        super().__init__(data_root=data_root, split=split, **kwargs)

    def load_columns(self) -> SampleColumns:
        """The samples of the split."""
        if self.split in _CLEAN_LISTS:
            clean = self._read_labels('clean')
            return _columns(self._read_list(_CLEAN_LISTS[self.split], clean), {})
        noisy = self._read_labels('noisy')
        if self.split in _VERIFIED_LISTS:
            true = self._read_true_labels([_VERIFIED_LISTS[self.split]])
            return _columns(_restrict(noisy, true), true)
        given = self._read_list('noisy_train', noisy)
        true = self._read_true_labels(self.verified_by)
        if self.split == 'noisy_and_verified_train':
            given.update(_restrict(noisy, true))
        elif self.split == 'noisy_and_verified':
            given.update(_restrict(noisy, self._read_true_labels(_VERIFYING)))
        return _columns(given, true)

    def _read_true_labels(self, lists: Sequence[str]) -> _Labels:
        """The labels from people of the images in these lists."""
        clean = self._read_labels('clean') if lists else {}
        return {k: v for name in lists for k, v in self._read_list(name, clean).items()}

    def _read_labels(self, kind: str) -> _Labels:
        """All noisy or all clean labels."""
        path = self._find(f'{kind}_label_kv.txt')
        lines = read_lines(path, self.backend_args)
        keys, labels = split_labels(path, lines, len(self.METAINFO['classes']))
        self.note_repeats(path, len(repeated_rows(path, keys, labels)))
        return dict(zip(keys, labels.tolist()))

    def _read_list(self, name: str, labels: _Labels) -> _Labels:
        """The labels of the keys of a list, in its order."""
        path = self._find(f'{name}_key_list.txt')
        self.image_lists.append(path)
        keys = read_lines(path, self.backend_args)
        listed = _restrict(labels, keys)
        if len(listed) < len(keys):
            kind = name.partition('_')[0]
            for row, key in enumerate(keys):
                if key not in labels:
                    message = f'{key.decode()!r} has no label in {kind}_label_kv.txt'
                    raise line_error(path, row, message)
            self.note_repeats(path, len(keys) - len(listed))
        return listed

    def _find(self, name: str) -> str:
        paths = [join_path(self.data_root, *x, name) for x in ((), ('annotations',))]
        return first_existing(paths, f'Clothing1M needs {name}', self.backend_args)


def _restrict(labels: _Labels, keys: Iterable[bytes]) -> _Labels:
    return {key: labels[key] for key in keys if key in labels}


def _columns(given: _Labels, true: _Labels) -> SampleColumns:
    """The columns of some images; verified are those with a true label."""
    labels = np.fromiter(given.values(), np.int32)
    true_labels = np.fromiter((true.get(key, -1) for key in given), np.int32)
    verification = np.where(true_labels < 0, -1, true_labels == labels)
    paths = StringColumn.from_strings(given)
    return SampleColumns(paths, labels, verification, true_labels)
