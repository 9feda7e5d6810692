"""Read a transition matrix from a file."""

import numpy as np

from .json_file import read_json

__all__ = ['read_transition']


def read_transition(path: str) -> np.ndarray:
    """(K, K') float64 from a JSON file that holds a list of rows of numbers.

    A ValueError names the file (and the row) if it holds something else.
    """
    rows = read_json(path)
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise ValueError(f'{path} is no transition matrix: expected a list of rows')
    for number, row in enumerate(rows):
        if len(row) != len(rows[0]):
            raise ValueError(
                f'{path}, row {number} has {len(row)} numbers, not as row 0'
            )
        numbers = all(type(value) in (int, float) for value in row)
        if not numbers or not np.isfinite(row).all():
            raise ValueError(f'{path}, row {number} holds more than finite numbers')
    return np.array(rows, dtype=np.float64)
