"""Verification labels that people gave, matched to samples by their paths."""

from pathlib import Path

import numpy as np

from ..datasets.class_names import class_names
from ..datasets.training_set import TrainingSet
from ..datasets.verified_rows import verified_rows
from ..formats.label_file import LabelFile, write_label_file

__all__ = ['merge_marks', 'write_marks']


def merge_marks(
    paths: list[Path], samples: TrainingSet
) -> tuple[np.ndarray, list[str]]:
    """(N,) int64 verification labels, and what was not used.

    Of several files that speak of a sample the last counts; see ``verified_rows``.

    Args:
        paths: Lists of samples: of ``verify``, of the report, or any other.
        samples: What they are about.
    """
    marks, notes = samples.verification.numpy().astype(np.int64), []
    for path in paths:
        read = verified_rows(path, samples.columns)
        marks = np.where(read.verification >= 0, read.verification, marks)
        notes += read.notes
    return marks, notes


def write_marks(path: Path, marks: np.ndarray, samples: TrainingSet) -> None:
    """Write the samples that are marked, as ``VerificationLabels`` reads them."""
    file = LabelFile(
        img_paths=samples.paths(),
        given_labels=samples.given_labels.numpy(),
        verification=marks,
        class_names=class_names(samples.dataset),
    )
    write_label_file(path, **vars(file.take(np.flatnonzero(marks >= 0))))
