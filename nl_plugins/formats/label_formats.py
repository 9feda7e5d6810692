"""Read the labels of a whole dataset from a file, in any of the formats in use."""

import os
import re
from dataclasses import dataclass
from typing import Any, Callable, Dict, List, Optional

import numpy as np

from .json_file import read_json
from .label_file import read_label_file
from .label_pickle import load_label_pickle
from .noise_manifest import label_hash

__all__ = ['FileLabels', 'read_labels']

_LABEL = re.compile(r'-?[0-9]{1,18}', re.ASCII)  # fits in int64
_COLUMNS = {'given_label': 'given_labels', 'suggested_label': 'suggested_labels'}


@dataclass(frozen=True)
class FileLabels:
    """Labels and what the file tells to check them by; row ``i`` is sample ``i``.

    Attributes:
        labels: (N,) int64.
        img_paths: N paths as the file names them, or None.
        given_labels: (N,) int64, the labels that the dataset had, or None.
        clean_labels: (N,) int64, the truth as the file knows it, or None.
        given_sha256: :func:`label_hash` of the labels that the dataset had, or None.
    """

    labels: np.ndarray
    img_paths: Optional[List[str]] = None
    given_labels: Optional[np.ndarray] = None
    clean_labels: Optional[np.ndarray] = None
    given_sha256: Optional[str] = None


def read_labels(
    path: str, key: Optional[str] = None, column: str = 'suggested_label'
) -> FileLabels:
    """Read labels from a file; its suffix tells the format.

    - ``.csv``: the cleaned-label file of this package;
    - ``.npy``: an array of integers;
    - ``.txt``: a label a line, or an image path, a space and a label a line;
    - ``.json``: a list of integers, or the manifest of a noise draw;
    - ``.pt``, ``.pth``: a dict of integer arrays, as CIFAR-10N has it.

    Args:
        path: The file.
        key: Which array of a ``.pt`` file to take, such as ``'worse_label'``.
        column: Which label of a ``.csv`` file to take, ``'suggested_label'`` or
            ``'given_label'``.

    Raises:
        ValueError: Naming the file (and the line): if its content is something
            else, a manifest's labels do not have its hash, or ``key`` or ``column``
            does not exist.
    """
    path = os.fspath(path)
    suffix = os.path.splitext(path)[1].lower()
    if suffix not in _READERS:
        raise ValueError(
            f'{path}: labels are read from {", ".join(_READERS)} files, not {suffix!r}'
        )
    if key is not None and suffix not in ('.pt', '.pth'):
        raise ValueError(f'{path}: label_key={key!r} is for .pt files only')
    if column not in _COLUMNS:
        raise ValueError(
            f'label_column must be one of {list(_COLUMNS)}, not {column!r}'
        )
    return _READERS[suffix](path, key, column)


def _read_csv(path: str, key: Optional[str], column: str) -> FileLabels:
    table = read_label_file(path)
    labels = getattr(table, _COLUMNS[column])
    return FileLabels(labels, table.img_paths.tolist(), table.given_labels)


def _read_npy(path: str, key: Optional[str], column: str) -> FileLabels:
    try:
        values = np.load(path, allow_pickle=False)
    except (ValueError, EOFError) as error:
        raise ValueError(f'{path}: not an array of integers: {error}') from error
    return FileLabels(_integers(path, values))


def _read_txt(path: str, key: Optional[str], column: str) -> FileLabels:
    # Only '\n' ends a line: a file name may hold the other separators.
    with open(
        path, newline='\n', encoding='utf-8-sig', errors='surrogateescape'
    ) as file:
        lines = file.read().split('\n')
    if lines[-1] == '':
        lines.pop()
    rows = [line.rstrip('\r').rsplit(' ', 1) for line in lines]
    widths = {len(row) for row in rows}
    if len(widths) > 1:
        odd = next(i for i, row in enumerate(rows) if len(row) != len(rows[0]))
        raise ValueError(f'{path}, line {odd + 1}: some lines have a path, others not')
    labels = [_label(path, line, row[-1]) for line, row in enumerate(rows, 1)]
    paths = [row[0] for row in rows] if widths == {2} else None
    return FileLabels(np.array(labels, dtype=np.int64), paths)


def _label(path: str, line: int, text: str) -> int:
    if not _LABEL.fullmatch(text):
        raise ValueError(f'{path}, line {line}: {text!r} is not a label')
    return int(text)


def _read_json(path: str, key: Optional[str], column: str) -> FileLabels:
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
        if type(value) is not int or not _LABEL.fullmatch(str(value)):
            raise ValueError(f'{path}, row {row}: {value!r} is not a label')
    return np.array(values, dtype=np.int64)


def _read_pt(path: str, key: Optional[str], column: str) -> FileLabels:
    arrays = load_label_pickle(path)
    if key not in arrays:
        raise ValueError(
            f'{path}: label_key must name one of its entries '
            f'{sorted(map(str, arrays))}, but is {key!r}'
        )
    clean = arrays.get('clean_label')
    return FileLabels(
        _integers(path, np.asarray(arrays[key])),
        clean_labels=None if clean is None else np.asarray(clean),
    )


def _integers(path: str, values: Any) -> np.ndarray:
    if values.dtype.kind not in 'iu' or values.ndim != 1:
        raise ValueError(
            f'{path}: labels must be a one-dimensional array of integers, '
            f'but are {values.dtype} of shape {values.shape}'
        )
    return values.astype(np.int64)


_READERS: Dict[str, Callable[[str, Optional[str], str], FileLabels]] = {
    '.csv': _read_csv,
    '.npy': _read_npy,
    '.txt': _read_txt,
    '.json': _read_json,
    '.pt': _read_pt,
    '.pth': _read_pt,
}
