"""The lines of text files, and messages that say which line is wrong."""

import re
from collections.abc import Iterator

from mmengine.fileio import get

from .path_ends import path_ends

__all__ = ['line_blocks', 'line_error', 'line_naming', 'read_content', 'read_lines']


def line_error(
    path: str, row: int, message: str, first_line: int = 1, unit: str = 'line'
) -> ValueError:
    """The error for a row (from 0) of a file whose rows begin on ``first_line``."""
    return ValueError(f'{path}, {unit} {row + first_line}: {message}')


def read_content(
    path: str, backend_args: dict | None = None, strict: bool = True
) -> bytes:
    """What a text file holds, without a byte order mark and blank lines at the end.

    It lies on any backend of MMEngine; if ``strict``, it has to be UTF-8. A ValueError
    names the line that is not, or a file that is empty.
    """
    content = get(path, backend_args=backend_args)
    try:
        content.decode('utf-8', 'strict' if strict else 'surrogateescape')
    except UnicodeDecodeError as error:
        row = content.count(b'\n', 0, error.start)
        message = f'not UTF-8 ({error.reason}): save it as UTF-8'
        raise line_error(path, row, message) from error
    content = content.removeprefix(b'\xef\xbb\xbf').rstrip(b'\r\n')
    if not content:
        raise ValueError(f'{path} is empty')
    return content


def read_lines(path: str, backend_args: dict | None = None) -> list[bytes]:
    r"""The lines of a UTF-8 file, without their ends; see :func:`read_content`.

    Only ``\n`` and ``\r\n`` end a line: file names may hold the other separators.
    """
    return _unix_content(path, backend_args).split(b'\n')


def line_blocks(
    path: str, backend_args: dict | None = None, size: int = 1 << 24
) -> Iterator[tuple[int, list[bytes]]]:
    """As :func:`read_lines` for a file that is too long for a list of all.

    Yields the number of the first line, from 1, and lines of about ``size`` bytes.
    """
    content = _unix_content(path, backend_args)
    start, line = 0, 1
    while start <= len(content):
        end = content.find(b'\n', start + size)
        end = len(content) if end < 0 else end
        lines = content[start:end].split(b'\n')
        yield line, lines
        start, line = end + 1, line + len(lines)


def line_naming(path: str, name: str, backend_args: dict | None = None) -> int | None:
    """The first line that begins with a file's name, or with where it is in a folder.

    Lines may give the name without some of its folders.
    """
    content = b'\n' + _unix_content(path, backend_args)
    for end in path_ends(name):
        start = re.escape(b'\n' + end.encode('utf-8', 'surrogateescape'))
        found = re.search(start + rb'(?=[ \t\n]|\Z)', content)
        if found:
            return content.count(b'\n', 0, found.start() + 1)
    return None


def _unix_content(path: str, backend_args: dict | None) -> bytes:
    return read_content(path, backend_args).replace(b'\r\n', b'\n')
