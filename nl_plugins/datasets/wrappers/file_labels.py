"""Check the labels of a file against the dataset that they are for."""

import warnings
from typing import Any

import numpy as np

from ...formats.csv_kinds import is_unknown
from ...formats.label_formats import FileLabels
from ...formats.noise_manifest import label_hash
from ..columns import check_range
from ..place_of_path import place_of_path
from ..sample_columns import SampleColumns

__all__ = ['align_file_labels', 'check_file_labels', 'same_file']


def align_file_labels(
    path: str, file: FileLabels, inner: SampleColumns
) -> tuple[FileLabels, str | None]:
    """A cleaned-label file as if it was written for ``inner``, and what has changed.

    Samples are found by their paths. Those that the file does not know keep their
    label; those that are gone are passed over. Left as it is: a file that fits, one
    without paths, and one that knows fewer than half of the samples, which belongs to
    other data; :func:`check_file_labels` tells.
    """
    names = file.img_paths
    if names is None or file.given_labels is None or file.recommended is None:
        return file, None
    if len(names) == len(inner) and all(map(same_file, inner.paths, names)):
        return file, None
    places = {name: row for row, name in enumerate(names) if name}
    rows = [place_of_path(known, places) for known in inner.paths]
    found = [row for row in rows if row is not None]
    repeated = len(places) < len(names) or len({*found}) < len(found)
    if repeated or 2 * len(found) < len(inner):
        return file, None
    there = np.array([row is not None for row in rows])
    new, gone = np.flatnonzero(~there), sorted({*range(len(names))} - {*found})
    facts = dict(labels=inner.labels, given_labels=inner.labels)
    columns: dict[str, Any] = {k: v.astype(np.int64) for k, v in facts.items()}
    columns['recommended'] = np.full(len(inner), 'keep', dtype=object)
    for name, values in columns.items():
        values[there] = getattr(file, name)[found]
    told = [f'{path} was written for other samples and is matched by path']
    if len(new):
        first = inner.paths[int(new[0])]
        told.append(f'{len(new)} samples are new, the first is {first!r}: kept')
    if gone:
        told.append(f'{len(gone)} are gone, the first is {names[gone[0]]!r}')
    return file._replace(img_paths=list(inner.paths), **columns), '; '.join(told)


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
