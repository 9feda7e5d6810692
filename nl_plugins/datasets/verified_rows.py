"""Verification labels of a list, for the samples of a dataset."""

import os
from typing import NamedTuple

import numpy as np

from ..formats.label_file import read_label_file
from .matched_rows import matched_rows
from .sample_columns import SampleColumns

__all__ = ['VerifiedRows', 'verified_rows']


class VerifiedRows(NamedTuple):
    """What a list says of N samples."""

    verification: np.ndarray  # (N,) int8: 1 the given label is right, 0 wrong, -1 open
    num_listed: int  # samples that the list gives a verification label
    notes: list[str]  # on those that are not used


def verified_rows(path: str | os.PathLike, columns: SampleColumns) -> VerifiedRows:
    """Read the verification labels of a list of samples.

    Rows are matched by path, so samples may have come and gone since. What was verified
    is a label: where the sample has another one now, it is not used.

    Raises:
        ValueError: As ``read_label_file``.
    """
    file = read_label_file(path)
    file = file.take(np.flatnonzero(file.verification >= 0))
    contents = None if file.contents is None else file.contents.tolist()
    named = file.img_paths, file.indices.tolist()
    rows = matched_rows(*named, columns.paths, contents)
    here = rows >= 0
    same = here & (columns.labels[rows] == file.given_labels)
    verification = np.full(len(columns), -1, dtype=np.int8)
    verification[rows[same]] = file.verification[same]
    notes = []
    for unused, what in ((~here, 'are gone'), (here & ~same, 'have another label now')):
        for row in np.flatnonzero(unused)[:1]:
            name = file.img_paths[row] or f'sample {file.indices[row]}'
            count = f'{int(unused.sum())} of {len(file)} verified samples {what}'
            notes.append(f'{path}: {count}, the first is {name!r}: not used')
    return VerifiedRows(verification, len(file), notes)
