"""Read the labels of a whole dataset from a file, in any of the formats in use."""

import os
from typing import Any, NamedTuple

import numpy as np

from ..checks import check_choice
from .csv_kinds import parse_integer
from .json_file import read_json
from .label_file import read_label_file
from .label_pickle import load_label_pickle
from .noise_manifest import label_hash
from .npy_file import read_npy
from .text_lines import line_error, read_lines

__all__ = ['FileLabels', 'read_labels']


class FileLabels(NamedTuple):
    """Labels and what the file tells to check them by; row ``i`` is sample ``i``."""

    labels: np.ndarray  # (N,) int64
    img_paths: list[str] | None = None  # N paths as the file names them
    given_labels: np.ndarray | None = None  # (N,) int64, that the dataset had
    clean_labels: np.ndarray | None = None  # (N,) int64, the truth as the file knows it
    given_sha256: str | None = None  # `label_hash` of the labels that the dataset had
    recommended: np.ndarray | None = None  # (N,) see `LabelFile`
    indices: np.ndarray | None = None  # (N,) int64, `sample_idx`, if rows tell it
    contents: np.ndarray | None = None  # (N,) digests, see `LabelFile`


def read_labels(
    path: str, key: str | None = None, column: str = 'suggested_label'
) -> FileLabels:
    """Read labels from a file; its suffix tells the format.

    - ``.csv``: a list of samples of this package, whose ``column`` is
      ``'suggested_label'`` or ``'given_label'``;
    - ``.npy``: an array of integers;
    - ``.txt``: a label on each line, or an image path, a space and a label;
    - ``.json``: a list of integers, or the manifest of a noise draw;
    - ``.pt``, ``.pth``: a dict of integer arrays, as CIFAR-10N has it, of which ``key``
      names one, such as ``'worse_label'``.

    Raises:
        ValueError: Naming the file (and the line): if its content is something else,
            labels do not have the hash of their manifest, or there is no such key or
            column.
    """
    path = os.fspath(path)
    suffix = os.path.splitext(path)[1].lower()
    if suffix in ('.pt', '.pth'):
        return _read_pt(path, key)
    if key is not None:
        raise ValueError(f'{path}: label_key={key!r} is for .pt files only')
    check_choice('label_column', column, ('given_label', 'suggested_label'))
    if suffix == '.csv':
        file = read_label_file(path)
        labels = getattr(file, f'{column}s')
        paths = file.img_paths.tolist()
        more = file.recommended, file.indices, file.contents
        if not any(paths) and not np.array_equal(file.indices, np.arange(len(file))):
            problem = 'of some samples only, and has no paths to find them by'
            raise ValueError(f'{path} is a list {problem}')
        return FileLabels(labels, paths, file.given_labels, None, None, *more)
    readers = {'.npy': _read_npy, '.txt': _read_txt, '.json': _read_json}
    if suffix not in readers:
        known = ', '.join(['.csv', *readers, '.pt', '.pth'])
        raise ValueError(f'{path}: labels are read from {known} files, not {suffix!r}')
    return readers[suffix](path)


def _read_npy(path: str) -> FileLabels:
    return FileLabels(_integers(path, read_npy(path)))


def _read_txt(path: str) -> FileLabels:
    rows = [line.decode().rsplit(' ', 1) for line in read_lines(path)]
    labels = []
    for number, row in enumerate(rows):
        if len(row) != len(rows[0]):
            raise line_error(path, number, 'some lines have a path, others not')
        try:
            labels.append(parse_integer(row[-1]))
        except ValueError:
            raise line_error(path, number, f'{row[-1]!r} is not a label') from None
    paths = [row[0] for row in rows] if len(rows[0]) == 2 else None
    return FileLabels(np.array(labels, dtype=np.int64), paths)


def _read_json(path: str) -> FileLabels:
    values = read_json(path)
    if not (isinstance(values, dict) and 'sha256' in values):
        return FileLabels(_label_list(path, values))
    labels = _label_list(path, values.get('labels'))
    if label_hash(labels) != values['sha256']:
        raise ValueError(f'{path} was changed: its labels do not have its SHA-256')
    return FileLabels(labels, given_sha256=values.get('inner_sha256'))


def _label_list(path: str, values: Any) -> np.ndarray:
    if not isinstance(values, list):
        kind = type(values).__name__
        raise ValueError(f'{path}: expected a list of labels, but it holds a {kind}')
    for row, value in enumerate(values):
        if type(value) is not int or not -(2**63) <= value < 2**63:
            raise ValueError(f'{path}, row {row}: {value!r} is not a label')
    return np.array(values, dtype=np.int64)


def _read_pt(path: str, key: str | None) -> FileLabels:
    arrays = load_label_pickle(path)
    if key not in arrays:
        keys = sorted(map(str, arrays))
        message = f'label_key must name one of its entries {keys}, but is {key!r}'
        raise ValueError(f'{path}: {message}')
    clean = arrays.get('clean_label')
    clean = None if clean is None else np.asarray(clean)
    return FileLabels(_integers(path, np.asarray(arrays[key])), clean_labels=clean)


def _integers(path: str, values: Any) -> np.ndarray:
    if values.dtype.kind not in 'iu' or values.ndim != 1:
        wanted = 'labels must be a one-dimensional array of integers'
        found = f'{values.dtype} of shape {values.shape}'
        raise ValueError(f'{path}: {wanted}, but are {found}')
    return values.astype(np.int64)
