"""Verification labels that people gave, matched to samples by their paths."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ..datasets.training_set import TrainingSet
from ..datasets.verified_rows import VerifiedRows, verified_rows
from ..detection.label_estimate import FEWEST_DRAWN
from ..formats.csv_kinds import is_unknown
from ..formats.label_file import write_label_file
from .sample_list import sample_list

__all__ = ['LostMark', 'Marks', 'count_outlook', 'mark_words', 'merge_marks',
           'rate_outlook', 'write_marks']  # fmt: skip

MORE = 200  # marks that an outlook speaks of


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


def rate_outlook(
    rate: float, error: float, count: int, size: int, more: int = MORE
) -> str:
    """What is known of the noise rate, and how much more marks would tell.

    The interval is that of 95 %, for the draw: it is honest only for samples that were
    drawn at random, each class its share. With n of N drawn, the standard error falls
    as the root of (1 - n / N) / n (sampling without replacement).

    Args:
        rate: Estimate of the share of wrong labels.
        error: Its standard error.
        count: n, the samples that were drawn and marked.
        size: N.
        more: How many more to speak of; fewer where fewer are left.

    Raises:
        ValueError: If nothing is marked, or more than there is.

    >>> rate_outlook(0.38, 0.0255, 60, 10_000)
    'noise rate 0.38 ± 0.05 from 60 random marks; 200 more would give ± 0.02'
    >>> rate_outlook(0.38, 0.0, 60, 60)
    'noise rate 0.38 ± 0.00 from 60 random marks'
    """
    if not 0 < count <= size:
        raise ValueError(f'{count} of {size} samples cannot be marked')
    text = f'noise rate {rate:.2f} ± {1.96 * error:.2f} from {count} random marks'
    more = min(more, size - count)
    if not more:
        return text
    now, then = (1 / number - 1 / size for number in (count, count + more))
    left = 1.96 * error * (then / now) ** 0.5
    return f'{text}; {more} more would give ± {left:.2f}'


def count_outlook(wrong: int, count: int, size: int) -> str:
    """:func:`rate_outlook` of marks alone, without the scores that `find` has.

    The share of the drawn whose label is wrong; its error is that of one more sample
    of each kind, since a share of 0 is not certain. Fewer than 20 marks say how many
    are missing.

    >>> count_outlook(23, 60, 10_000)
    'noise rate 0.38 ± 0.12 from 60 random marks; 200 more would give ± 0.06'
    >>> count_outlook(1, 8, 10_000)
    '8 random marks: 12 more, and the noise rate can be told from them'
    """
    if count < FEWEST_DRAWN:
        missing = FEWEST_DRAWN - count
        what = 'and the noise rate can be told from them'
        return f'{count} random marks: {missing} more, {what}'
    share = (wrong + 1) / (count + 2)
    error = (share * (1 - share) * (1 / count - 1 / size)) ** 0.5
    return rate_outlook(wrong / count, error, count, size)
