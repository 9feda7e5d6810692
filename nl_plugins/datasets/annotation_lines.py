"""Read annotation files line by line and say which line is wrong.

The files have up to millions of lines, so a whole column is treated at a time and
line numbers are worked out only for a message.
"""

from collections.abc import Sequence

import numpy as np
from mmengine.fileio import get

__all__ = [
    'line_error',
    'read_labelled_lines',
    'read_lines',
    'read_table',
    'value_by_name',
]

_BOM = b'\xef\xbb\xbf'


def line_error(path: str, row: int, message: str, first_line: int = 1) -> ValueError:
    """The error for a row (from 0) of a file whose rows begin on ``first_line``."""
    return ValueError(f'{path}, line {row + first_line}: {message}')


def read_lines(path: str, backend_args: dict | None = None) -> list[bytes]:
    r"""The lines of a UTF-8 file, without their ends.

    Only ``\n`` and ``\r\n`` end a line, because file names may hold the other
    separators. A byte order mark and blank lines at the end are left out.

    Args:
        path: On any backend of MMEngine.
        backend_args: Of the backend.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If the file is empty or no UTF-8, naming the line.
    """
    content = get(path, backend_args=backend_args)
    try:
        content.decode('utf-8')
    except UnicodeDecodeError as error:
        row = content.count(b'\n', 0, error.start)
        raise line_error(path, row, f'not UTF-8 ({error.reason})') from error
    content = content.removeprefix(_BOM).rstrip(b'\r\n')
    if not content:
        raise ValueError(f'{path} is empty')
    return content.replace(b'\r\n', b'\n').split(b'\n')


def read_labelled_lines(
    path: str, num_classes: int, backend_args: dict | None = None
) -> tuple[list[bytes], np.ndarray]:
    """The names and labels of a file with a name, a space and a label on each line.

    Names may hold spaces and commas: the label is what follows the last space.

    Args:
        path: See :func:`read_lines`.
        num_classes: Labels go from 0 to below this.
        backend_args: See :func:`read_lines`.

    Returns:
        N names and (N,) int32.

    Raises:
        ValueError: Naming the file and the line: if there is no name or no such
            label, or see :func:`read_lines`.
    """
    lines = read_lines(path, backend_args)
    cuts = [line.rfind(b' ') for line in lines]
    names = [line[:cut] for line, cut in zip(lines, cuts)]
    for row, (cut, name) in enumerate(zip(cuts, names)):
        if cut < 1 or name.endswith(b' '):
            raise line_error(path, row, 'expected a name, one space and a label')
    codes = {b'%d' % label: label for label in range(num_classes)}
    labels = [codes.get(line[cut + 1 :], -1) for line, cut in zip(lines, cuts)]
    if -1 in labels:
        row = labels.index(-1)
        text = lines[row][cuts[row] + 1 :].decode()
        raise line_error(path, row, f'{text!r} is no label (0 to {num_classes - 1})')
    return names, np.array(labels, dtype=np.int32)


def read_table(
    path: str, header: Sequence[str], backend_args: dict | None = None
) -> list[list[bytes]]:
    """The rows of a tab-separated file below its header, which is line 1.

    Args:
        path: See :func:`read_lines`.
        header: The names of the columns.
        backend_args: See :func:`read_lines`.

    Returns:
        As many values for each row as there are columns.

    Raises:
        ValueError: Naming the file and the line: if the header differs, a row has
            another number of values, or there are none; or see :func:`read_lines`.
    """
    rows = [line.split(b'\t') for line in read_lines(path, backend_args)]
    found = [name.decode() for name in rows[0]]
    if found != list(header):
        raise line_error(path, 0, f'expected the header {list(header)}, got {found}')
    del rows[0]
    if not rows:
        raise ValueError(f'{path} has a header only')
    for number, row in enumerate(rows):
        if len(row) != len(header) or b'' in row:
            message = f'expected {len(header)} values, one for each of {list(header)}'
            raise line_error(path, number, message, first_line=2)
    return rows


def value_by_name(
    path: str, names: Sequence[bytes], values: Sequence[int], first_line: int = 1
) -> tuple[dict[bytes, int], int]:
    """A dictionary of the rows of a file, in their order.

    Args:
        path: The file, for the message.
        names: One for each row.
        values: One for each row.
        first_line: The line of the first row.

    Returns:
        The value of each name, and how many rows only repeat another.

    Raises:
        ValueError: Naming the file and the lines: if a name has two values.
    """
    table = dict(zip(names, values))
    repeats = len(names) - len(table)
    rows: dict[bytes, int] = {}
    for row, name in enumerate(names) if repeats else ():
        first = rows.setdefault(name, row)
        if values[first] != values[row]:
            raise line_error(
                path,
                row,
                f'{name.decode()!r} has {values[row]} here, but {values[first]} on '
                f'line {first + first_line}',
                first_line,
            )
    return table, repeats
