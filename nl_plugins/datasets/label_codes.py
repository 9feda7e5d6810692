"""Turn the labels of a table, which are texts, into numbers."""

import re
from collections.abc import Iterable, Sequence

import numpy as np

from ..formats.csv_kinds import parse_integer
from ..formats.csv_table import Table

__all__ = ['encode_labels']

_INTEGER = re.compile(r'-?[0-9]{1,9}(\.0)?', re.ASCII)
_MAX_CLASSES = 100_000


def encode_labels(
    table: Table, classes: Sequence[str] | None = None
) -> tuple[tuple[str, ...], dict[str, np.ndarray]]:
    """The labels as positions in the list of classes.

    A label is the name of a class or its position, counted from 0; where classes have
    other integers than their positions as names, labels must be names. Without a list
    of classes names are sorted, and integers are their own names from 0 to the highest.

    Args:
        table: With the column ``label`` and perhaps ``true_label``, in which an empty
            value or -1 means unknown.
        classes: Names of the classes.

    Returns:
        The names of the classes, and (N,) int32 for each of the two columns that is
        there, -1 where unknown.

    Raises:
        ValueError: Naming the file and the line: if a label is empty or no class, or
            some labels are integers and some names that no list of classes tells.
    """
    columns: dict[str, list[str]] = {
        field: [text.strip() for text in table.columns[field]]
        for field in ('label', 'true_label')
        if field in table.columns
    }
    if '' in columns['label']:
        raise table.error(columns['label'].index(''), 'the label is empty')
    if 'true_label' in columns:
        true = columns['true_label']
        columns['true_label'] = ['' if t in ('-1', '-1.0') else t for t in true]
    distinct = {text for column in columns.values() for text in column} - {''}
    if classes is None:
        names = _classes_of(table, columns, distinct)
    else:
        names = tuple(map(str, classes))
    codes = {name: code for code, name in enumerate(names)}
    # Whether a number can only mean a position.
    counted = all(codes[name] == parse_integer(name) for name in _integers(codes))
    if counted:
        numbers = {text: parse_integer(text) for text in _integers(distinct)}
        codes |= {text: n for text, n in numbers.items() if 0 <= n < len(names)}
    for field, row, text in _places(columns, distinct - codes.keys()):
        raise table.error(
            row,
            f'{field} {text!r} is none of the {len(names)} classes ({names[0]!r} to '
            f'{names[-1]!r}{"; numbers count from 0" if counted else ""})',
        )
    codes[''] = -1
    return names, {
        field: np.array([codes[text] for text in column], dtype=np.int32)
        for field, column in columns.items()
    }


def _classes_of(
    table: Table, columns: dict[str, list[str]], distinct: set[str]
) -> tuple[str, ...]:
    numbers = _integers(distinct)
    if not numbers:
        return tuple(sorted(distinct))
    for field, row, text in _places(columns, distinct - numbers):
        raise table.error(
            row,
            f'{field} {text!r} is a name, but other labels are numbers; if both are '
            'names, give the dataset a list of all classes',
        )
    codes = {text: parse_integer(text) for text in numbers}
    outside = {text for text in numbers if not 0 <= codes[text] < _MAX_CLASSES}
    for field, row, text in _places(columns, outside):
        raise table.error(row, f'{field} {text!r} is no number of a class')
    return tuple(str(code) for code in range(max(codes.values()) + 1))


def _integers(texts: Iterable[str]) -> set[str]:
    return {text for text in texts if _INTEGER.fullmatch(text)}


def _places(
    columns: dict[str, list[str]], texts: set[str]
) -> Iterable[tuple[str, int, str]]:
    """The column and row where some texts are."""
    for field, column in columns.items():
        for row, text in enumerate(column) if texts else ():
            if text in texts:
                yield field, row, text
