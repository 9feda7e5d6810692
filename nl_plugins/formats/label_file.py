"""The list of samples: cleaned labels, images to verify, marks, cleaned data.

Each is a CSV file with a row for each of some samples, or of all.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from .csv_kinds import (
    FLAG,
    INERT,
    INTEGER,
    LABEL,
    NUMBER,
    TEXT,
    VERIFICATION,
    one_of,
)
from .csv_table import Table, read_table, write_table

__all__ = [
    'COLUMNS',
    'RECOMMENDATIONS',
    'LabelFile',
    'advice',
    'read_label_file',
    'recommend',
    'write_label_file',
]


def _parse_score(text: str) -> float:
    return NUMBER.parse(text) if text.strip() else float('nan')


_SCORE = NUMBER._replace(words='a finite number, or nothing', parse=_parse_score)
RECOMMENDATIONS = ('keep', 'drop', 'replace', 'weight')

_COLUMNS = dict(  # in the order of the file: the field, and its kind
    sample_idx=('indices', INTEGER),
    img_path=('img_paths', INERT),
    given_label=('given_labels', LABEL),
    suggested_label=('suggested_labels', LABEL),
    score=('scores', _SCORE),
    weight=('weights', NUMBER),
    selected=('selected', FLAG),
    recommended=('recommended', one_of(*RECOMMENDATIONS)),
    verification=('verification', VERIFICATION),
    content=('contents', TEXT),
    mark=('marks', TEXT),
)
_NAMES = ('given_name', 'suggested_name')
COLUMNS = (*_COLUMNS, *_NAMES)
_REQUIRED = ('sample_idx', 'img_path', 'given_label')


@dataclass(frozen=True, eq=False)
class LabelFile:
    """The columns of a list of n samples; None where nothing is known.

    What is recommended means the same for every method: keep the given label, drop the
    sample, replace the label by the suggested one, or keep it with the weight. A list
    that does not say so recommends to drop what is not selected, or verified as wrong.

    >>> file = LabelFile(img_paths=['a.jpg', 'b.jpg'], given_labels=[1, 0],
    ...                  verification=[0, -1], class_names=['cat', 'dog'])
    >>> file.recommended.tolist(), file.take([1]).indices.tolist(), file.class_names
    (['drop', 'keep'], [1], {0: 'cat', 1: 'dog'})
    """

    img_paths: Any  # (n,) object array of str; '' where the dataset has no paths
    given_labels: Any  # (n,) int64, the labels as the dataset gives them
    suggested_labels: Any = None  # (n,) int64, to use instead; None: the given ones
    scores: Any = None  # (n,) float64, how well the given label fits, low = suspicious
    weights: Any = None  # (n,) float64; None: 1
    selected: Any = None  # (n,) bool, as the method means it; None: all
    recommended: Any = None  # (n,) object array of str
    verification: Any = None  # (n,) int8: 1 the given label is right, 0 wrong, -1 open
    indices: Any = None  # (n,) int64, `sample_idx`; None: 0 to n - 1
    contents: Any = None  # (n,) digests of the image files in hexadecimal, '' unknown
    marks: Any = None  # (n,) words; 'unsure' takes an answer back
    class_names: Any = ()  # names of labels, a sequence or a mapping; as a dict

    def __post_init__(self) -> None:
        size = len(self.img_paths)
        names = self.class_names
        found = names.items() if isinstance(names, Mapping) else enumerate(names)
        object.__setattr__(self, 'class_names', {int(k): str(v) for k, v in found})
        defaults = dict(
            indices=np.arange(size),
            suggested_labels=self.given_labels,
            weights=np.ones(size),
            selected=np.ones(size, dtype=bool),
            verification=np.full(size, -1, dtype=np.int8),
        )
        for name, values in defaults.items():
            if getattr(self, name) is None:
                object.__setattr__(self, name, values)
        if self.recommended is None:
            known: Any = dict(verification=self.verification)
            known['drop'] = np.asarray(self.selected) == 0
            fits = all(np.shape(mask) == (size,) for mask in known.values())
            words = recommend(size, **(known if fits else {}))
            object.__setattr__(self, 'recommended', words)

    def __len__(self) -> int:
        return len(self.img_paths)

    @property
    def answered(self) -> np.ndarray:
        """(n,) bool, somebody says what to think of the label, or is unsure."""
        words = np.asarray('' if self.marks is None else self.marks, dtype=object)
        return np.logical_or(np.asarray(self.verification) >= 0, words == 'unsure')

    def take(self, rows: Any) -> 'LabelFile':
        """The list of some of the samples, in the order of ``rows``."""
        rows = np.asarray(rows)
        columns = {name: getattr(self, name) for name, _ in _COLUMNS.values()}
        chosen = {
            name: values if values is None else np.asarray(values)[rows]
            for name, values in columns.items()
        }
        return replace(self, **chosen)


def write_label_file(path: str | os.PathLike, **columns: Any) -> None:
    """Write the list of samples atomically; the columns are those of LabelFile.

    They are arrays, tensors or sequences. Names follow where ``class_names`` are given,
    for people and for ``ImageLabels``; text that a spreadsheet would take for a formula
    is written after an apostrophe. Numbers read back as they were (float32 columns with
    nine significant digits), and so does any file name the system can hold. A
    ValueError refuses a column of another length, shape or kind of value.
    """
    file = LabelFile(**columns)
    kinds = {name: kind for name, (_, kind) in _COLUMNS.items()}
    table = {name: getattr(file, field) for name, (field, _) in _COLUMNS.items()}
    if file.scores is None:
        kinds['score'], table['score'] = TEXT, [''] * len(file)
    for name in ('content', 'mark'):
        if table[name] is None:
            del kinds[name]
    for name in _NAMES if file.class_names else ():
        labels = np.asarray(table[name.replace('name', 'label')]).tolist()
        kinds[name] = INERT
        table[name] = [file.class_names.get(label, '') for label in labels]
    write_table(path, kinds, table)


def read_label_file(path: str | os.PathLike) -> LabelFile:
    """Read a list of samples, also one that a spreadsheet saved, by ``sample_idx``.

    The columns ``sample_idx``, ``img_path`` and ``given_label`` must be there.

    Raises:
        ValueError: As :func:`read_table`, and naming the line if a sample is negative
            or there twice, or if only some of the samples have a score.
    """
    kinds = {name: kind for name, (_, kind) in _COLUMNS.items()}
    kinds |= dict.fromkeys(_NAMES, INERT)
    optional = [name for name in kinds if name not in _REQUIRED]
    table = read_table(path, kinds, optional=optional, strict=False)
    order = _checked_order(table)
    columns = {name: values[order] for name, values in table.columns.items()}
    missing = np.isnan(columns.get('score', np.full(1, np.nan)))
    if missing.size and missing.all():
        columns.pop('score', None)
    elif missing.any():
        raise table.error(order[missing][0], 'no score, although others have one')
    names: dict[int, str] = {}
    for label, name in (
        ('suggested_label', 'suggested_name'),
        ('given_label', 'given_name'),
    ):
        if {label, name} <= columns.keys():
            names.update(zip(columns[label].tolist(), columns[name].tolist()))
    known = {field: columns.get(name) for name, (field, _) in _COLUMNS.items()}
    return LabelFile(**known, class_names={k: v for k, v in names.items() if v})


def _checked_order(table: Table) -> np.ndarray:
    indices = table.columns['sample_idx']
    order = np.argsort(indices, kind='stable')
    for row in order[:1]:
        if indices[row] < 0:
            raise table.error(row, f'there is no sample {indices[row]}')
    for place in np.flatnonzero(np.diff(indices[order]) == 0)[:1]:
        first, second = order[place : place + 2]
        message = f'{indices[second]} is already on line {table.lines[first]}'
        raise table.error(second, f'sample_idx {message}')
    return order


def recommend(size: int, verification: Any = None, **masks: Any) -> np.ndarray:
    """(N,) object array, the name of the mask (N,) that a sample is in, else 'keep'.

    Verification labels (N,) in {1, 0, -1} have the last word: a right label is kept, a
    wrong one is replaced or dropped.

    >>> recommend(3, [-1, 1, 0], replace=[True, True, False]).tolist()
    ['replace', 'keep', 'drop']
    """
    words = np.full(size, 'keep', dtype=object)
    for word, mask in masks.items():
        words[np.asarray(mask)] = word
    if verification is not None:
        known = np.asarray(verification)
        words[known == 1] = 'keep'
        words[(known == 0) & (words != 'replace')] = 'drop'
    return words


def advice(path: str | os.PathLike, recommended: np.ndarray) -> str:
    """What to tell the user of a file at the end of a run."""
    drop, replace = ((recommended == word).sum() for word in ('drop', 'replace'))
    if not drop + replace:
        return (
            f'{path}: keep all {len(recommended)} labels, no change is known to be '
            'better; those of the lowest scores are worth a look'
        )
    use = f"label_file='{path}', use='recommended'"
    return (
        f'{drop + replace} of {len(recommended)} labels are suspicious ({drop} to drop,'
        f' {replace} to replace): {path}. To train on what is recommended: dict('
        f"type='NoisyLabels', dataset=<the training set of this run>, {use})"
    )
