"""Turn the texts of a :class:`LabelTable` into numbers."""

import re
from collections.abc import Sequence

import numpy as np

from ..formats.label_table import LabelTable

__all__ = ['encode_labels', 'encode_verification']

# pandas writes the integers of a column with gaps as 1.0
_INTEGER = re.compile(r'(-?[0-9]{1,9})(\.0)?', re.ASCII)
_MAX_CLASSES = 100_000
_UNKNOWN = ('', '-1', '-1.0')
_VERIFICATION = {'1': 1, '0': 0, '-1': -1, '': -1, '1.0': 1, '0.0': 0, '-1.0': -1}


def encode_labels(
    table: LabelTable, classes: Sequence[str] | None = None
) -> tuple[tuple[str, ...], dict[str, np.ndarray]]:
    """The labels as positions in the list of classes.

    A label is the name of a class or its position, counted from 0; where classes have
    other integers than their positions as names, labels must be names. Without a list
    of classes names are sorted, and integers are their own names from 0 to the highest.

    Args:
        table: With the column ``label`` and perhaps ``true_label``, in which an empty
            value or -1 means unknown.
        classes: Their names.

    Returns:
        The names of the classes, and (N,) int32 for each of the two columns that is
        there, -1 where unknown.

    Raises:
        ValueError: Naming the file and the line: if a label is empty or no class, or
            some labels are integers and some names that no list of classes tells.
    """
    columns = {'label': [text.strip() for text in table.columns['label']]}
    if 'true_label' in table.columns:
        texts = map(str.strip, table.columns['true_label'])
        columns['true_label'] = ['' if text in _UNKNOWN else text for text in texts]
    if '' in columns['label']:
        raise table.error(columns['label'].index(''), 'the label is empty')
    distinct = {text for column in columns.values() for text in column} - {''}
    names = (
        _classes_of(table, columns, distinct)
        if classes is None
        else tuple(map(str, classes))
    )
    counted = _are_positions(names)
    codes = _codes(distinct, names, counted)
    labels = {}
    for field, column in columns.items():
        unknown = _first_row(column, set(column) - codes.keys())
        if unknown is not None:
            raise table.error(
                unknown,
                f'{field} {column[unknown]!r} is none of the {len(names)} classes '
                f'({names[0]!r} to {names[-1]!r}'
                + ('; numbers count from 0)' if counted else ')'),
            )
        labels[field] = np.array([codes[text] for text in column], dtype=np.int32)
    return names, labels


def encode_verification(table: LabelTable) -> np.ndarray:
    """(N,) int8: 1 right, 0 wrong, -1 (or empty) unknown.

    Raises:
        ValueError: Naming the file and the line of another value.
    """
    texts = [text.strip() for text in table.columns['verification']]
    unknown = _first_row(texts, set(texts) - _VERIFICATION.keys())
    if unknown is not None:
        raise table.error(
            unknown,
            f'verification {texts[unknown]!r} is none of 1 (the label is right), '
            '0 (wrong) and -1 (unknown, like an empty value)',
        )
    return np.array([_VERIFICATION[text] for text in texts], dtype=np.int8)


def _are_positions(names: Sequence[str]) -> bool:
    """Whether a number can only mean a position."""
    return all(
        not _INTEGER.fullmatch(name) or _integer(name) == code
        for code, name in enumerate(names)
    )


def _codes(texts: set[str], names: Sequence[str], counted: bool) -> dict[str, int]:
    codes = {name: code for code, name in enumerate(names)}
    if counted:
        numbers = {text: _integer(text) for text in texts if _INTEGER.fullmatch(text)}
        codes |= {text: n for text, n in numbers.items() if 0 <= n < len(names)}
    return {**codes, '': -1}


def _classes_of(
    table: LabelTable, columns: dict[str, list[str]], texts: set[str]
) -> tuple[str, ...]:
    numbers = {text for text in texts if _INTEGER.fullmatch(text)}
    if not numbers:
        return tuple(sorted(texts))
    for field, column in columns.items():
        for row, text in enumerate(column):
            if text and text not in numbers:
                raise table.error(
                    row,
                    f'{field} {text!r} is a name, but other labels are numbers; if '
                    'both are names, give the dataset a list of all classes',
                )
            if text and not 0 <= _integer(text) < _MAX_CLASSES:
                raise table.error(row, f'{field} {text!r} is no number of a class')
    return tuple(str(code) for code in range(max(map(_integer, numbers)) + 1))


def _integer(text: str) -> int:
    return int(text.removesuffix('.0'))


def _first_row(column: Sequence[str], texts: set[str]) -> int | None:
    """Where one of the texts is for the first time."""
    return min(map(column.index, texts), default=None)
