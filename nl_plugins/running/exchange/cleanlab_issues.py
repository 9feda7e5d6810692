"""To and from cleanlab: which labels are issues."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from ...formats.csv_kinds import FLAG, LABEL, NUMBER
from ...formats.csv_table import read_table, write_table
from ...formats.label_file import LabelFile, recommend
from ...formats.npy_file import read_npy, write_npy

__all__ = ['read_cleanlab_issues', 'write_cleanlab_issues']


def _truth(text: str) -> Any:
    words = {'true': '1', 'false': '0'}  # as pandas writes them
    return FLAG.parse(words.get(text.strip().lower(), text))


def _write_truth(values: np.ndarray) -> list:
    return ['True' if value else 'False' for value in FLAG.plain(values)]


_ISSUE = FLAG._replace(words='True or False', parse=_truth, plain=_write_truth)
_COLUMNS = dict(
    is_label_issue=_ISSUE,
    label_quality=NUMBER,
    given_label=LABEL,
    predicted_label=LABEL,
)


def write_cleanlab_issues(file: LabelFile, out: Path, images: str) -> list[Path]:
    """``issues.csv`` as ``get_label_issues()`` gives it, ``leave_out.npy``, a mask."""
    issues = np.isin(file.recommended.astype(str), ('drop', 'replace'))
    columns = dict(
        is_label_issue=issues,
        label_quality=file.scores,
        given_label=file.given_labels,
        predicted_label=file.suggested_labels,
    )
    kinds = {n: kind for n, kind in _COLUMNS.items() if columns[n] is not None}
    paths = [out / 'issues.csv', out / 'leave_out.npy']
    write_table(paths[0], kinds, columns)
    write_npy(paths[1], issues)
    return paths


def read_cleanlab_issues(path: Path, file: LabelFile) -> LabelFile:
    """The samples of ``file`` with the issues of cleanlab: these are to be dropped.

    Read are a ``.npy`` file, a mask (N,) of what to leave out, or the indices that
    ``find_label_issues`` returns; and a ``.csv`` file of
    ``CleanLearning.get_label_issues()``, ``is_label_issue`` and, where there,
    ``label_quality`` (the score) and ``predicted_label`` (what is suggested). Rows are
    those of ``labels.npy`` and ``pred_probs.npy`` that ``find`` writes.

    Raises:
        ValueError: If the issues are of another number of samples, or no mask or
            indices, of which none is there twice.
    """
    size = len(file)
    columns: dict[str, Any] = {}
    if path.suffix.lower() == '.npy':
        issues = _mask(path, read_npy(path), size)
    else:
        optional = [name for name in _COLUMNS if name != 'is_label_issue']
        columns = read_table(path, _COLUMNS, optional=optional).columns
        issues = columns['is_label_issue']
    if len(issues) != size:
        raise ValueError(f'{path} is of {len(issues)} samples, the labels of {size}')
    given = columns.get('given_label', file.given_labels)
    for row in np.flatnonzero(given != file.given_labels)[:1]:
        problem = f'row {row} has the given label {given[row]}'
        raise ValueError(f'{path}: {problem}, here it is {file.given_labels[row]}')
    return replace(
        file,
        suggested_labels=columns.get('predicted_label', file.suggested_labels),
        scores=columns.get('label_quality', file.scores),
        weights=np.ones(size),
        selected=~issues,
        recommended=recommend(size, file.verification, drop=issues),
    )


def _mask(path: Path, values: np.ndarray, size: int) -> np.ndarray:
    if values.ndim == 1 and values.dtype == bool:
        return values
    if values.ndim != 1 or values.dtype.kind not in 'iu':
        found = f'{values.dtype} of shape {values.shape}'
        raise ValueError(f'{path} holds no mask and no indices, but {found}')
    for index in values[(values < 0) | (values >= size)][:1]:
        raise ValueError(f'{path} has the index {index}, but there are {size} samples')
    counts = np.bincount(values, minlength=size)
    for index in np.flatnonzero(counts > 1)[:1]:
        problem = f'has the index {index} {counts[index]} times, so they are no indices'
        raise ValueError(f'{path} {problem}: save a mask as booleans')
    return counts > 0
