"""Classes and their sizes: empty, named differently, not as published."""

from collections.abc import Sequence

import numpy as np
from mmpretrain.datasets import KFoldDataset

from ..visualization.text import visible_text
from .dataset_leaves import datasets_inside
from .finding import WARNING, Finding
from .label_checks import COUNTED
from .parts import Part

__all__ = ['class_findings', 'class_name', 'class_sizes', 'published_count']

MOST_NAMES = 10


def class_sizes(part: Part, num_classes: int | None) -> np.ndarray:
    """(K,) samples of each class of the dataset (else of the model)."""
    labels, named = part.survey['label'], len(part.class_names)
    limit = max(named, num_classes or 0) or COUNTED
    valid = labels[(labels >= 0) & (labels < limit)]
    return np.bincount(valid, minlength=named or num_classes or 0)


def class_name(names: Sequence[str], label: int) -> str:
    """The number of a class and, where there is one, its name; fit to be printed."""
    name = visible_text(names[label]) if 0 <= label < len(names) else ''
    return str(label) if name in ('', str(label)) else f'{label} {name}'


def published_count(part: Part) -> int | None:
    """What ``PUBLISHED_COUNTS`` of the dataset says of its ``split``.

    None for a dataset that says nothing, and where only some samples are used.
    """
    chain = list(datasets_inside(part.dataset))
    chosen = (getattr(d, '_indices', None) is not None for d in chain)
    folds = (isinstance(d, KFoldDataset) or hasattr(d, 'datasets') for d in chain)
    if not part.whole or any(chosen) or any(folds):
        return None
    counts = getattr(chain[-1], 'PUBLISHED_COUNTS', None) or {}
    return counts.get(getattr(chain[-1], 'split', None))


def class_findings(parts: Sequence[Part], num_classes: int | None) -> list[Finding]:
    """What is wrong with the classes of the surveyed parts.

    Args:
        parts: Surveyed.
        num_classes: Of the model; None if it is unknown.
    """
    findings = []
    for part in parts:
        findings += _of_one(part, num_classes)
    named = [part for part in parts if part.class_names]
    for part in named[1:]:
        findings += _other_names(named[0], part)
    return findings


def _of_one(part: Part, num_classes: int | None) -> list[Finding]:
    findings = []

    def warn(check: str, message: str, advice: str) -> None:
        findings.append(Finding(WARNING, check, part.name, message, advice))

    names = part.class_names
    if num_classes is not None and names and len(names) != num_classes:
        warn(
            'classes',
            f'the dataset names {len(names)} classes, the model has {num_classes}',
            'mend `num_classes` of the head and the data preprocessor, or `classes` '
            'of the dataset',
        )
    sizes = class_sizes(part, num_classes)
    empty = np.flatnonzero(sizes == 0)
    if empty.size:
        shown = [class_name(names, label) for label in empty[:MOST_NAMES].tolist()]
        rest = ', ...' if empty.size > MOST_NAMES else ''
        warn(
            'empty class',
            f'{empty.size:,} of {len(sizes):,} classes have no sample: '
            f'{", ".join(shown)}{rest}',
            'look for their images and annotations, or for another numbering',
        )
    published = published_count(part)
    if published is not None and published != len(part):
        warn(
            'published count',
            f'{len(part):,} samples, where {published:,} were published',
            'look whether a download or an annotation file is incomplete',
        )
    return findings


def _other_names(first: Part, other: Part) -> list[Finding]:
    names, others = list(first.class_names), list(other.class_names)
    if names == others:
        return []
    pairs = zip(names, others)
    label = next((i for i, (a, b) in enumerate(pairs) if a != b), None)
    if label is None:
        label = min(len(names), len(others))
    message = (
        f'its classes differ from those of {first.name}: {len(others)} and '
        f'{len(names)}, and the first that differs is "{class_name(others, label)}" '
        f'here, "{class_name(names, label)}" there'
    )
    advice = (
        'if only the spelling differs, ignore this; else the same label means '
        'different things: give all datasets the same `classes` (a folder that is '
        'missing shifts the labels of a dataset read from folders)'
    )
    return [Finding(WARNING, 'classes (names)', other.name, message, advice)]
