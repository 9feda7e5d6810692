"""A CSV or TSV file of images, their labels and what else is known of them."""

import numpy as np

from .csv_kinds import TEXT, VERIFICATION
from .csv_table import Table, read_table

__all__ = ['read_label_table', 'repeated_rows']

_FIELDS = dict(
    path=TEXT, label=TEXT, true_label=TEXT, verification=VERIFICATION, text=TEXT
)
_OPTIONAL = ('true_label', 'verification', 'text')


def read_label_table(path: str, backend_args: dict | None = None) -> Table:
    """Read the columns ``path`` and ``label`` and, where there, the optional ones.

    These are ``true_label``, ``verification`` (int8, -1 unknown) and ``text``; labels
    are texts.

    Raises:
        ValueError: As :func:`read_table`, and if there is no row, or a row without a
            path.
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
