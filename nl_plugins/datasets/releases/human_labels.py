"""The labels that people gave to the images of a benchmark, checked against it."""

import numpy as np

from ...formats.label_formats import read_labels
from ..columns import check_range

__all__ = ['read_human_labels']


def read_human_labels(
    path: str, key: str, true_labels: np.ndarray, num_classes: int
) -> np.ndarray:
    """Read a label set of CIFAR-N's files, whose rows must be those of the dataset.

    The files circulate in two orders. Their ``clean_label`` tells which one this is.

    Args:
        path: ``CIFAR-10_human.pt`` or ``CIFAR-100_human.pt``.
        key: The entry of the file, such as ``'worse_label'``.
        true_labels: (N,) integers, the labels of the dataset.
        num_classes: Of the dataset.

    Returns:
        (N,) int32.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: Naming the file (and the row): if it is no such pickle, has no such
            entry or no ``clean_label``, or is for other images or another order.
    """
    found = read_labels(path, key)
    clean = found.clean_labels
    if clean is None:
        raise ValueError(
            f'{path} has no clean_label to check the order of its rows by; if you are '
            'sure of it, use NoisyLabels with this label_file'
        )
    for name, labels in (('clean_label', clean), (key, found.labels)):
        if labels.shape != true_labels.shape:
            raise ValueError(
                f'{path}: {name} has the shape {labels.shape}, but the dataset has '
                f'{len(true_labels)} images'
            )
    differs = np.flatnonzero(clean != true_labels)
    if differs.size:
        row = differs[0]
        raise ValueError(
            f'{path}: clean_label differs from the labels of the dataset in '
            f'{differs.size} of {len(true_labels)} rows, the first is row {row} '
            f'({clean[row]}, the dataset says {true_labels[row]}): it is for another '
            'order of the images'
        )
    return check_range(found.labels, num_classes, path)
