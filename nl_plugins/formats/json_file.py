"""Read JSON files: any, or a transition matrix."""

import json
from typing import Any

import numpy as np
from mmengine.fileio import get

__all__ = ['read_json', 'read_transition']


def read_json(path: str, backend_args: dict | None = None) -> Any:
    """What a JSON file on any backend of MMEngine holds; it may begin with a BOM.

    A ValueError names the file and, where that can be told, the line if it is no JSON.
    """
    content = get(path, backend_args=backend_args)
    try:
        return json.loads(content.decode('utf-8-sig'))
    except (ValueError, RecursionError) as error:
        raise ValueError(f'{path} is no JSON: {error}') from error


def read_transition(path: str) -> np.ndarray:
    """(K, K') float64 from a JSON file that holds a list of rows of numbers.

    A ValueError names the file (and the row) if it holds something else.
    """
    rows = read_json(path)
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise ValueError(f'{path} is no transition matrix: expected a list of rows')
    for number, row in enumerate(rows):
        if len(row) != len(rows[0]):
            found = f'row {number} has {len(row)} numbers'
            raise ValueError(f'{path}, {found}, not as row 0')
        numbers = all(type(value) in (int, float) for value in row)
        if not numbers or not np.isfinite(row).all():
            raise ValueError(f'{path}, row {number} holds more than finite numbers')
    return np.array(rows, dtype=np.float64)
