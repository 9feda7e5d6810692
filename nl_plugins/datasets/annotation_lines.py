"""Read annotation files line by line and say which line is wrong.

The files have up to millions of lines, so a whole column is treated at a time and
line numbers are worked out only for a message.
"""

from collections.abc import Sequence

import numpy as np
from mmengine.fileio import get

__all__ = ['line_error', 'read_labelled_lines', 'read_lines', 'read_table']

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
    rows = [line.rsplit(None, 1) for line in read_lines(path, backend_args)]
    for number, row in enumerate(rows):
        if len(row) != 2:
            raise line_error(path, number, 'expected a name, a space and a label')
    codes = {str(label).encode(): label for label in range(num_classes)}
    labels = [codes.get(row[1], -1) for row in rows]
    if -1 in labels:
        number = labels.index(-1)
        text = rows[number][1].decode()
        raise line_error(path, number, f'{text!r} is no label (0 to {num_classes - 1})')
    return [row[0] for row in rows], np.array(labels, dtype=np.int32)


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
        ValueError: Naming the file and the line: if the header differs or a row has
            another number of values, or see :func:`read_lines`.
    """
    rows = [line.split(b'\t') for line in read_lines(path, backend_args)]
    found = [name.decode() for name in rows[0]]
    if found != list(header):
        raise line_error(path, 0, f'expected the header {list(header)}, got {found}')
    del rows[0]
    for number, row in enumerate(rows):
        if len(row) != len(header) or b'' in row:
            message = f'expected {len(header)} values, one for each of {list(header)}'
            raise line_error(path, number, message, first_line=2)
    return rows
