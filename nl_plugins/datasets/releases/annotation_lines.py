"""What annotation files say: paths with labels, tables, and which lines repeat others.

The files have up to millions of lines, so a whole column is treated at a time and line
numbers are worked out only for a message. Paths may be on any backend of MMEngine,
which takes ``backend_args``; what is wrong raises a ValueError that names the file and
the line.
"""

from collections.abc import Sequence

import numpy as np
from mmengine.fileio import exists

from ...formats.text_lines import line_blocks, line_error, read_lines
from ..string_column import StringColumn

__all__ = [
    'first_existing',
    'read_image_list',
    'read_table',
    'repeated_rows',
    'split_labels',
]


def first_existing(
    paths: Sequence[str], what: str, backend_args: dict | None = None
) -> str:
    """The first of the paths that exists.

    Args:
        paths: Files or folders.
        what: Who needs it, and what, for the message.
        backend_args: See above.

    Raises:
        FileNotFoundError: Naming all of them, if none does.
    """
    for path in paths:
        if exists(path, backend_args=backend_args):
            return path
    raise FileNotFoundError(f'{what}: there is neither {" nor ".join(paths)}')


def read_image_list(
    path: str, num_classes: int, backend_args: dict | None = None
) -> tuple[StringColumn, np.ndarray]:
    """N paths and (N,) int32 labels, a path, a space and a label on each line.

    Takes little more memory than the file: only a part of the lines are objects at a
    time.
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

    Names may hold spaces and commas: the label is what follows the last space. It goes
    from 0 to below ``num_classes``. ``first_line`` is the number of the first line.
    """
    cuts = [line.rfind(b' ') for line in lines]
    names = [line[:cut] for line, cut in zip(lines, cuts)]
    for row, (cut, name) in enumerate(zip(cuts, names)):
        if cut < 1 or name.endswith(b' '):
            message = 'expected a name, one space and a label'
            raise line_error(path, row, message, first_line)
    codes = {b'%d' % label: label for label in range(num_classes)}
    labels = [codes.get(line[cut + 1 :], -1) for line, cut in zip(lines, cuts)]
    if -1 in labels:
        row = labels.index(-1)
        text = lines[row][cuts[row] + 1 :].decode()
        message = f'{text!r} is no label (0 to {num_classes - 1})'
        raise line_error(path, row, message, first_line)
    return names, np.array(labels, dtype=np.int32)


def read_table(
    path: str, header: Sequence[str], backend_args: dict | None = None
) -> list[list[bytes]]:
    """The rows of a tab-separated file below its header, which is line 1.

    Each has a value, which is not empty, for each column that ``header`` names.
    """
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

    Args:
        path: File, for the message.
        names: Names of the N rows.
        values: Values of the N rows; a name with two of them raises a ValueError.
        first_line: Line of the first row.
        unit: What a row of the file is called.
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
            message = (
                f'{text!r} has {values[row]} here, but {values[first]} on {unit} '
                f'{first + first_line}'
            )
            raise line_error(path, row, message, first_line, unit)
        if first != row:
            repeats.append(row)
    return np.array(repeats, dtype=np.int64)
