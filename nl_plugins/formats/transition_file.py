"""Read a transition matrix from a file."""

import csv
import json
import os
from typing import Any

import numpy as np

__all__ = ['read_transition']


def read_transition(path: str) -> np.ndarray:
    """Read a matrix; the file's suffix tells the format.

    - ``.npy``: an array of numbers;
    - ``.csv``: a row of numbers a line, with commas between them and no header;
    - ``.json``: a list of rows.

    Args:
        path: The file.

    Returns:
        (K, K') float64.

    Raises:
        ValueError: Naming the file (and the row): if it holds something else.
    """
    readers = {'.npy': _read_npy, '.csv': _read_csv, '.json': _read_json}
    suffix = os.path.splitext(path)[1].lower()
    if suffix not in readers:
        raise ValueError(
            f'{path}: a transition matrix is read from {", ".join(readers)} files'
        )
    try:
        rows = readers[suffix](path)
        for number, row in enumerate(rows):
            if len(row) != len(rows[0]):
                raise ValueError(f'row {number} has {len(row)} numbers, not as row 0')
            if not np.isfinite(np.array(row, dtype=np.float64)).all():
                raise ValueError(f'row {number} holds something else than numbers')
        return np.array(rows, dtype=np.float64)
    except (ValueError, TypeError, EOFError, csv.Error) as error:
        raise ValueError(f'{path} is no transition matrix: {error}') from error


def _read_npy(path: str) -> Any:
    return np.load(path, allow_pickle=False)


def _read_csv(path: str) -> Any:
    with open(path, newline='', encoding='utf-8-sig') as file:
        return [row for row in csv.reader(file) if row]


def _read_json(path: str) -> Any:
    with open(path, encoding='utf-8-sig') as file:
        rows = json.load(file)
    if not isinstance(rows, list):
        kind = type(rows).__name__
        raise ValueError(f'expected a list of rows, but it holds a {kind}')
    return rows
