"""CIFAR-10N: CIFAR-10 with labels from people who were paid for them."""

from typing import Any

import numpy as np
from mmengine.fileio import join_path
from mmpretrain.datasets import CIFAR10
from mmpretrain.registry import DATASETS

from ...checks import check_choice
from .human_labels import read_human_labels

__all__ = ['CIFAR10N']


@DATASETS.register_module()
class CIFAR10N(CIFAR10):
    """CIFAR-10N (Wei et al., ICLR 2022) on the official pickles of CIFAR-10.

    In ``data_root`` lie ``cifar-10-batches-py/`` and ``CIFAR-10_human.pt``. The test
    split is CIFAR-10's own. Samples of the training split keep CIFAR-10's label as
    ``true_label``, for analysis only.

    ========================= ================= ================================
    ``label_set``             in the file       wrong
    ========================= ================= ================================
    aggregate                 ``aggre_label``   9.01 %, majority of the three
    random1, random2, random3 ``random_label1`` 17.23 %, 18.12 %, 17.64 %
    worst                     ``worse_label``   40.21 %, a wrong one if there is
    clean                     ``clean_label``   none, CIFAR-10's
    ========================= ================= ================================

    The label file is a pickle, of which nothing is run. For images in another form,
    such as JPEG files, wrap their dataset in NoisyLabels with a ``label_file``.

    Args:
        data_root: The folder.
        split: ``'train'`` or ``'test'``.
        label_set: See above; the names of the file do, too.
        label_file: In ``data_root``.
        download: Whether to get CIFAR-10 (not the label file) if it is missing.
        **kwargs: As in :class:`mmpretrain.datasets.CIFAR10`.

    Raises:
        FileNotFoundError: If the label file is missing.
        ValueError: If there is no such label set, or naming the file: see
            :func:`read_human_labels`.
        RuntimeError: If CIFAR-10 is missing or its files have other checksums.
    """

    LABEL_SETS = dict(
        aggregate='aggre_label',
        random1='random_label1',
        random2='random_label2',
        random3='random_label3',
        worst='worse_label',
        clean='clean_label',
    )
    LABEL_FILE = 'CIFAR-10_human.pt'
    PUBLISHED_COUNTS = dict(train=50_000, test=10_000)

    def __init__(
        self,
        data_root: str = '',
        split: str = 'train',
        label_set: str = 'worst',
        label_file: str = '',
        download: bool = False,
        **kwargs: Any,
    ) -> None:
        names = (*self.LABEL_SETS, *self.LABEL_SETS.values())
        self.label_set = check_choice('label_set', label_set, names)
        self.label_file = join_path(data_root, label_file or self.LABEL_FILE)
        super().__init__(data_root=data_root, split=split, download=download, **kwargs)

    def load_data_list(self) -> list[dict]:
        """The images with the labels of the label set."""
        samples = super().load_data_list()
        if self.split != 'train':
            return samples
        labels = read_human_labels(
            self.label_file,
            self.LABEL_SETS.get(self.label_set, self.label_set),
            np.array([sample['gt_label'] for sample in samples]),
            len(self.METAINFO['classes']),
        )
        return [
            dict(sample, gt_label=label, true_label=sample['gt_label'])
            for sample, label in zip(samples, labels.tolist())
        ]

    def extra_repr(self) -> list[str]:
        """What :meth:`__repr__` tells besides the sizes."""
        return [*super().extra_repr(), f'Label set: \t{self.label_set}']
