"""A CSV or TSV file of images, their labels and what else is known of them."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from ..formats.csv_kinds import TEXT, VERIFICATION, parse_integer
from ..formats.csv_table import Table, read_table

__all__ = ['encode_labels', 'read_label_table', 'repeated_rows']

_FIELDS = dict(
    path=TEXT, label=TEXT, true_label=TEXT, verification=VERIFICATION, text=TEXT
)
_OPTIONAL = ('true_label', 'verification', 'text')
_INTEGER = re.compile(r'-?[0-9]{1,9}(\.0)?', re.ASCII)
_MAX_CLASSES = 100_000


def read_label_table(path: str, backend_args: dict | None = None) -> Table:
    """Read the columns ``path`` and ``label`` and, where there, the optional ones.

    These are ``true_label``, ``verification`` (int8, -1 unknown) and ``text``; labels
    are texts. A ValueError tells what :func:`read_table` finds, and if there is no row,
    or a row without a path.
    """
    table = read_table(path, _FIELDS, _OPTIONAL, backend_args)
    if not len(table):
        raise ValueError(f'{path} has no rows below its header')
    for row in np.flatnonzero(table.columns['path'] == '')[:1]:
        raise table.error(row, 'the path is empty')
    return table


def repeated_rows(table: Table) -> list[int]:
    """The rows that only repeat the labels of an earlier one for the same path.

    A ValueError names both lines if such rows differ.
    """
    paths = table.columns['path'].tolist()
    if len(set(paths)) == len(paths):
        return []
    names = ('label', 'true_label', 'verification')
    columns = [table.columns[name].tolist() for name in names if name in table.columns]
    first_rows: dict[str, int] = {}
    repeats = []
    for row, (path, here) in enumerate(zip(paths, zip(*columns))):
        first = first_rows.setdefault(path, row)
        there = tuple(column[first] for column in columns)
        if here != there:
            this, other = (', '.join(map(str, values)) for values in (here, there))
            where = f'on line {table.lines[first]}'
            raise table.error(row, f'{path!r} is {this!r} here, but {other!r} {where}')
        if first != row:
            repeats.append(row)
    return repeats


def encode_labels(
    table: Table, classes: Sequence[str] | None = None
) -> tuple[tuple[str, ...], dict[str, np.ndarray]]:
    """The names of the classes, and the labels as positions in their list.

    A label is the name of a class or its position, counted from 0; where classes have
    other integers than their positions as names, labels must be names. Without a list
    of classes names are sorted, and integers are their own names from 0 to the highest.
    The labels are (N,) int32 for each of the columns ``label`` and ``true_label`` that
    is there; in the latter an empty value or -1 is unknown, -1.

    Raises:
        ValueError: Naming the file and the line: if a label is empty or no class, or
            some labels are integers and some names that no list of classes tells.
    """
    columns = {'label': [text.strip() for text in table.columns['label']]}
    if '' in columns['label']:
        raise table.error(columns['label'].index(''), 'the label is empty')
    if 'true_label' in table.columns:
        true = [text.strip() for text in table.columns['true_label']]
        columns['true_label'] = ['' if t in ('-1', '-1.0') else t for t in true]
    distinct = {text for column in columns.values() for text in column} - {''}
    if classes is None:
        classes = _classes_of(table, columns, distinct)
    names = tuple(map(str, classes))
    codes = {name: code for code, name in enumerate(names)}
    # Whether a number can only mean a position.
    counted = all(codes[name] == parse_integer(name) for name in _integers(codes))
    if counted:
        numbers = {text: parse_integer(text) for text in _integers(distinct)}
        codes |= {text: n for text, n in numbers.items() if 0 <= n < len(names)}
    for field, row, text in _places(columns, distinct - codes.keys()):
        ends = f'{names[0]!r} to {names[-1]!r}'
        where = f'{len(names)} classes ({ends}{"; numbers count from 0" * counted})'
        raise table.error(row, f'{field} {text!r} is none of the {where}')
    codes[''] = -1
    return names, {
        field: np.array([codes[text] for text in column], dtype=np.int32)
        for field, column in columns.items()
    }


def _classes_of(
    table: Table, columns: dict[str, list[str]], distinct: set[str]
) -> Sequence[Any]:
    numbers = _integers(distinct)
    if not numbers:
        return sorted(distinct)
    for field, row, text in _places(columns, distinct - numbers):
        advice = 'if both are names, give the dataset a list of all classes'
        message = f'{field} {text!r} is a name, but other labels are numbers; {advice}'
        raise table.error(row, message)
    codes = {text: parse_integer(text) for text in numbers}
    outside = {text for text in numbers if not 0 <= codes[text] < _MAX_CLASSES}
    for field, row, text in _places(columns, outside):
        raise table.error(row, f'{field} {text!r} is no number of a class')
    return range(max(codes.values()) + 1)


def _integers(texts: Iterable[str]) -> set[str]:
    return {text for text in texts if _INTEGER.fullmatch(text)}


def _places(
    columns: dict[str, list[str]], texts: set[str]
) -> Iterable[tuple[str, int, str]]:
    """The column and row where some texts are."""
    for field, column in columns.items() if texts else ():
        yield from ((field, row, t) for row, t in enumerate(column) if t in texts)
