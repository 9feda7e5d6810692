"""The cleaned-label file: a CSV row for each sample, in the order of ``sample_idx``."""

import os
from dataclasses import dataclass
from typing import Any

import numpy as np

from .csv_kinds import FLAG, INTEGER, LABEL, NUMBER, TEXT
from .csv_table import read_table, write_table

__all__ = ['LabelFile', 'read_label_file', 'write_label_file']

_FIELDS = dict(
    sample_idx=INTEGER,
    img_path=TEXT,
    given_label=LABEL,
    suggested_label=LABEL,
    score=NUMBER,
    weight=NUMBER,
    selected=FLAG,
)


@dataclass(frozen=True)
class LabelFile:
    """The columns of a cleaned-label file; row ``i`` is sample ``i``."""

    img_paths: np.ndarray  # (N,) object array of str; '' where the dataset has no paths
    given_labels: np.ndarray  # (N,) int64, the labels as the dataset gives them
    suggested_labels: np.ndarray  # (N,) int64, the labels to use instead
    scores: np.ndarray  # (N,) float64, how well the given label fits, low = suspicious
    weights: np.ndarray  # (N,) float64
    selected: np.ndarray  # (N,) bool

    def __len__(self) -> int:
        return len(self.given_labels)


def write_label_file(path: str | os.PathLike, **columns: Any) -> None:
    """Write the cleaned-label CSV atomically.

    The columns are all those of :class:`LabelFile`, as arrays, tensors or sequences;
    row ``i`` gets ``sample_idx`` ``i``. Numbers read back as they were (float32 columns
    with nine significant digits), and so does any file name the system can hold. A
    ValueError refuses a column of another length, shape or kind of value.
    """
    file = LabelFile(**columns)
    values = (np.arange(len(file.img_paths)), *vars(file).values())
    write_table(path, _FIELDS, dict(zip(_FIELDS, values)))


def read_label_file(path: str | os.PathLike) -> LabelFile:
    """Read a cleaned-label CSV; its rows may be in any order.

    A ValueError as :func:`read_table`'s tells unless ``sample_idx`` is each of 0 to N -
    1 once.
    """
    table = read_table(path, _FIELDS, strict=False)
    indices = table.columns['sample_idx']
    for row in np.flatnonzero((indices < 0) | (indices >= len(indices)))[:1]:
        raise table.error(
            row,
            f'sample_idx {indices[row]} is not in 0 to {len(indices) - 1}, although '
            f'there are {len(indices)} rows: rows are missing or repeated',
        )
    order = np.argsort(indices, kind='stable')
    for place in np.flatnonzero(np.diff(indices[order]) == 0)[:1]:
        first, second = order[place : place + 2]
        message = f'{indices[second]} is already on line {table.lines[first]}'
        raise table.error(second, f'sample_idx {message}')
    _, *columns = (table.columns[field][order] for field in _FIELDS)
    return LabelFile(*columns)
