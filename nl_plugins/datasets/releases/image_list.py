"""Lists of labelled images with millions of lines, read into columns."""

import numpy as np

from ...formats.text_lines import line_blocks, line_error
from ..string_column import StringColumn
from .annotation_lines import split_labels

__all__ = ['read_image_list', 'repeated_rows']


def read_image_list(
    path: str, num_classes: int, backend_args: dict | None = None
) -> tuple[StringColumn, np.ndarray]:
    """The paths and labels of a file with a path, a space and a label on each line.

    Takes little more memory than the file: only a part of the lines are objects at a
    time.

    Args:
        path: UTF-8, on any backend of MMEngine.
        num_classes: Labels go from 0 to below this.
        backend_args: Of the backend.

    Returns:
        N paths and (N,) int32.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: Naming the file and the line: if there is no path or no such label,
            or the file is empty or no UTF-8.
    """
    columns, labels = [], []
    for first_line, lines in line_blocks(path, backend_args):
        names, codes = split_labels(path, lines, num_classes, first_line)
        columns.append(StringColumn.from_strings(names))
        labels.append(codes)
    return StringColumn.concat(columns), np.concatenate(labels)


def repeated_rows(path: str, names: StringColumn, labels: np.ndarray) -> np.ndarray:
    """The rows of a list that only repeat an earlier one.

    Args:
        path: The list, for the message.
        names: Of its N rows.
        labels: (N,) integers.

    Returns:
        (n,) int64, ascending.

    Raises:
        ValueError: Naming the file and the lines: if a name has two labels.
    """
    hashes = np.fromiter(map(hash, names), np.int64, len(names))
    ordered = np.sort(hashes)
    twice = ordered[1:][ordered[1:] == ordered[:-1]]
    first_rows: dict[str, int] = {}
    repeats = []
    for row in np.flatnonzero(np.isin(hashes, twice)).tolist() if twice.size else ():
        name = names[row]
        first = first_rows.setdefault(name, row)
        if labels[first] != labels[row]:
            message = (
                f'{name!r} has {labels[row]} here, but {labels[first]} on line '
                f'{first + 1}'
            )
            raise line_error(path, row, message)
        if first != row:
            repeats.append(row)
    return np.array(repeats, dtype=np.int64)
