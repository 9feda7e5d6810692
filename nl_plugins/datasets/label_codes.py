"""Turn the labels of a table, which are texts, into numbers."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

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
