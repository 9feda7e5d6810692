"""Verification labels that people gave, matched to samples by their paths."""

import os
from pathlib import Path

import numpy as np

from ..datasets.training_set import TrainingSet
from ..formats.verification_file import read_verification_file, write_verification_file

__all__ = ['merge_marks', 'write_marks']


def merge_marks(
    paths: list[Path], samples: TrainingSet
) -> tuple[np.ndarray, list[str]]:
    """(N,) int64 verification labels, and what was not used.

    Of several files that speak of a sample the last counts. Rows are matched by path
    (by ``sample_idx`` where the samples have none), so samples may have come or gone
    since. What was verified is a label: where the sample has another one now, the mark
    is not used.

    Args:
        paths: Files of ``verify`` or of the report, or such as ``VerificationLabels``
            reads.
        samples: What they are about.
    """
    marks = samples.verification.numpy().copy()
    given = samples.given_labels.numpy()
    names = samples.paths()
    places = {name: row for row, name in enumerate(names) if name}
    notes = []
    for path in paths:
        columns = read_verification_file(path).columns
        gone = changed = 0
        read = (columns[n] for n in ('sample_idx', 'img_path', 'given_label'))
        for index, name, label, mark in zip(*read, columns['verification']):
            row = _place(str(name), int(index), places, len(names))
            gone += row is None
            if row is None or mark < 0:
                continue
            if given[row] == label:
                marks[row] = mark
            else:
                changed += 1
        for count, what in ((gone, 'are not here'), (changed, 'have another label')):
            if count:
                notes.append(f'{path}: {count} of its samples {what}: not used')
    return marks, notes


def write_marks(path: Path, marks: np.ndarray, samples: TrainingSet) -> None:
    """Write the samples that are marked, as ``VerificationLabels`` reads them."""
    rows = np.flatnonzero(marks >= 0)
    names, given = samples.paths(), samples.given_labels.numpy()
    classes = samples.dataset.metainfo.get('classes') or ()
    write_verification_file(
        path,
        rows=rows,
        img_paths=[names[row] for row in rows],
        given_labels=given[rows],
        class_names=[
            str(classes[given[row]]) if given[row] < len(classes) else ''
            for row in rows
        ],
        verification=marks[rows],
    )


def _place(name: str, index: int, places: dict[str, int], size: int) -> int | None:
    if not places:  # arrays, which have no paths
        return index if index < size else None
    if name in places:
        return places[name]
    # written for more or fewer of the folders
    ends = [row for known, row in places.items() if _same_end(known, name)]
    return ends[0] if name and len(ends) == 1 else None


def _same_end(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    return os.path.dirname(short) != '' and long.endswith('/' + short)
