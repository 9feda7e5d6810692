"""Verification labels that people gave, matched to samples by their paths."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ..datasets.training_set import TrainingSet
from ..datasets.verified_rows import VerifiedRows, verified_rows
from ..formats.csv_kinds import is_unknown
from ..formats.label_file import write_label_file
from .sample_list import sample_list

__all__ = ['LostMark', 'Marks', 'mark_words', 'merge_marks', 'write_marks']


class LostMark(NamedTuple):
    """A mark of a sample that is gone, or has another label now."""

    label: int  # that was verified
    name: str  # of this label, '' unknown
    verification: int


class Marks(NamedTuple):
    """Verification labels that lists give to N samples, and to others."""

    verification: np.ndarray  # (N,) int8, 1, 0, or -1: unsure, or no list speaks
    answered: np.ndarray  # (N,) bool, a list speaks
    drawn: np.ndarray  # (N,) bool, marked in a list that was drawn at random
    lost: dict[str, LostMark]  # by the path of the sample, which may come back
    lost_drawn: set[str]  # the paths of those that were drawn at random
    notes: list[str]  # on what was not used


def merge_marks(
    paths: Sequence[Path], samples: TrainingSet, drawn: Sequence[Path] = ()
) -> Marks:
    """The marks of several lists, of which the last that speaks of a sample counts.

    What the samples' own dataset says is not asked. See ``verified_rows``.

    Args:
        paths: Lists of samples: of ``verify``, of the report, or any other.
        samples: N samples that they are about.
        drawn: Those of ``paths`` whose samples were drawn at random.
    """
    names = samples.class_names()
    unknown = np.full(len(samples), -1, dtype=np.int8)
    marks = Marks(unknown, unknown >= 0, unknown >= 0, {}, set(), [])
    for path in paths:
        read = verified_rows(path, samples.columns, names)
        marks = marks._replace(verification=read.laid_over(marks.verification))
        lost = _lost_marks(read, samples, bool(names))
        marks.lost.update(lost)
        found = read.rows[read.same]
        marks.answered[found] = True
        if path in drawn:
            marks.drawn[found] = True
            marks.lost_drawn.update(lost)
            marks.notes.extend(_open_note(path, read))
        marks.notes.extend(read.notes)
    known = np.array(samples.paths(), dtype=object)[marks.answered]
    for name in known.tolist():
        marks.lost.pop(name, None)
    return marks


def _open_note(path: Path, read: VerifiedRows) -> list[str]:
    """A part of a draw is none: the images that had a mark before are all in it."""
    if not read.num_open:
        return []
    count = f'{read.num_open} of {read.num_open + len(read.file)} images'
    advice = 'the noise rate is honest when all are marked'
    return [f'{path}: {count} drawn at random have no mark: {advice}']


def _lost_marks(
    read: VerifiedRows, samples: TrainingSet, named: bool
) -> dict[str, LostMark]:
    """Those of a list; a sample without a path cannot come back."""
    lost, paths = {}, samples.paths()
    for row in np.flatnonzero(~read.same).tolist():
        sample, label = int(read.rows[row]), int(read.file.given_labels[row])
        path = paths[sample] if sample >= 0 else str(read.file.img_paths[row])
        if not is_unknown(path):
            name = read.file.class_names.get(label, '') if named else ''
            lost[path] = LostMark(label, name, int(read.file.verification[row]))
    return lost


def write_marks(
    path: Path, marks: Marks, samples: TrainingSet, drawn: bool = False
) -> None:
    """Write marks, as ``VerificationLabels`` and :func:`merge_marks` read them.

    Those of samples that are gone, or have another label, come after the others, with
    a ``sample_idx`` from N on. Nothing is written where there are none.

    Args:
        path: Of the list.
        marks: To write.
        samples: The N samples that they are about.
        drawn: Whether to write only those of samples that were drawn at random.
    """
    rows = np.flatnonzero(marks.drawn if drawn else marks.answered)
    chosen = marks.lost.keys() & marks.lost_drawn if drawn else marks.lost
    lost = {path: mark for path, mark in marks.lost.items() if path in chosen}
    if not len(rows) + len(lost):
        return
    here = sample_list(samples, rows, marks.verification[rows])
    names = _all_names(samples, lost)
    numbers = {name: label for label, name in reversed([*names.items()])}
    more: Any = dict(
        img_paths=[*lost],
        given_labels=[numbers.get(mark.name, mark.label) for mark in lost.values()],
        verification=[mark.verification for mark in lost.values()],
        indices=len(samples) + np.arange(len(lost)),
    )
    columns = {name: [*getattr(here, name), *values] for name, values in more.items()}
    words = mark_words(columns['verification'])
    write_label_file(path, **columns, marks=words, class_names=names)


def mark_words(verification: Any) -> list[str]:
    """What the report calls the verification labels (n,) of samples with an answer.

    >>> mark_words([1, -1, 0])
    ['right', 'unsure', 'wrong']
    """
    words = {1: 'right', 0: 'wrong', -1: 'unsure'}
    return [words[int(value)] for value in verification]


def _all_names(samples: TrainingSet, lost: dict[str, LostMark]) -> dict[int, str]:
    """Names of labels; classes that are gone get numbers that nothing else has."""
    names = dict(enumerate(samples.class_names()))
    gone = {mark.name for mark in lost.values()} - {*names.values(), ''}
    labels = [len(names) - 1, *(mark.label for mark in lost.values())]
    first = 1 + max(*labels, int(samples.given_labels.max()))
    return names | dict(enumerate(sorted(gone), first))
