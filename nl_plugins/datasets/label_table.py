"""A CSV or TSV file of images, their labels and what else is known of them."""

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from os.path import normpath
from typing import Any
from urllib.parse import unquote

import numpy as np

from ..checks import check_choice
from ..formats.csv_kinds import (
    INERT,
    LABEL,
    REMARK,
    TEXT,
    VERIFICATION,
    is_unknown,
    parse_integer,
)
from ..formats.csv_table import Table, open_table, read_table
from ..formats.label_file import COLUMNS
from .class_names import plain_name

__all__ = [
    'encode_labels',
    'listed_classes',
    'read_label_table',
    'repeated_rows',
    'twin_classes',
]

_FIELDS = dict(
    path=TEXT, label=TEXT, true_label=TEXT, verification=VERIFICATION, text=REMARK
)
_OPTIONAL = ('true_label', 'verification', 'text')
# what tools call these columns, after the name here; those of `LabelFile` are inert
_LISTED = dict(path='img_path', label='given_name')
_SPELLINGS = dict(
    path=('path', 'img_path', 'file_name', 'filename', 'image', 'file'),
    label=('label', 'given_name', 'given_label', 'class_name', 'class', 'category'),
)
_MAX_CLASSES = 100_000


def read_label_table(
    path: str,
    backend_args: dict | None = None,
    names: Mapping[str, str] | None = None,
    where: Mapping[str, Any] | None = None,
) -> Table:
    """Read the columns ``path`` and ``label`` and, where there, the optional ones.

    These are ``true_label``, ``verification`` (int8, -1 unknown) and ``text``; labels
    are texts. A list of samples (``LabelFile``) is such a table, too: of it the numbers
    of the labels are read as well, ``given_label``. The spellings that other tools have
    for the two columns are known. ``names`` and ``where`` as in :func:`read_table`. A
    ValueError tells what :func:`read_table` finds, and if there is no row, or a row
    without a path.
    """
    for name in names or ():
        check_choice('columns', name, tuple(_FIELDS))
    wanted = [*sum(_SPELLINGS.values(), ()), *(names or {}).values(), *(where or {})]
    opened = open_table(path, wanted, backend_args)
    names = {
        field: next((s for s in spellings if s in opened.header), field)
        for field, spellings in _SPELLINGS.items()
    } | dict(names or {})
    kinds, optional = dict(_FIELDS), list(_OPTIONAL)
    if names['path'] == _LISTED['path'] and 'given_label' in opened.header:
        kinds.update(given_label=LABEL, path=INERT)
    if names['label'] == _LISTED['label']:
        kinds['label'] = INERT
    if names['label'] == 'given_label':
        kinds.pop('given_label', None)  # a number is its own name
    table = read_table(opened, kinds, optional, names=names, where=where)
    if 'given_label' in kinds:
        table.unused[:] = [name for name in table.unused if name not in COLUMNS]
    if not len(table):
        chosen = f' with {dict(where)}' if where else ''
        raise ValueError(f'{path} has no rows{chosen} below its header')
    if 'annotation_id' in {*table.unused, *(where or {})}:  # Label Studio's
        paths = [_uploaded(path) for path in table.columns['path']]
        table.columns['path'] = np.array(paths, dtype=object)
    for row, text in enumerate(table.columns['path']):
        if is_unknown(text):
            raise table.error(row, f'the path is unknown ({text!r})')
    return table


def _uploaded(path: str) -> str:
    """An address of Label Studio as a path in its folder of files or of uploads."""
    if path.startswith('/data/local-files/?d='):
        return unquote(path.partition('=')[2])
    return path.removeprefix('/data/') if path.startswith('/data/upload/') else path


def repeated_rows(table: Table, labels: Mapping[str, np.ndarray]) -> list[int]:
    """The rows that only repeat the labels of an earlier one for the same path.

    ``labels`` are those of :func:`encode_labels`. A ValueError names both lines if such
    rows differ.
    """
    paths = [
        normpath(path) if './' in path or '//' in path else path
        for path in table.columns['path']
    ]
    if len(set(paths)) == len(paths):
        return []
    names = [n for n in ('label', 'true_label', 'verification') if n in table.columns]
    columns = [labels.get(name, table.columns[name]).tolist() for name in names]
    first_rows: dict[str, int] = {}
    repeats = []
    for row, (path, here) in enumerate(zip(paths, zip(*columns))):
        first = first_rows.setdefault(path, row)
        if here != tuple(column[first] for column in columns):
            this, other = (
                ', '.join(str(table.columns[name][place]) for name in names)
                for place in (row, first)
            )
            where = f'on line {table.lines[first]}'
            raise table.error(row, f'{path!r} is {this!r} here, but {other!r} {where}')
        if first != row:
            repeats.append(row)
    return repeats


