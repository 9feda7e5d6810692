"""The columns of any dataset: its own, or read from the annotations."""

import os
from typing import Any

import numpy as np
from mmengine.dataset import ClassBalancedDataset, ConcatDataset, RepeatDataset
from mmpretrain.datasets import KFoldDataset

from .sample_columns import INTEGER_KEYS, SampleColumns
from .string_column import StringColumn

__all__ = ['check_range', 'columns_of', 'gt_labels', 'known_labels']


def columns_of(dataset: Any, numbered: bool = False) -> SampleColumns:
    """What is known of the samples of a dataset, also a wrapper.

    The ``columns`` of a dataset that has them cost nothing, and those of MMEngine's
    wrappers are put together from the columns inside. The annotations of any other
    dataset are read once; a key that is missing means unknown.

    Raises:
        ValueError: Naming the sample whose ``gt_label`` is not one integer, another
            value none of :class:`SampleColumns` or, if ``numbered``, ``sample_idx`` not
            its position.

    >>> from nl_plugins.datasets.releases.digits import Digits
    >>> columns_of(Digits()).labels[:5]
    array([0, 1, 2, 3, 4], dtype=int32)
    """
    own = _own_columns(dataset)
    if own is not None:
        return own
    if hasattr(dataset, 'full_init'):
        dataset.full_init()
    if type(dataset) is KFoldDataset:
        return columns_of(dataset.dataset, numbered)
    if type(dataset) is ConcatDataset:
        return SampleColumns.concat([columns_of(part) for part in dataset.datasets])
    if type(dataset) in (RepeatDataset, ClassBalancedDataset):
        rows = [dataset._get_ori_dataset_idx(i) for i in range(len(dataset))]
        return columns_of(dataset.dataset).take(np.array(rows, dtype=np.int64))
    return _read(dataset, numbered)


def gt_labels(dataset: Any) -> np.ndarray:
    """(N,) int32, the given labels of a dataset; see :func:`columns_of`."""
    return columns_of(dataset).labels.copy()


def known_labels(dataset: Any) -> tuple[np.ndarray, np.ndarray] | None:
    """The clean and the noisy labels that ``CleanLabels`` tells, also further inside.

    Both are (N,) int32, -1 where unknown; None if the dataset does not tell them.
    """
    columns = columns_of(dataset)
    if not (columns.knows('clean_labels') or columns.knows('noisy_labels')):
        return None
    return columns.clean_labels.copy(), columns.noisy_labels.copy()


def check_range(labels: np.ndarray, num_classes: int | None, where: str) -> np.ndarray:
    """The labels (N,) as int32, if there is a class for each; K may be unknown.

    Raises a ValueError that names the first sample that has none, and ``where``.
    """
    limit = 2**31 if num_classes is None else num_classes
    for row in np.flatnonzero((labels < 0) | (labels >= limit))[:1]:
        none = 'none' if num_classes is None else f'none of the {num_classes} classes'
        raise ValueError(f'sample {row} of {where}: label {labels[row]} is {none}')
    return labels.astype(np.int32)


def _own_columns(dataset: Any) -> SampleColumns | None:
    """The columns, unless a subclass overrides the ``get_data_info`` that they are."""
    for base in type(dataset).__mro__:
        if 'columns' in vars(base):
            columns = dataset.columns
            return columns if isinstance(columns, SampleColumns) else None
        if 'get_data_info' in vars(base):
            return None
    return None


def _read(dataset: Any, numbered: bool) -> SampleColumns:
    paths = []
    values: dict[str, list[int]] = {name: [] for name in INTEGER_KEYS}
    for row in range(len(dataset)):
        info = dataset.get_data_info(row)
        index = info.get('sample_idx')
        if numbered and index != row:
            found = f'{type(dataset).__name__} carries sample_idx={index}'
            raise ValueError(f'sample {row} of {found}: indices must be unique')
        paths.append(os.fspath(info.get('img_path') or ''))
        _check_label(info.get('gt_label', ()), row)
        for name, key in INTEGER_KEYS.items():
            values[name].append(_integer(info, key, row))
    integers = {name: np.array(v, dtype=np.int64) for name, v in values.items()}
    return SampleColumns(StringColumn.from_strings(paths), **integers)


def _check_label(given: Any, row: int) -> None:
    label = np.asarray(given)
    if label.ndim:
        needed = 'every sample needs exactly one integer as `gt_label`'
        limit = 'multi-label and soft labels are not supported'
        raise ValueError(f'sample {row} has {label.size} labels: {needed} ({limit})')
    if label.dtype.kind not in 'iu':
        raise ValueError(f'sample {row}: gt_label {label.item()!r} is not an integer')


def _integer(info: dict, key: str, row: int) -> int:
    value = info.get(key, -1)
    try:
        if int(value) == value:
            return int(value)
    except (TypeError, ValueError):
        pass
    raise ValueError(f'sample {row} has {key}={value!r}, which is not an integer')
