"""Verification labels of a list, for the samples of a dataset."""

import os
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ..formats.label_file import LabelFile, read_label_file
from .matched_rows import matched_rows
from .sample_columns import SampleColumns

__all__ = ['VerifiedRows', 'verified_rows']


class VerifiedRows(NamedTuple):
    """What a list says of N samples."""

    file: LabelFile  # the n rows that have an answer: right, wrong, or unsure
    rows: np.ndarray  # (n,) int64, the sample of each, -1: gone
    same: np.ndarray  # (n,) bool, whether it is there and has the verified label still
    num_open: int  # other rows
    notes: list[str]  # on those that are not used

    def laid_over(self, verification: np.ndarray) -> np.ndarray:
        """(N,) verification labels in which those of the list take the place."""
        changed = verification.copy()
        changed[self.rows[self.same]] = self.file.verification[self.same]
        return changed


def verified_rows(
    path: str | os.PathLike, columns: SampleColumns, class_names: Sequence[str] = ()
) -> VerifiedRows:
    """Read the verification labels of a list of samples.

    Rows are matched by path, so samples may have come and gone since. What was verified
    is a label: where the sample has another one now, it is not used. An empty
    verification says nothing, unless the column ``mark`` is 'unsure': -1.

    Labels are alike if their names are, since numbers change when classes are added;
    where the list or ``class_names``, which are those of the samples, has no name, if
    their numbers are.

    Raises:
        ValueError: As ``read_label_file``.
    """
    file = read_label_file(path)
    num_open = int((~file.answered).sum())
    file = file.take(np.flatnonzero(file.answered))
    contents = None if file.contents is None else file.contents.tolist()
    named = file.img_paths, file.indices.tolist()
    rows = matched_rows(*named, columns.paths, contents)
    here = rows >= 0
    same = here & _same_labels(file, columns.labels[rows], class_names)
    notes = []
    for unused, what in ((~here, 'are gone'), (here & ~same, 'have another label now')):
        for row in np.flatnonzero(unused)[:1]:
            name = file.img_paths[row] or f'sample {file.indices[row]}'
            count = f'{int(unused.sum())} of {len(file)} verified samples {what}'
            notes.append(f'{path}: {count}, the first is {name!r}: not used')
    return VerifiedRows(file, rows, same, num_open, notes)


def _same_labels(
    file: LabelFile, labels: np.ndarray, class_names: Sequence[str]
) -> np.ndarray:
    """(n,) bool, whether the labels (n,) are those of the list."""
    ours = dict(enumerate(class_names))
    alike = []
    for listed, label in zip(file.given_labels.tolist(), labels.tolist()):
        names = file.class_names.get(listed), ours.get(label)
        pair = (listed, label) if None in names else names
        alike.append(pair[0] == pair[1])
    return np.array(alike, dtype=bool)
