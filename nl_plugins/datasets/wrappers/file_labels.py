"""Check the labels of a file against the dataset that they are for."""

import warnings

import numpy as np

from ...formats.csv_kinds import is_unknown
from ...formats.label_formats import FileLabels
from ...formats.noise_manifest import label_hash
from ..columns import check_range
from ..sample_columns import SampleColumns

__all__ = ['check_file_labels', 'same_file']


def check_file_labels(
    path: str, file: FileLabels, inner: SampleColumns, num_classes: int | None
) -> None:
    """Refuse what was read from ``path`` if it belongs to other data than ``inner``.

    The ValueError names the file and the first row that does not match.
    """
    if len(file.labels) != len(inner):
        counts = f'{len(file.labels)} labels, but the inner dataset has {len(inner)}'
        advice = (
            'to use a part of the data, set indices of NoisyLabels, not of the inner'
        )
        raise ValueError(f'{path} has {counts} samples ({advice} dataset)')
    for row, (named, img_path) in enumerate(zip(file.img_paths or (), inner.paths)):
        if not same_file(img_path, named):
            found = f'sample {row} of the inner dataset is {img_path!r}'
            raise ValueError(f'row {row} of {path} is for {named!r}, but {found}')
    if file.given_sha256 not in (None, label_hash(inner.labels)):
        problem = f'{path} was drawn from other labels than those of the inner dataset'
        raise ValueError(f'{problem} (their SHA-256 differs)')
    given = inner.labels if file.given_labels is None else file.given_labels
    for row in np.flatnonzero(given != inner.labels)[:1]:
        written = f'row {row} of {path} was written for the given label {given[row]}'
        raise ValueError(f'{written}, but the inner dataset gives {inner.labels[row]}')
    check_range(file.labels, num_classes, path)
    if file.clean_labels is None:
        return
    # CIFAR-N circulates in two orders; its clean labels tell which one this is.
    if file.clean_labels.shape != inner.labels.shape:
        raise ValueError(f'{path}: clean_label has shape {file.clean_labels.shape}')
    differs = np.flatnonzero(file.clean_labels != inner.labels)
    if differs.size:
        rows = f'{differs.size} of {len(inner)} rows, the first is {differs[0]}'
        warnings.warn(
            f'clean_label of {path} differs from the label of the inner dataset in '
            f"{rows}; are the samples in the file's order?",
            stacklevel=2,
        )


def same_file(img_path: str, named: str) -> bool:
    """A file may leave out the folder that the dataset puts before its paths."""
    if not img_path:
        return is_unknown(named)
    return img_path == named or (bool(named) and img_path.endswith('/' + named))
