"""CSV and TSV files whose first line names their columns, and JSON Lines."""

import csv
import itertools
import os
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO, TextIOWrapper
from typing import IO, Any, NamedTuple

import numpy as np

from .atomic_file import atomic_write
from .csv_kinds import Kind, is_unknown, parse_integer
from .json_lines import json_rows
from .text_lines import read_content
from .undecodable_names import escaped

__all__ = [
    'OpenTable',
    'Table',
    'open_table',
    'read_table',
    'write_rows',
    'write_table',
]

_CHUNK = 1024  # rows; small enough for the processor's cache
_SPECIAL = re.compile(r'[,;\t"\r\n]')


@dataclass(frozen=True)
class Table:
    """The columns of a file; entry i of each belongs to row i."""

    path: str
    columns: dict[str, np.ndarray]  # (N,) each; those that were asked for and are there
    lines: np.ndarray  # (N,) int64, the line on which a row begins, from 1
    unused: list[str]  # the names of the other columns

    def __len__(self) -> int:
        return len(self.lines)

    def error(self, row: int, message: str) -> ValueError:
        """The error for a row (from 0), which names its line."""
        return ValueError(f'{self.path}, line {self.lines[row]}: {message}')


class OpenTable(NamedTuple):
    """A file whose header is read; its rows can be read once."""

    path: str
    header: list[str]  # the names of the columns, in lower case
    rows: Iterable[tuple[int, list[str]]]  # the line on which each begins, its texts
    delimiter: str = ','


def open_table(
    path: str | os.PathLike,
    wanted: Iterable[str],
    backend_args: dict | None = None,
    strict: bool = True,
) -> OpenTable:
    """Read the header of a file, for :func:`read_table` to read on.

    The delimiter is the one under which most of the ``wanted`` columns are there.
    """
    path = os.fspath(path)
    content = read_content(path, backend_args, strict)
    if path.lower().endswith('.jsonl'):
        return OpenTable(path, *json_rows(path, content))
    names = {_folded(name) for name in wanted}
    delimiter, header = _read_header(_open(content).readline(), names)
    rows = _rows(path, _open(content), delimiter, len(header))
    return OpenTable(path, header, rows, delimiter)


def read_table(
    path: str | os.PathLike | OpenTable,
    kinds: Mapping[str, Kind],
    optional: Collection[str] = (),
    backend_args: dict | None = None,
    strict: bool = True,
    names: Mapping[str, str] | None = None,
    where: Mapping[str, Any] | None = None,
) -> Table:
    """Read the columns of a file, in whatever order they are.

    Commas, semicolons or tabs separate the values: what makes sense of the header.
    Values may be quoted, and then hold delimiters and line ends. A comma is the decimal
    point of a number where semicolons or tabs separate. Rows of nothing but delimiters
    are left out, and so are empty values that a spreadsheet adds at the end of a row;
    those that it leaves out there are filled in. A ``.jsonl`` file has an object on
    each line.

    The file lies on any backend of MMEngine, or :func:`open_table` has read its header;
    ``kinds`` are the columns to read, in lower case, ``optional`` those that may be
    missing. What is not UTF-8 is refused if ``strict``, else it passes through, as in
    :func:`os.fsdecode`. ``names`` says what columns are called in the file, if not as
    in ``kinds``. Of the rows only those are read in which each column of ``where`` has
    its value or one of its values; 1, 1.0 and true are one value, and so is all that is
    unknown.

    Raises:
        ValueError: Naming the file, line and column: if the file is empty, a column is
            missing or there twice, quotes are wrong, a row has more values than the
            header, or a value is not of its kind.
    """
    theirs = {name: _folded((names or {}).get(name, name)) for name in kinds}
    allowed = {_folded(name): _texts(values) for name, values in (where or {}).items()}
    wanted = [*theirs.values(), *allowed]
    if not isinstance(path, OpenTable):
        path = open_table(path, wanted, backend_args, strict)
    path, header, rows, delimiter = path
    named = {name for name in kinds if name not in optional or name in (names or {})}
    required = [theirs[name] for name in kinds if name in named]
    _check_header(path, header, [*required, *allowed], wanted, names is not None)
    places = {n: header.index(their) for n, their in theirs.items() if their in header}
    parts = {name: [np.empty(0, kinds[name].dtype)] for name in places}
    tests = [(header.index(name), texts) for name, texts in allowed.items()]
    rows = (
        row for row in rows if all(_plain(row[1][i]) in texts for i, texts in tests)
    )
    lines: list[int] = []
    while chunk := list(itertools.islice(rows, _CHUNK)):
        numbers, values = zip(*chunk)
        lines += numbers
        texts = list(zip(*values))
        for name, place in places.items():
            field, kind = theirs[name], kinds[name]
            column = _parse(path, field, kind, numbers, texts[place], delimiter)
            parts[name].append(column)
    columns = {name: np.concatenate(arrays) for name, arrays in parts.items()}
    unused = [name for name in header if name and name not in wanted]
    return Table(path, columns, np.array(lines, dtype=np.int64), unused)


