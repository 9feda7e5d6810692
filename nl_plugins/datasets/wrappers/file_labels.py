"""Check the labels of a file against the dataset that they are for."""

import warnings
from typing import Any

import numpy as np

from ...formats.label_formats import FileLabels
from ...formats.noise_manifest import label_hash
from ..columns import check_range
from ..matched_rows import matched_rows, same_file
from ..sample_columns import SampleColumns

__all__ = ['align_file_labels', 'check_file_labels', 'few_match']


def align_file_labels(
    path: str, file: FileLabels, inner: SampleColumns
) -> tuple[FileLabels, str | None]:
    """A list of samples as if it was written for ``inner``, and what has changed.

    Samples are found by their paths. Those that the file does not know keep their
    label; those that are gone are passed over. Left as it is: a file that fits, one
    without paths, and one of which fewer than half of the samples are here, which
    belongs to other data; :func:`check_file_labels` tells.
    """
    names, indices = file.img_paths, file.indices
    if names is None or file.given_labels is None or indices is None:
        return file, None
    contents = None if file.contents is None else file.contents.tolist()
    rows = matched_rows(names, indices.tolist(), inner.paths, contents)
    for row in np.flatnonzero((rows >= 0) & (inner.labels[rows] != file.given_labels)):
        if not same_file(inner.paths[rows[row]], names[row]):
            rows[row] = -1  # moved, and its label corrected thereby
    if len(rows) == len(inner) and np.array_equal(rows, np.arange(len(inner))):
        return file, None
    found = rows >= 0
    if few_match(int(found.sum()), len(rows), len(inner)):
        return file, None
    facts = dict(labels=inner.labels, given_labels=inner.labels)
    columns: dict[str, Any] = {k: v.astype(np.int64) for k, v in facts.items()}
    columns['recommended'] = np.full(len(inner), 'keep', dtype=object)
    for name, values in columns.items():
        values[rows[found]] = getattr(file, name)[found]
    told = [f'{path} was written for other samples and is matched by path']
    new = np.setdiff1d(np.arange(len(inner)), rows)
    if len(new):
        first = inner.paths[int(new[0])]
        told.append(f'{len(new)} samples are new, the first is {first!r}: kept')
    if not found.all():
        first = names[int(np.flatnonzero(~found)[0])]
        told.append(f'{int((~found).sum())} are gone, the first is {first!r}')
    return file._replace(img_paths=list(inner.paths), **columns), '; '.join(told)


def few_match(found: int, listed: int, there: int) -> bool:
    """Whether a list that names so few of the samples belongs to other data."""
    return 2 * found < min(listed, there)


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
