"""Check the labels of a file against the dataset that they are for."""

import os
import warnings

import numpy as np

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
        raise ValueError(
            f'{path} has {len(file.labels)} labels, but the inner dataset has '
            f'{len(inner)} samples (to use a part of the data, set indices of '
            'NoisyLabels, not of the inner dataset)'
        )
    for row, (named, img_path) in enumerate(zip(file.img_paths or (), inner.paths)):
        if not same_file(img_path, named):
            raise ValueError(
                f'row {row} of {path} is for {named!r}, but sample {row} of the inner '
                f'dataset is {img_path!r}'
            )
    if file.given_sha256 not in (None, label_hash(inner.labels)):
        raise ValueError(
            f'{path} was drawn from other labels than those of the inner dataset '
            '(their SHA-256 differs)'
        )
    given = inner.labels if file.given_labels is None else file.given_labels
    for row in np.flatnonzero(given != inner.labels)[:1]:
        raise ValueError(
            f'row {row} of {path} was written for the given label {given[row]}, but '
            f'the inner dataset gives {inner.labels[row]}'
        )
    check_range(file.labels, num_classes, path)
    if file.clean_labels is not None:
        _warn_if_out_of_step(path, file.clean_labels, inner.labels)


def _warn_if_out_of_step(path: str, clean: np.ndarray, given: np.ndarray) -> None:
    """CIFAR-N circulates in two orders; its clean labels tell which one this is."""
    if clean.shape != given.shape:
        raise ValueError(f'{path}: clean_label has shape {clean.shape}')
    differs = np.flatnonzero(clean != given)
    if differs.size:
        warnings.warn(
            f'clean_label of {path} differs from the label of the inner dataset in '
            f'{differs.size} of {len(given)} rows, the first is {differs[0]}; are the '
            "samples in the file's order?",
            stacklevel=2,
        )


def same_file(img_path: str, named: str) -> bool:
    """A file may leave out the folder that the dataset puts before its paths."""
    img_path, named = os.fspath(img_path), os.fspath(named)
    return img_path == named or (bool(named) and img_path.endswith('/' + named))
