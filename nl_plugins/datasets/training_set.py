"""The identity of the samples of a training set, below its wrappers."""

import os
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from mmengine.dataset import ClassBalancedDataset, ConcatDataset, RepeatDataset
from mmpretrain.datasets import KFoldDataset
from torch import Tensor

from ..formats.fingerprint import fingerprint
from .class_names import check_class_names, check_folders, class_names
from .columns import columns_of
from .sample_name import sample_name

__all__ = ['SAME_INDEX_WRAPPERS', 'TrainingSet']

SAME_INDEX_WRAPPERS = (RepeatDataset, ClassBalancedDataset, KFoldDataset)


class TrainingSet:
    """Given labels, what else is known of the samples, and a fingerprint.

    It takes a second or two for a million samples of the dataset of a training
    dataloader. A ValueError tells if ``sample_idx`` is not unique, a sample has not one
    label, or folders bear the names of other classes.

    Attributes:
        dataset: That below Repeat-, ClassBalanced- and KFoldDataset, whose index is the
            ``sample_idx`` of the samples.
        columns: What is known of its samples, see :func:`columns_of`.
        given_labels: (N,) int64.
        true_labels: (N,) int64, for analysis only, -1 where unknown.
        verification: (N,) int64, 1 right, 0 wrong, -1 unknown.
        fingerprint: SHA-256 over the labels and file names; data may move.

    >>> from nl_plugins.datasets.releases.digits import Digits
    >>> training_set = TrainingSet(Digits())
    >>> training_set.given_labels[:3], training_set.true_labels[:3]
    (tensor([0, 1, 2]), tensor([-1, -1, -1]))
    """

    def __init__(self, dataset: Any) -> None:
        self.dataset = _unwrapped(dataset)
        if not hasattr(self.dataset, 'get_data_info'):
            advice = 'train on an MMEngine dataset'
            kind = type(self.dataset).__name__
            raise ValueError(f'{kind} has no `get_data_info`: {advice}')
        check_folders(self.dataset)
        self.columns = columns_of(self.dataset, numbered=True)
        self.given_labels = _tensor(self.columns.labels)
        self.true_labels = _tensor(self.columns.true_labels)
        self.verification = _tensor(self.columns.verification)
        paths = self.columns.paths
        names = ''.join(f'{os.path.basename(path)}\n' for path in paths)
        self.fingerprint = fingerprint(names, self.given_labels)
        common = os.path.commonprefix(list({os.path.dirname(path) for path in paths}))
        self._prefix_length = common.rfind('/') + 1

    def __len__(self) -> int:
        return len(self.columns)

    def mark(self, verification: np.ndarray) -> None:
        """Take these verification labels (N,) in place of those of the dataset."""
        self.columns = self.columns.replace(verification=verification)
        self.verification = _tensor(verification)

    def paths(self) -> list[str]:
        """The image paths below the folder that all share; '' where there is none."""
        return [path[self._prefix_length :] for path in self.columns.paths]

    def name(self, index: int) -> str:
        """What to call a sample in a message."""
        return sample_name(index, self.columns.paths[index])

    def class_names(self, count: int = 0) -> list[str]:
        """What the classes are called; a number for each of ``count`` without a name.

        >>> from nl_plugins.datasets.releases.digits import Digits
        >>> TrainingSet(Digits()).class_names(11)[-2:]
        ['9', '10']
        """
        names = list(class_names(self.dataset))
        return names + [str(label) for label in range(len(names), count)]

    def labels_of(self, classes: Sequence[int | str]) -> list[int]:
        """The labels of classes that are given by name or number.

        A ValueError names the first that the training set does not have.
        """
        names = self.class_names()
        known = [*self.given_labels.unique().tolist(), *range(len(names))]
        labels = {str(label): label for label in known}
        labels.update({name: label for label, name in reversed([*enumerate(names)])})
        for name in map(str, classes):
            if name not in labels:
                raise ValueError(f'{name!r} is no class of the training set')
        return [labels[str(name)] for name in classes]

    def check_labels(self, num_classes: int) -> None:
        """Raises a ValueError that names the first label out of range."""
        bad = (self.given_labels >= num_classes).nonzero().flatten().tolist()
        if bad:
            label = f'{self.name(bad[0])} has label {self.given_labels[bad[0]]}'
            classes = f'{num_classes} classes (0 to {num_classes - 1}); {len(bad)}'
            advice = 'labels are out of range: correct the labels or `num_classes`'
            raise ValueError(f'{label}, but the model has {classes} {advice}')

    def check_same(self, dataset: Any) -> None:
        """Raises a ValueError if a dataset has other samples or labels than these.

        Of the dataset that this was made of only the size can have changed.
        """
        found = _unwrapped(dataset)
        same = found is self.dataset and len(found) == len(self)
        if not same and TrainingSet(dataset).fingerprint != self.fingerprint:
            raise ValueError(
                f'another hook has put {len(found)} other samples or labels in the '
                f'place of the {len(self)} of the training set, whose table would be '
                'wrong: exchange the pipeline, the sampler or the dataloader, not '
                '`train_dataloader.dataset`; other data need a run of their own, with '
                '`load_from`'
            )

    def check_class_names(self, other: 'TrainingSet', name: str) -> None:
        """ValueError unless samples to learn from number the classes as these."""
        check_class_names({'the training set': self.dataset, name: other.dataset})


def _tensor(column: np.ndarray) -> Tensor:
    return torch.from_numpy(column.astype(np.int64))


def _unwrapped(dataset: Any) -> Any:
    """The dataset whose index is the ``sample_idx`` of the samples."""
    while isinstance(dataset, (ConcatDataset, *SAME_INDEX_WRAPPERS)):
        if isinstance(dataset, SAME_INDEX_WRAPPERS):
            dataset = dataset.dataset
        elif len(dataset.datasets) == 1:
            dataset = dataset.datasets[0]
        else:
            raise ValueError(
                'ConcatDataset repeats the indices of its parts, so samples cannot be '
                'told apart: wrap it as `dict(type="NoisyLabels", dataset=dict('
                'type="ConcatDataset", ...))`, which gives every sample an index of '
                'its own and changes no label'
            )
    return dataset
