"""Turn the labels of a table, which are texts, into numbers."""

import re
from collections.abc import Sequence

import numpy as np

from ..formats.csv_kinds import parse_integer
from ..formats.csv_table import Table

__all__ = ['encode_labels']

_INTEGER = re.compile(r'-?[0-9]{1,9}(\.0)?', re.ASCII)
_MAX_CLASSES = 100_000
_UNKNOWN = ('', '-1', '-1.0')


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
        texts = map(str.strip, table.columns['true_label'])
        columns['true_label'] = ['' if text in _UNKNOWN else text for text in texts]
    distinct = {text for column in columns.values() for text in column} - {''}
    if classes is None:
        names = _classes_of(table, columns, distinct)
    else:
        names = tuple(map(str, classes))
    return names, _encoded(table, columns, distinct, names)


def _encoded(
    table: Table,
    columns: dict[str, list[str]],
    distinct: set[str],
    names: tuple[str, ...],
) -> dict[str, np.ndarray]:
    codes = {name: code for code, name in enumerate(names)}
    # Whether a number can only mean a position.
    counted = all(codes[name] == parse_integer(name) for name in _integers(codes))
    if counted:
        numbers = {text: parse_integer(text) for text in _integers(distinct)}
        codes |= {text: n for text, n in numbers.items() if 0 <= n < len(names)}
    codes[''] = -1
    unknown = distinct - codes.keys()
    for field, column in columns.items():
        for row in range(len(column)) if unknown else ():
            if column[row] in unknown:
                raise table.error(
                    row,
                    f'{field} {column[row]!r} is none of the {len(names)} classes '
                    f'({names[0]!r} to {names[-1]!r}'
                    + ('; numbers count from 0)' if counted else ')'),
                )
    return {
        field: np.array([codes[text] for text in column], dtype=np.int32)
        for field, column in columns.items()
    }


def _classes_of(
    table: Table, columns: dict[str, list[str]], distinct: set[str]
) -> tuple[str, ...]:
    numbers = _integers(distinct)
    if not numbers:
        return tuple(sorted(distinct))
    for field, column in columns.items():
        for row, text in enumerate(column):
            if text and text not in numbers:
                raise table.error(
                    row,
                    f'{field} {text!r} is a name, but other labels are numbers; if '
                    'both are names, give the dataset a list of all classes',
                )
            if text and not 0 <= parse_integer(text) < _MAX_CLASSES:
                raise table.error(row, f'{field} {text!r} is no number of a class')
    return tuple(str(code) for code in range(max(map(parse_integer, numbers)) + 1))


def _integers(texts: Sequence[str] | set[str] | dict[str, int]) -> set[str]:
    return {text for text in texts if _INTEGER.fullmatch(text)}
