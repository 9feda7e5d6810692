"""CIFAR-10N: CIFAR-10 with labels from people who were paid for them."""

from typing import Any

import numpy as np
from mmengine.fileio import join_path
from mmpretrain.datasets import CIFAR10
from mmpretrain.registry import DATASETS

from ...checks import check_choice
from ...formats.label_pickle import load_label_pickle
from ...formats.text_lines import read_lines
from ..columns import check_range
from .annotation_lines import split_labels

__all__ = ['CIFAR10N']


@DATASETS.register_module()
class CIFAR10N(CIFAR10):
    """CIFAR-10N (Wei et al., ICLR 2022), on the pickles of CIFAR-10 or on image files.

    In ``data_root`` lie ``CIFAR-10_human.pt`` and either ``cifar-10-batches-py/`` or
    ``train.txt``, ``test.txt`` and the image files that they list, ``path label`` on
    each line, in CIFAR-10's own order. Pickles are RGB and need no LoadImageFromFile.
    The test split is CIFAR-10's own. Samples of the training split keep CIFAR-10's
    label as ``true_label``, for analysis only.

    ========================= ================= ================================
    ``label_set``             in the file       wrong
    ========================= ================= ================================
    worst                     ``worse_label``   40.21 %, a wrong one if there is
    aggregate                 ``aggre_label``   9.01 %, majority of the three
    random1, random2, random3 ``random_label1`` 17.23 %, 18.12 %, 17.64 %
    clean                     ``clean_label``   none: CIFAR-10's; no file is read
    ========================= ================= ================================

    The label file circulates in two orders: its ``clean_label`` must be that of the
    images. It is a pickle, and nothing in it is run.

    Args:
        split: ``'train'`` or ``'test'``.
        label_set: Name of a label set, here or in the file; by default the first.
        label_file: Name of the label file in ``data_root``, if it has another.
        images: Form of the images, ``'pickles'`` or ``'files'``.
        download: Whether to get CIFAR-10 (not the label file) if it is missing.
        **kwargs: As in :class:`mmpretrain.datasets.CIFAR10`.

    Raises:
        FileNotFoundError: If the label file or the list of image files is missing.
        ValueError: If there is no such label set; naming the file (and line or row), if
            it is malformed or for other images or another order.
        RuntimeError: If the pickles are missing or have other checksums.

    >>> dataset = CIFAR10N('data/cifar10', label_set='aggregate', lazy_init=True)
    >>> dataset.label_file, dataset.metainfo['classes'][:3]
    ('data/cifar10/CIFAR-10_human.pt', ('airplane', 'automobile', 'bird'))
    """

    LABEL_SETS = dict(
        worst='worse_label',
        aggregate='aggre_label',
        random1='random_label1',
        random2='random_label2',
        random3='random_label3',
        clean='clean_label',
    )
    LABEL_FILE = 'CIFAR-10_human.pt'
    PUBLISHED_COUNTS = dict(train=50_000, test=10_000)

    def __init__(
        self,
        data_root: str = '',
        split: str = 'train',
        label_set: str | None = None,
        label_file: str = '',
        images: str = 'pickles',
        download: bool = False,
        **kwargs: Any,
    ) -> None:
        names = (*self.LABEL_SETS, *self.LABEL_SETS.values())
        self.label_set = check_choice('label_set', label_set or names[0], names)
        self.label_file = join_path(data_root, label_file or self.LABEL_FILE)
        self.images = check_choice('images', images, ('pickles', 'files'))
        super().__init__(data_root=data_root, split=split, download=download, **kwargs)

    def load_data_list(self) -> list[dict]:
        """The images with the labels of the label set."""
        listed = self.images == 'files'
        samples = self._listed() if listed else super().load_data_list()
        if self.split != 'train':
            return samples
        true_labels = [sample['gt_label'] for sample in samples]
        labels = self._human_labels(np.array(true_labels)).tolist()
        each = zip(samples, labels, true_labels)
        return [dict(x, gt_label=label, true_label=true) for x, label, true in each]

    def extra_repr(self) -> list[str]:
        """What :meth:`__repr__` tells besides the sizes."""
        return [*super().extra_repr(), f'Label set: \t{self.label_set}']

    def _listed(self) -> list[dict]:
        root = self.data_prefix['root']
        path = join_path(root, f'{self.split}.txt')
        classes = self.METAINFO['classes']
        names, labels = split_labels(path, read_lines(path), len(classes))
        return [
            dict(img_path=join_path(root, name.decode()), gt_label=label)
            for name, label in zip(names, labels.tolist())
        ]

    def _human_labels(self, true_labels: np.ndarray) -> np.ndarray:
        """(N,) labels from the file, checked against those of the images."""
        path, key = self.label_file, self.LABEL_SETS.get(self.label_set, self.label_set)
        if key == 'clean_label':
            return true_labels
        arrays = load_label_pickle(path)
        for name in ('clean_label', key):
            labels = np.asarray(arrays.get(name))
            if labels.shape != true_labels.shape or labels.dtype.kind not in 'iu':
                raise ValueError(
                    f'{path}: {name} must be integers for {len(true_labels)} images, '
                    f'but is {labels.dtype} of shape {labels.shape}; the file has '
                    f'{sorted(map(str, arrays))}'
                )
        clean = arrays['clean_label']
        differs = np.flatnonzero(clean != true_labels)
        if differs.size:
            row = differs[0]
            raise ValueError(
                f'{path} is for another order of the images: its clean_label differs '
                f'from their labels in {differs.size} of {len(clean)} rows, the first '
                f'is row {row} ({clean[row]}, the image has {true_labels[row]})'
            )
        return check_range(labels, len(self.METAINFO['classes']), path)