def encode_labels(
    table: Table, classes: Sequence[str] | None = None
) -> tuple[tuple[str, ...], dict[str, np.ndarray], list[str]]:
    """The names of the classes, the labels as positions in their list, and notes.

    A label is the name of a class, with blanks around it or without, or its position,
    counted from 0; where classes have other integers than their positions as names,
    labels must be names. Without a list of classes names are sorted, and integers are
    their own names from 0 to the highest. The labels are (N,) int32 for each of the
    columns ``label`` and ``true_label`` that is there; in the latter what
    :func:`is_unknown` says is -1. A note tells if a true label makes a class that no
    label has.

    Raises:
        ValueError: Naming the file and the line: if a label is unknown, a list of
            several or no class, or some labels are integers and some names that no list
            of classes tells.
    """
    names = tuple(map(str, classes or ()))
    known = {*names}
    columns: dict[str, list[str]] = {
        name: [t if t in known else t.strip() for t in table.columns[name]]
        for name in ('label', 'true_label')
        if name in table.columns
    }
    distinct = {text for column in columns.values() for text in column} - known
    unknown = {text for text in distinct if is_unknown(text)}
    for _, row, text in _places(dict(label=columns['label']), unknown):
        advice = 'leave out the row (see `where`), or list the classes if it is one'
        raise table.error(row, f'the label is unknown ({text!r}): {advice}')
    distinct -= unknown
    for field, row, text in _places(columns, {t for t in distinct if _is_list(t)}):
        advice = 'give each image one, or the list as the name of a class'
        raise table.error(row, f'{field} {text!r} is a list of labels: {advice}')
    if classes is None:
        names = _classes_of(table, columns, distinct)
    codes = {name: code for code, name in enumerate(names)}
    # Whether a number can only mean a position.
    counted = all(codes[name] == number for name, number in _integers(codes).items())
    for text, number in _integers(distinct - codes.keys()).items():
        if counted and 0 <= number < len(names):
            codes[text] = number
        elif str(number) in codes:
            codes[text] = codes[str(number)]
    for field, row, text in _places(columns, distinct - codes.keys()):
        raise table.error(row, f'{field} {text!r} is {_no_class(text, names, counted)}')
    codes |= dict.fromkeys(unknown, -1)
    labels = {
        field: np.array([codes[text] for text in column], dtype=np.int32)
        for field, column in columns.items()
    }
    notes = _new_classes(table, names, labels) if classes is None else []
    return names, labels, notes


def listed_classes(table: Table) -> tuple[str, ...] | None:
    """The names of the labels of a list of samples, by their numbers; None: no list.

    A ValueError names the line of a number that is too high.
    """
    if 'given_label' not in table.columns:
        return None
    labels = table.columns['given_label']
    for row in np.flatnonzero(labels >= _MAX_CLASSES)[:1].tolist():
        problem = f'is no number of a class (0 to {_MAX_CLASSES - 1})'
        raise table.error(row, f'given_label {labels[row]} {problem}')
    names = dict(zip(labels.tolist(), table.columns['label']))
    return tuple(names.get(label, str(label)) for label in range(max(names) + 1))


def twin_classes(classes: Sequence[str]) -> list[str]:
    """Notes on classes whose names differ in nothing that a reader sees well."""
    groups: dict[str, list[str]] = {}
    for name in classes:
        groups.setdefault(plain_name(name), []).append(name)
    return [
        f'the classes {", ".join(map(ascii, group))} differ only in upper and lower '
        'case, blanks, leading zeros or their Unicode form (NFC, NFD): if they are one,'
        ' spell it one way'
        for group in groups.values()
        if len(group) > 1
    ]


def _classes_of(
    table: Table, columns: dict[str, list[str]], distinct: set[str]
) -> tuple[str, ...]:
    numbers = _integers(distinct)
    if not numbers:
        return tuple(sorted(distinct))
    for field, row, text in _places(columns, distinct - numbers.keys()):
        advice = 'if both are names, give the dataset a list of all classes'
        message = f'{field} {text!r} is a name, but other labels are numbers; {advice}'
        raise table.error(row, message)
    outside = {text for text, n in numbers.items() if not 0 <= n < _MAX_CLASSES}
    for field, row, text in _places(columns, outside):
        problem = f'is no number of a class (0 to {_MAX_CLASSES - 1})'
        advice = f'if it is a name, give the dataset a list: classes=[{text!r}, ...]'
        raise table.error(row, f'{field} {text!r} {problem}; {advice}')
    return tuple(map(str, range(max(numbers.values()) + 1)))


def _no_class(text: str, names: Sequence[str], counted: bool) -> str:
    twins = [name for name in names if plain_name(name) == plain_name(text)]
    if twins:
        return f'no class, but {twins[0]!r} is: write it in the same way'
    ends = f'{names[0]!r} to {names[-1]!r}' + '; numbers count from 0' * counted
    return f'none of the {len(names)} classes ({ends})'


def _new_classes(
    table: Table, names: Sequence[str], labels: dict[str, np.ndarray]
) -> list[str]:
    true = labels.get('true_label', labels['label'])
    rows = np.flatnonzero((true >= 0) & ~np.isin(true, labels['label']))
    return [
        f'{table.path}, line {table.lines[row]}: true_label {names[true[row]]!r} is '
        f'the label of no row: a new class ({len(set(true[rows]))} in all); correct it '
        'if it should be none'
        for row in rows[:1]
    ]


def _is_list(text: str) -> bool:
    """Whether a text is a list or an object of JSON: several choices, say."""
    with suppress(ValueError, RecursionError):
        return text[:1] in '[{' and isinstance(json.loads(text), (list, dict))
    return False


def _integers(texts: Iterable[str]) -> dict[str, int]:
    numbers = {}
    for text in texts:
        with suppress(ValueError):
            numbers[text] = parse_integer(text)
    return numbers


def _places(
    columns: Mapping[str, list[str]], texts: set[str]
) -> Iterable[tuple[str, int, str]]:
    """The column and row where some texts are."""
    for field, column in columns.items() if texts else ():
        yield from ((field, row, t) for row, t in enumerate(column) if t in texts)