def write_table(
    path: str | os.PathLike, kinds: Mapping[str, Kind], columns: Mapping[str, Any]
) -> None:
    """Write columns atomically; :func:`read_table` reads them back as they are.

    Those of ``kinds``, in its order, from N values for each (array, tensor or
    sequence). A ValueError refuses a column of another shape or with other values.
    """
    plain, shape = [], (len(columns[next(iter(kinds))]),)
    for name, kind in kinds.items():
        values = _to_numpy(columns[name], kind)
        if values.shape != shape:
            found = values.shape
            raise ValueError(f'column {name} has shape {found}, expected {shape}')
        try:
            plain.append(kind.plain(values))
        except ValueError as error:
            raise ValueError(f'{name} must be {error}') from error
    with atomic_write(path, newline='') as file:
        write_rows(file, itertools.chain([tuple(kinds)], zip(*plain)))


def write_rows(file: IO[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write rows separated by commas, each ended by a line feed.

    Every value with a special character is quoted, whatever the version of Python
    quotes. Names that are no UTF-8 are :func:`escaped`, so the file always is.
    """
    for row in rows:
        texts = [
            '"{}"'.format(text.replace('"', '""')) if _SPECIAL.search(text) else text
            for text in map(escaped, map(str, row))
        ]
        file.write(','.join(texts) + '\n')


def _to_numpy(values: Any, kind: Kind) -> np.ndarray:
    if hasattr(values, 'detach'):
        values = values.detach().cpu()
        if values.is_floating_point() and values.element_size() < 4:
            values = values.float()  # NumPy has no bfloat16
    return np.asarray(values, dtype=object if kind.dtype is object else None)


def _open(content: bytes) -> IO[str]:
    return TextIOWrapper(BytesIO(content), 'utf-8', 'surrogateescape', newline='')


def _folded(name: Any) -> str:
    return str(name).strip().lower()  # DataFrames have numbers as names, too


def _texts(values: Any) -> set[str]:
    several = isinstance(values, Iterable) and not isinstance(values, str)
    return {_plain(str(value)) for value in (values if several else [values])}


def _plain(text: str) -> str:
    """The same for all spellings of a number, a truth value or what is unknown."""
    text = text.strip()
    text = {'true': '1', 'false': '0'}.get(text.lower(), text)
    with suppress(ValueError):
        text = str(parse_integer(text))
    return '' if is_unknown(text) else text


def _read_header(first: str, wanted: Collection[str]) -> tuple[str, list[str]]:
    """The delimiter under which most of the columns are there, and all names."""
    found: list[tuple[int, str, list[str]]] = []
    for delimiter in (',', ';', '\t'):  # spreadsheets write that of the language
        with suppress(csv.Error):  # quotes that make no sense with this delimiter
            row = next(csv.reader([first], delimiter=delimiter, strict=True))
            names = [_folded(name) for name in row]
            found.append((len({*wanted} & {*names}), delimiter, names))
    return max(found, key=lambda item: item[0], default=(0, ',', [first.rstrip()]))[1:]


def _check_header(
    path: str,
    header: list[str],
    required: list[str],
    wanted: list[str],
    renamed: bool,
) -> None:
    missing = [name for name in required if name not in header]
    if missing:
        found = repr(','.join(header)[:200])
        problem = f'missing column {", ".join(missing)} in the header {found}'
        advice = f'the first line must name the columns, as `{",".join(required)}`'
        if renamed:
            advice += ', or `columns` say what they are called in this file'
        raise ValueError(f'{path}, line 1: {problem}; {advice}')
    for name in wanted:
        if header.count(name) > 1:
            raise ValueError(f'{path}, line 1: the column {name!r} is there twice')


def _rows(
    path: str, lines: Iterable[str], delimiter: str, width: int
) -> Iterator[tuple[int, list[str]]]:
    """The rows below the header that hold something, and where each begins."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    next(reader)
    line = reader.line_num + 1
    try:
        for row in reader:
            if any(row[width:]):
                raise ValueError(
                    f'{path}, line {line}: {len(row)} values, but the header names '
                    f'{width} columns (a value that holds a delimiter must be quoted)'
                )
            if any(row):
                yield line, row[:width] + [''] * (width - len(row))
            line = reader.line_num + 1
    except csv.Error as error:
        raise ValueError(f'{path}, line {line}: {error}') from error


def _parse(
    path: str,
    name: str,
    kind: Kind,
    lines: Sequence[int],
    texts: Sequence[str],
    delimiter: str,
) -> np.ndarray:
    values: list = []
    comma = kind.decimal and delimiter != ','
    try:
        for text in texts:
            values.append(kind.parse(text.replace(',', '.', 1) if comma else text))
    except ValueError as error:
        where = f'{path}, line {lines[len(values)]}, {name}'
        raise ValueError(f'{where}: {text!r} is not {kind.words}') from error
    return np.array(values, dtype=kind.dtype)
