"""What the lines of annotation files say: labels, tables, values by name.

The files have up to millions of lines, so a whole column is treated at a time and
line numbers are worked out only for a message.
"""

from collections.abc import Sequence

import numpy as np

from ...formats.text_lines import line_error, read_lines

__all__ = ['read_labelled_lines', 'read_table', 'split_labels', 'value_by_name']


def read_labelled_lines(
    path: str, num_classes: int, backend_args: dict | None = None
) -> tuple[list[bytes], np.ndarray]:
    """The names and labels of a file with a name, a space and a label on each line.

    Args:
        path: See :func:`read_lines`.
        num_classes: Labels go from 0 to below this.
        backend_args: See :func:`read_lines`.

    Returns:
        N names and (N,) int32.

    Raises:
        ValueError: See :func:`split_labels` and :func:`read_lines`.
    """
    return split_labels(path, read_lines(path, backend_args), num_classes)


def split_labels(
    path: str, lines: Sequence[bytes], num_classes: int, first_line: int = 1
) -> tuple[list[bytes], np.ndarray]:
    """The names and labels of lines that hold a name, a space and a label.

    Names may hold spaces and commas: the label is what follows the last space.

    Args:
        path: The file, for the message.
        lines: Of the file.
        num_classes: Labels go from 0 to below this.
        first_line: The number of the first of the lines.

    Returns:
        N names and (N,) int32.

    Raises:
        ValueError: Naming the file and the line: if there is no name or no such label.
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
    path: str,
    names: Sequence[bytes],
    values: Sequence[int],
    first_line: int = 1,
    unit: str = 'line',
) -> tuple[dict[bytes, int], int]:
    """A dictionary of the rows of a file, in their order.

    Args:
        path: The file, for the message.
        names: One for each row.
        values: One for each row.
        first_line: The line of the first row.
        unit: What a row of the file is called.

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
                f'{unit} {first + first_line}',
                first_line,
                unit,
            )
    return table, repeats
