"""Scikit-learn's 8x8 digits as a dataset: real images with nothing to download."""

import hashlib
from typing import Any

import numpy as np
from mmpretrain.datasets import BaseDataset
from mmpretrain.registry import DATASETS

from ...checks import check_choice

__all__ = ['Digits', 'stratified_test_indices']

_TEST_SIZE = 360


@DATASETS.register_module()
class Digits(BaseDataset):
    """The 1,797 handwritten digits that ship with scikit-learn.

    The original set (UCI ML, `Optical Recognition of Handwritten Digits`) has no split
    of its own here, so the package fixes one: 1,437 images to train and 360 to test,
    with the same share of every class in both. Samples hold ``img`` ((8, 8, 1) uint8,
    0 to 255) and ``gt_label``, as MMPretrain's MNIST does (without the last axis).

    Args:
        split: ``'train'`` or ``'test'``, else a ValueError. Unlike in MMPretrain's
            MNIST, ``test_mode`` has no say in which images are given.
        **kwargs: As in :class:`mmpretrain.datasets.BaseDataset`.

    >>> dataset = DATASETS.build(dict(type='Digits', split='test'))
    >>> info = dataset.get_data_info(0)
    >>> len(dataset), info['img'].shape, info['gt_label']
    (360, (8, 8, 1), 0)
    """

    METAINFO = dict(classes=tuple('0123456789'))
    PUBLISHED_COUNTS = dict(train=1437, test=_TEST_SIZE)

    def __init__(self, split: str = 'train', **kwargs: Any) -> None:
        self.split = check_choice('split', split, tuple(self.PUBLISHED_COUNTS))
        super().__init__(ann_file='', **kwargs)

    def load_data_list(self) -> list[dict]:
        """The images of the split, in the order of scikit-learn."""
        from sklearn.datasets import load_digits

        digits = load_digits()
        images = np.round(digits.images * (255 / 16)).astype(np.uint8)[..., np.newaxis]
        labels = digits.target
        indices = stratified_test_indices(labels, _TEST_SIZE)
        if self.split == 'train':
            indices = np.delete(np.arange(len(labels)), indices)
        return [dict(img=images[i], gt_label=int(labels[i])) for i in indices]

    def extra_repr(self) -> list[str]:
        """What :meth:`__repr__` tells besides the sizes."""
        return [f'Split: \t{self.split}']


def stratified_test_indices(labels: np.ndarray, test_size: int) -> np.ndarray:
    """(test_size,) int64 ascending indices: an equal share of each class of N labels.

    The samples of a class are ranked by a hash of their position, so the choice depends
    on no random generator and is the same in every version of every library. The sizes
    per class are rounded by largest remainder, ties to the lower class.
    """
    classes, counts = np.unique(labels, return_counts=True)
    share = counts * test_size / len(labels)
    sizes = np.floor(share).astype(int)
    most_cut = np.argsort(sizes - share, kind='stable')
    sizes[most_cut[: test_size - sizes.sum()]] += 1
    chosen: list[int] = []
    for label, size in zip(classes, sizes):
        chosen += sorted(np.flatnonzero(labels == label).tolist(), key=_hash)[:size]
    return np.sort(np.array(chosen, dtype=np.int64))


def _hash(index: int) -> bytes:
    return hashlib.sha256(f'digits {index}'.encode()).digest()
