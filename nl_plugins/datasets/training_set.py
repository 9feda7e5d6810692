"""The identity of the samples of a training set, below its wrappers."""

import hashlib
import os
from collections.abc import Iterator, Sequence

import torch
from mmengine.dataset import ClassBalancedDataset, ConcatDataset, RepeatDataset
from mmpretrain.datasets import KFoldDataset
from torch import Tensor

from .sample_columns import SampleColumns

__all__ = ['TrainingSet', 'unwrap_dataset']

SAME_INDEX_WRAPPERS = (RepeatDataset, ClassBalancedDataset, KFoldDataset)


def unwrap_dataset(dataset):
    """The dataset whose index is the ``sample_idx`` of the samples.

    Raises:
        ValueError: If ``sample_idx`` would not be unique.
    """
    while True:
        if isinstance(dataset, ConcatDataset):
            if len(dataset.datasets) > 1:
                raise ValueError(
                    'ConcatDataset repeats the indices of its parts, so samples '
                    'cannot be told apart: wrap it as `dict(type="NoisyLabels", '
                    'dataset=dict(type="ConcatDataset", ...))`, which gives every '
                    'sample an index of its own and changes no label'
                )
            dataset = dataset.datasets[0]
        elif isinstance(dataset, SAME_INDEX_WRAPPERS):
            dataset = dataset.dataset
        else:
            return dataset


class TrainingSet:
    """Given labels, what else is known of the samples, and a fingerprint.

    Reads every annotation once; of a dataset with :class:`SampleColumns` as its
    ``columns``, as the ColumnDatasets are, in a second or two for a million samples.
    ``true_label`` serves the analysis only, ``verification`` (1 right, 0 wrong, -1
    unknown) the methods that can use it.

    Attributes:
        dataset: The dataset below Repeat-, ClassBalanced- and KFoldDataset.
        given_labels: (N,) int64.
        true_labels: (N,) int64 with -1 where unknown, or None.
        verification: (N,) int64, or None.
        fingerprint: SHA-256 over the labels and file names; data may move.

    Args:
        dataset: The dataset of a training dataloader.

    Raises:
        ValueError: If ``sample_idx`` is not unique or a sample has not one label.
    """

    def __init__(self, dataset) -> None:
        self.dataset = unwrap_dataset(dataset)
        if not hasattr(self.dataset, 'get_data_info'):
            raise ValueError(
                f'{type(self.dataset).__name__} has no `get_data_info`: train on an '
                'MMEngine dataset'
            )
        given, true, verification, paths = self._read_columns() or self._read_infos()
        self.given_labels = torch.tensor(given, dtype=torch.int64)
        self.true_labels = _known(true)
        self.verification = _known(verification)
        names = ''.join(f'{os.path.basename(path)}\n' for path in paths)
        digest = hashlib.sha256(names.encode('utf-8', 'replace'))
        digest.update(self.given_labels.numpy().astype('<i8').tobytes())
        self.fingerprint = digest.hexdigest()
        common = os.path.commonprefix(list({os.path.dirname(path) for path in paths}))
        self._prefix_length = common.rfind('/') + 1

    def _read_columns(self) -> tuple | None:
        c = _columns(self.dataset)
        return None if c is None else (c.labels, c.true_labels, c.verification, c.paths)

    def _read_infos(self) -> tuple:
        given, true, verification, paths = [], [], [], []
        for index, info in enumerate(self.infos()):
            if info.get('sample_idx') != index:
                raise ValueError(
                    f'sample {index} of {type(self.dataset).__name__} carries '
                    f'sample_idx={info.get("sample_idx")}: indices must be unique'
                )
            given.append(_single_label(info, index))
            true.append(int(info.get('true_label', -1)))
            verification.append(_verification(info, index))
            paths.append(info.get('img_path') or '')
        return given, true, verification, paths

    def __len__(self) -> int:
        return len(self.dataset)

    def infos(self) -> Iterator[dict]:
        """The annotations in the order of ``sample_idx``."""
        return (self.dataset.get_data_info(i) for i in range(len(self.dataset)))

    def paths(self) -> list[str]:
        """The image paths below the folder that all share; '' where there is none."""
        start, columns = self._prefix_length, _columns(self.dataset)
        if columns is None:
            return [(info.get('img_path') or '')[start:] for info in self.infos()]
        return [path[start:] for path in columns.paths]

    def name(self, index: int) -> str:
        """How to call a sample in a message."""
        path = self.dataset.get_data_info(index).get('img_path')
        return f'sample {index}' + (f' ({path!r})' if path else '')

    def labels_of(self, classes: Sequence[int | str]) -> list[int]:
        """The labels of classes that are given by name or number.

        Raises:
            ValueError: Naming the first that the training set does not have.
        """
        names = [str(name) for name in self.dataset.metainfo.get('classes') or ()]
        numbers = {str(label): label for label in self.given_labels.unique().tolist()}
        numbers.update({str(label): label for label in range(len(names))})
        labels = []
        for name in map(str, classes):
            if name not in names and name not in numbers:
                raise ValueError(f'{name!r} is no class of the training set')
            labels.append(names.index(name) if name in names else numbers[name])
        return labels

    def check_labels(self, num_classes: int) -> None:
        """Raises a ValueError that names the first label out of range."""
        labels = self.given_labels
        bad = ((labels < 0) | (labels >= num_classes)).nonzero().flatten()
        if len(bad):
            index = int(bad[0])
            raise ValueError(
                f'{self.name(index)} has label {int(labels[index])}, but the model '
                f'has {num_classes} classes (0 to {num_classes - 1}); {len(bad)} '
                'labels are out of range: mend the labels or `num_classes`'
            )


def _columns(dataset) -> SampleColumns | None:
    """The annotations at once, where a dataset has them so."""
    columns = getattr(dataset, 'columns', None)
    return columns if isinstance(columns, SampleColumns) else None


def _single_label(info: dict, index: int) -> int:
    label = torch.as_tensor(info.get('gt_label', [])).flatten()
    if label.numel() != 1:
        raise ValueError(
            f'sample {index} has {label.numel()} labels: every sample needs exactly '
            'one `gt_label` (multi-label data cannot be used)'
        )
    return int(label)


def _verification(info: dict, index: int) -> int:
    value = info.get('verification', -1)
    if value not in (1, 0, -1):
        raise ValueError(
            f'sample {index} has verification={value!r}: 1 says that the given label '
            'is right, 0 that it is wrong, -1 that nobody looked'
        )
    return int(value)


def _known(values: Sequence[int] | None) -> Tensor | None:
    column = torch.tensor(() if values is None else values, dtype=torch.int64)
    return column if (column >= 0).any() else None
