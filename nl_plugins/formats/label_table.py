"""A CSV or TSV file of images, their labels and what else is known of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .csv_rows import DELIMITERS, numbered_rows
from .text_lines import read_lines

__all__ = ['LabelTable', 'read_label_table']

FIELDS = ('path', 'label', 'true_label', 'verification', 'text')
_REQUIRED = ('path', 'label')
_SHOWN = 200


@dataclass(frozen=True)
class LabelTable:
    """The columns of a file; row i of each is sample i.

    Attributes:
        path: The file.
        columns: N texts for each of the ``FIELDS`` that the file has.
        lines: Where each row begins.
        unused: The names of its other columns.
    """

    path: str
    columns: dict[str, list[str]]
    lines: list[int]
    unused: list[str]

    def error(self, row: int, message: str) -> ValueError:
        """The error for a row."""
        return ValueError(f'{self.path}, line {self.lines[row]}: {message}')

    def repeated_rows(self) -> list[int]:
        """The rows that only repeat the labels of an earlier one for the same path.

        Raises:
            ValueError: Naming both lines, if such rows differ.
        """
        paths = self.columns['path']
        if len(set(paths)) == len(paths):
            return []
        fields = [self.columns[name] for name in FIELDS[1:-1] if name in self.columns]
        first_rows: dict[str, int] = {}
        repeats = []
        for row, path in enumerate(paths):
            first = first_rows.setdefault(path, row)
            if any(column[first] != column[row] for column in fields):
                there = ', '.join(column[first] for column in fields)
                here = ', '.join(column[row] for column in fields)
                raise self.error(
                    row,
                    f'{path!r} is {here!r} here, but {there!r} on line '
                    f'{self.lines[first]}',
                )
            if first != row:
                repeats.append(row)
        return repeats


def read_label_table(path: str, backend_args: dict | None = None) -> LabelTable:
    """Read a file whose first line names its columns, in any order.

    ``path`` and ``label`` must be there, ``true_label``, ``verification`` and ``text``
    may. Commas, tabs or semicolons part the values: what makes sense of the header.
    Values may be quoted as in every CSV file and then hold delimiters and newlines.
    Blank lines are left out, and so are rows of nothing but delimiters.

    Args:
        path: UTF-8, on any backend of MMEngine.
        backend_args: Of the backend.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: Naming the file and the line: if the file is empty or no UTF-8, a
            column is missing or there twice, quotes are wrong, a row has another
            number of values than the header, or no path.
    """
    lines = read_lines(path, backend_args)
    delimiter, header = _read_header(path, lines)
    table = LabelTable(
        path,
        {name: [] for name in FIELDS if name in header},
        [],
        [name for name in header if name not in FIELDS],
    )
    places = [(header.index(name), column) for name, column in table.columns.items()]
    rows = _rows(path, lines, delimiter)
    next(rows)
    for line, row in rows:
        if not any(row):
            continue
        table.lines.append(line)
        if len(row) != len(header):
            raise table.error(
                -1,
                f'{len(row)} values, but the header names {len(header)} columns '
                '(a value that holds a delimiter must be quoted)',
            )
        for place, column in places:
            column.append(row[place])
        if not table.columns['path'][-1]:
            raise table.error(-1, 'the path is empty')
    if not table.lines:
        raise ValueError(f'{path} has no rows below its header')
    return table


def _rows(
    path: str, lines: Sequence[bytes], delimiter: str
) -> Iterator[tuple[int, list[str]]]:
    try:
        yield from numbered_rows((line.decode() + '\n' for line in lines), delimiter)
    except ValueError as error:
        raise ValueError(f'{path}, {error}') from error


def _read_header(path: str, lines: Sequence[bytes]) -> tuple[str, list[str]]:
    """The delimiter under which most of the fields are in the header, and it."""
    found: list[tuple[int, str, list[str]]] = []
    for delimiter in DELIMITERS:
        try:
            _, row = next(_rows(path, lines[:1], delimiter))
        except ValueError:
            continue  # quotes that make no sense with this delimiter
        names = [name.strip().lower() for name in row]
        found.append((len(set(FIELDS) & set(names)), delimiter, names))
    _, delimiter, names = max(found, key=lambda item: item[0], default=(0, '', []))
    for name in _REQUIRED:
        if name not in names:
            raise ValueError(
                f'{path}, line 1: there is no column {name!r} in the header '
                f'{lines[0].decode()[:_SHOWN]!r}; the first line must name the '
                'columns, as `path,label`'
            )
    for name in FIELDS:
        if names.count(name) > 1:
            raise ValueError(f'{path}, line 1: the column {name!r} is there twice')
    return delimiter, names
