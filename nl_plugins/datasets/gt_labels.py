"""The labels of all samples of a dataset."""

from typing import Any, Optional

import numpy as np
from mmpretrain.datasets import BaseDataset

__all__ = ['check_range', 'gt_labels']


def gt_labels(
    dataset: Any, num_classes: Optional[int] = None, where: str = 'the dataset'
) -> np.ndarray:
    """Read the label of every sample.

    Args:
        dataset: Any MMEngine dataset, also a wrapper.
        num_classes: None if it is unknown.
        where: What to call the dataset in a message.

    Returns:
        (N,) int32.

    Raises:
        ValueError: Naming the row: if a label is missing, is not one integer, or
            is not below ``num_classes``.
    """
    labels = _label_column(dataset)
    if labels is not None:
        return check_range(labels, num_classes, where)
    labels = np.empty(len(dataset), dtype=np.int64)
    for row in range(len(labels)):
        info = dataset.get_data_info(row)
        if 'gt_label' not in info:
            raise ValueError(f'row {row} of {where} has no gt_label')
        label = np.asarray(info['gt_label'])
        if label.ndim or label.dtype.kind not in 'iu':
            raise ValueError(
                f'row {row} of {where}: gt_label {info["gt_label"]!r} is not one '
                'integer; multi-label and soft labels are not supported'
            )
        labels[row] = label
    return check_range(labels, num_classes, where)


def check_range(
    labels: np.ndarray, num_classes: Optional[int], where: str
) -> np.ndarray:
    """The labels as int32, if there is a class for each of them.

    Raises:
        ValueError: Naming the first row that has none.
    """
    limit = 2**31 if num_classes is None else num_classes
    bad = np.flatnonzero((labels < 0) | (labels >= limit))
    if bad.size:
        classes = '' if num_classes is None else f' of the {num_classes} classes'
        raise ValueError(
            f'row {bad[0]} of {where}: label {labels[bad[0]]} is none{classes}'
        )
    return labels.astype(np.int32)


def _label_column(dataset: Any) -> Optional[np.ndarray]:
    """The labels of a dataset that keeps them as a column; None of any other."""
    method = getattr(type(dataset), 'get_gt_labels', None)
    if not isinstance(dataset, BaseDataset) or method is BaseDataset.get_gt_labels:
        return None  # MMPretrain's own method reads every sample, and checks none
    labels = np.asarray(dataset.get_gt_labels())
    return labels if labels.ndim == 1 and labels.dtype.kind in 'iu' else None
