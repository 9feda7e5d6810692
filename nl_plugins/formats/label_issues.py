"""What cleanlab says of labels, as a cleaned-label file."""

import os
from typing import Any

import numpy as np

from .csv_kinds import FLAG, LABEL, NUMBER
from .csv_table import read_table
from .label_file import LabelFile, recommend

__all__ = ['read_label_issues']


def _truth(text: str) -> Any:
    words = {'true': '1', 'false': '0'}  # as pandas writes them
    return FLAG.parse(words.get(text.strip().lower(), text))


_ISSUE = FLAG._replace(words='True or False', parse=_truth)
_COLUMNS = dict(is_label_issue=_ISSUE, label_quality=NUMBER, predicted_label=LABEL)


def read_label_issues(path: str | os.PathLike, file: LabelFile) -> LabelFile:
    """The samples of ``file`` with the issues of another tool: these are to be dropped.

    Read are a ``.npy`` file of what cleanlab's ``find_label_issues`` returns, a mask
    (N,) or the indices of the issues, and a ``.csv`` file of
    ``CleanLearning.get_label_issues()``, ``is_label_issue`` and, where there,
    ``label_quality`` (the score) and ``predicted_label`` (what is suggested). Rows are
    those of ``labels.npy`` and ``pred_probs.npy`` that ``find`` writes.

    Raises:
        ValueError: If the issues are of another number of samples, or no mask or
            indices.
    """
    size, path = len(file), os.fspath(path)
    columns: dict[str, Any] = {}
    if path.lower().endswith('.npy'):
        issues = _mask(path, np.load(path, allow_pickle=False), size)
    else:
        optional = ['label_quality', 'predicted_label']
        columns = read_table(path, _COLUMNS, optional=optional).columns
        issues = columns['is_label_issue']
    if len(issues) != size:
        raise ValueError(f'{path} is of {len(issues)} samples, the labels of {size}')
    return LabelFile(
        img_paths=file.img_paths,
        given_labels=file.given_labels,
        suggested_labels=columns.get('predicted_label', file.suggested_labels),
        scores=columns.get('label_quality', file.scores),
        weights=np.ones(size),
        selected=~issues,
        recommended=recommend(size, drop=issues),
    )


def _mask(path: str, values: np.ndarray, size: int) -> np.ndarray:
    if values.ndim == 1 and values.dtype == bool:
        return values
    if values.ndim != 1 or values.dtype.kind not in 'iu':
        found = f'{values.dtype} of shape {values.shape}'
        raise ValueError(f'{path} holds no mask and no indices, but {found}')
    for index in values[(values < 0) | (values >= size)][:1]:
        raise ValueError(f'{path} has the index {index}, but there are {size} samples')
    mask = np.zeros(size, dtype=bool)
    mask[values] = True
    return mask
