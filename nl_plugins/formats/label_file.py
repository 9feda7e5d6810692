"""The cleaned-label file: a CSV row for each sample, in the order of ``sample_idx``."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .csv_kinds import FLAG, INERT, INTEGER, LABEL, NUMBER, TEXT, one_of
from .csv_table import read_table, write_table

__all__ = [
    'LabelFile',
    'advice',
    'read_label_file',
    'read_label_names',
    'recommend',
    'write_label_file',
]

_FIELDS = dict(
    sample_idx=INTEGER,
    img_path=TEXT,
    given_label=LABEL,
    suggested_label=LABEL,
    score=NUMBER,
    weight=NUMBER,
    selected=FLAG,
    recommended=one_of('keep', 'drop', 'replace', 'weight'),
)


@dataclass(frozen=True)
class LabelFile:
    """The columns of a cleaned-label file; row ``i`` is sample ``i``.

    What is recommended means the same for every method: keep the given label, drop the
    sample, replace the label by the suggested one, or keep it with the weight. A file
    that does not say so recommends to drop what is not selected.
    """

    img_paths: np.ndarray  # (N,) object array of str; '' where the dataset has no paths
    given_labels: np.ndarray  # (N,) int64, the labels as the dataset gives them
    suggested_labels: np.ndarray  # (N,) int64, the labels to use instead
    scores: np.ndarray  # (N,) float64, how well the given label fits, low = suspicious
    weights: np.ndarray  # (N,) float64
    selected: np.ndarray  # (N,) bool, as the method means it
    recommended: np.ndarray | None = None  # (N,) object array of str

    def __post_init__(self) -> None:
        if self.recommended is None:
            drop = np.asarray(self.selected) == 0
            words = recommend(len(drop), drop=drop)
            object.__setattr__(self, 'recommended', words)

    def __len__(self) -> int:
        return len(self.given_labels)


def write_label_file(
    path: str | os.PathLike, class_names: Sequence[str] = (), **columns: Any
) -> None:
    """Write the cleaned-label CSV atomically.

    Where all labels have ``class_names``, the columns ``given_name`` and
    ``suggested_name`` follow, for people and for ``ImageLabels``.

    The columns are those of :class:`LabelFile`, as arrays, tensors or sequences; row
    ``i`` gets ``sample_idx`` ``i``. Numbers read back as they were (float32 columns
    with nine significant digits), and so does any file name the system can hold. A
    ValueError refuses a column of another length, shape or kind of value.
    """
    file = LabelFile(**columns)
    values = (np.arange(len(file.img_paths)), *vars(file).values())
    fields, table = dict(_FIELDS), dict(zip(_FIELDS, values))
    for kind in ('given', 'suggested'):
        labels = np.asarray(table[f'{kind}_label'])
        if len(labels) and labels.max() < len(class_names):
            fields[f'{kind}_name'] = INERT
            table[f'{kind}_name'] = [class_names[label] for label in labels]
    write_table(path, fields, table)


def read_label_file(path: str | os.PathLike) -> LabelFile:
    """Read a cleaned-label CSV; its rows may be in any order.

    A ValueError as :func:`read_table`'s tells unless ``sample_idx`` is each of 0 to N -
    1 once.
    """
    table = read_table(path, _FIELDS, optional=('recommended',), strict=False)
    indices = table.columns['sample_idx']
    for row in np.flatnonzero((indices < 0) | (indices >= len(indices)))[:1]:
        raise table.error(
            row,
            f'sample_idx {indices[row]} is not in 0 to {len(indices) - 1}, although '
            f'there are {len(indices)} rows: rows are missing or repeated',
        )
    order = np.argsort(indices, kind='stable')
    for place in np.flatnonzero(np.diff(indices[order]) == 0)[:1]:
        first, second = order[place : place + 2]
        message = f'{indices[second]} is already on line {table.lines[first]}'
        raise table.error(second, f'sample_idx {message}')
    columns = {name: values[order] for name, values in table.columns.items()}
    _, *values = (columns[name] for name in _FIELDS if name in columns)
    return LabelFile(*values)


def read_label_names(path: str | os.PathLike) -> dict[int, str]:
    """The names of the labels, as far as a cleaned-label file has them."""
    kinds = {n: _FIELDS[n] for n in ('given_label', 'suggested_label')}
    kinds |= dict(given_name=INERT, suggested_name=INERT)
    optional = ('given_name', 'suggested_name')
    columns = read_table(path, kinds, optional=optional, strict=False).columns
    names: dict[int, str] = {}
    for kind in ('given', 'suggested'):
        if f'{kind}_name' in columns:
            labels = columns[f'{kind}_label'].tolist()
            names.update(zip(labels, columns[f'{kind}_name'].tolist()))
    return names


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
