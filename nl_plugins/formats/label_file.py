"""The cleaned-label file: one CSV row a sample, in the order of ``sample_idx``."""

import csv
import os
from dataclasses import dataclass
from typing import IO, Any, Sequence, Union

import numpy as np

from .atomic_file import atomic_write
from .column_values import to_flags, to_integers, to_numbers
from .label_rows import LABEL_FILE_FIELDS, parse_rows

__all__ = ['LABEL_FILE_FIELDS', 'LabelFile', 'read_label_file', 'write_label_file']

_CHUNK = 65536


@dataclass(frozen=True)
class LabelFile:
    """The columns of a cleaned-label file; row ``i`` is sample ``i``.

    Attributes:
        img_paths: (N,) object array of str; empty where the dataset has no paths.
        given_labels: (N,) int64, the labels as the dataset gives them.
        suggested_labels: (N,) int64, the labels to use instead.
        scores: (N,) float64, how well the given label fits, low = suspicious.
        weights: (N,) float64.
        selected: (N,) bool.
    """

    img_paths: np.ndarray
    given_labels: np.ndarray
    suggested_labels: np.ndarray
    scores: np.ndarray
    weights: np.ndarray
    selected: np.ndarray

    def __len__(self) -> int:
        return len(self.given_labels)


def write_label_file(
    path: Union[str, os.PathLike],
    *,
    img_paths: Sequence[str],
    given_labels: Any,
    suggested_labels: Any,
    scores: Any,
    weights: Any,
    selected: Any,
) -> None:
    """Write the cleaned-label CSV atomically.

    Every column is an array, tensor or sequence of length N; row ``i`` gets
    ``sample_idx`` ``i``. Numbers read back as they were (float32 columns with
    nine significant digits), and so does any file name the system can hold.

    Args:
        path: The file to write.
        img_paths: Paths as the dataset gives them; '' where it has none.
        given_labels: (N,) integers.
        suggested_labels: (N,) integers.
        scores: (N,) finite numbers.
        weights: (N,) finite numbers.
        selected: (N,) booleans or 0/1.

    Raises:
        ValueError: If a column has another length, shape or kind of value.
    """
    columns: list = [
        np.asarray(img_paths, dtype=object),
        to_integers('given_labels', given_labels),
        to_integers('suggested_labels', suggested_labels),
        to_numbers('scores', scores),
        to_numbers('weights', weights),
        to_flags('selected', selected),
    ]
    num_samples = len(img_paths)
    for field, column in zip(LABEL_FILE_FIELDS[1:], columns):
        if np.shape(column) != (num_samples,):
            raise ValueError(
                f'column {field} has shape {np.shape(column)}, '
                f'expected ({num_samples},) as there are {num_samples} img_paths'
            )
    with atomic_write(path, newline='', errors='surrogateescape') as file:
        _write_rows(file, columns, num_samples)


def _write_rows(file: IO[str], columns: Sequence, num_samples: int) -> None:
    file.write(','.join(LABEL_FILE_FIELDS) + '\n')
    # Strings are always quoted: what needs quotes depends on the Python version.
    writer = csv.writer(file, quoting=csv.QUOTE_NONNUMERIC, lineterminator='\n')
    for start in range(0, num_samples, _CHUNK):
        stop = min(start + _CHUNK, num_samples)
        chunk = [_plain(column[start:stop]) for column in columns]
        writer.writerows(zip(range(start, stop), *chunk))


def _plain(values: np.ndarray) -> list:
    """Python objects of a column, without digits that float32 does not hold."""
    if values.dtype == np.float32:
        return [float(f'{value:.9g}') for value in values.tolist()]
    if values.dtype == object:
        return [os.fspath(value) for value in values]
    return values.tolist()


def read_label_file(path: Union[str, os.PathLike]) -> LabelFile:
    """Read a cleaned-label CSV; its rows may be in any order.

    Args:
        path: A file with the header of :data:`LABEL_FILE_FIELDS`. What spreadsheets
            write is read as well: a byte order mark, semicolons or tabs between the
            values and, with these, decimal commas.

    Returns:
        The columns, ordered by ``sample_idx``.

    Raises:
        ValueError: Naming the file, the line and the field: if the header
            differs, a row is too short or too long, a value is not a number of
            its kind, or ``sample_idx`` is not each of 0 to N-1 once.
    """
    with open(path, newline='', encoding='utf-8-sig', errors='surrogateescape') as file:
        try:
            columns = parse_rows(file)
        except ValueError as error:
            raise ValueError(f'{os.fspath(path)}, {error}') from error
    return LabelFile(*columns)
