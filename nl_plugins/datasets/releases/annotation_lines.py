"""What annotation files say: paths with labels, tables, and which lines repeat others.

The files have up to millions of lines, so a whole column is treated at a time. Paths
may be on any backend of MMEngine, which takes ``backend_args``; what is wrong raises a
ValueError that names the file and the line.
"""

from collections.abc import Sequence

import numpy as np
from mmengine.fileio import exists

from ...formats.text_lines import line_blocks, line_error, read_lines
from ..string_column import StringColumn

__all__ = [
    'first_existing',
    'read_image_list',
    'read_tsv',
    'repeated_rows',
    'split_labels',
]


def first_existing(
    paths: Sequence[str], what: str, backend_args: dict | None = None
) -> str:
    """The first path that exists; a FileNotFoundError tells ``what`` and all paths."""
    for path in paths:
        if exists(path, backend_args=backend_args):
            return path
    raise FileNotFoundError(f'{what}: there is neither {" nor ".join(paths)}')


def read_image_list(
    path: str, num_classes: int, backend_args: dict | None = None
) -> tuple[StringColumn, np.ndarray]:
    """N paths and (N,) int32 labels, a path, a space and a label on each line.

    Only a part of the lines are objects at a time, to save memory.
    """
    columns, labels = [], []
    for first_line, lines in line_blocks(path, backend_args):
        names, codes = split_labels(path, lines, num_classes, first_line)
        columns.append(StringColumn.from_strings(names))
        labels.append(codes)
    return StringColumn.concat(columns), np.concatenate(labels)


def split_labels(
    path: str, lines: Sequence[bytes], num_classes: int, first_line: int = 1
) -> tuple[list[bytes], np.ndarray]:
    """N names and (N,) int32 labels of lines with a name, a space and a label.

    Names may hold spaces and commas: the label is what follows the last space.
    """
    parts = [line.rpartition(b' ') for line in lines]
    names = [name for name, _, _ in parts]
    for row, name in enumerate(names):
        if not name or name.endswith(b' '):
            wanted = 'expected a name, one space and a label'
            raise line_error(path, row, wanted, first_line)
    codes = {b'%d' % label: label for label in range(num_classes)}
    labels = [codes.get(text, -1) for _, _, text in parts]
    if -1 in labels:
        row = labels.index(-1)
        message = f'{parts[row][2].decode()!r} is no label (0 to {num_classes - 1})'
        raise line_error(path, row, message, first_line)
    return names, np.array(labels, dtype=np.int32)


def read_tsv(
    path: str, header: Sequence[str], backend_args: dict | None = None
) -> list[list[bytes]]:
    """The rows of a tab-separated file below its header; no value is empty."""
    rows = [line.split(b'\t') for line in read_lines(path, backend_args)]
    found = [name.decode() for name in rows.pop(0)]
    if found != list(header):
        raise line_error(path, 0, f'expected the header {list(header)}, got {found}')
    if not rows:
        raise ValueError(f'{path} has a header only')
    for number, row in enumerate(rows):
        if len(row) != len(header) or b'' in row:
            message = f'expected {len(header)} values, one for each of {list(header)}'
            raise line_error(path, number, message, first_line=2)
    return rows


def repeated_rows(
    path: str,
    names: Sequence[bytes] | StringColumn,
    values: Sequence[int] | np.ndarray,
    first_line: int = 1,
    unit: str = 'line',
) -> np.ndarray:
    """(n,) int64, ascending: the rows of a file that only repeat an earlier one.

    A name with two values raises a ValueError; ``unit`` is what a row is called.
    """
    hashes = np.fromiter(map(hash, names), np.int64, len(names))
    ordered = np.sort(hashes)
    twice = ordered[1:][ordered[1:] == ordered[:-1]]
    first_rows: dict[str | bytes, int] = {}
    repeats = []
    for row in np.flatnonzero(np.isin(hashes, twice)).tolist() if twice.size else ():
        name = names[row]
        first = first_rows.setdefault(name, row)
        if values[first] != values[row]:
            text = name.decode() if isinstance(name, bytes) else name
            there = f'{values[first]} on {unit} {first + first_line}'
            message = f'{text!r} has {values[row]} here, but {there}'
            raise line_error(path, row, message, first_line, unit)
        if first != row:
            repeats.append(row)
    return np.array(repeats, dtype=np.int64)
