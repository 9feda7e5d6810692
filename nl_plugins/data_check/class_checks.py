"""Classes and their sizes: empty, named differently, not as published."""

from collections.abc import Iterator, Sequence

import numpy as np
from mmpretrain.datasets import KFoldDataset

from ..visualization.text import visible_text
from .finding import WARNING, Finding
from .parts import Part

__all__ = ['COUNTED', 'class_findings', 'class_name', 'class_sizes', 'published_count']

MOST_NAMES = 10
# Labels from here on are not counted where nothing tells the number of classes.
COUNTED = 1_000_000


def class_sizes(part: Part) -> np.ndarray:
    """(K,) samples of each class of the dataset (else of the model)."""
    labels, named = part.survey['label'], len(part.class_names)
    limit = max(named, part.num_classes or 0) or COUNTED
    valid = labels[(labels >= 0) & (labels < limit)]
    return np.bincount(valid, minlength=named or part.num_classes or 0)


def class_name(names: Sequence[str], label: int) -> str:
    """The number of a class and, where there is one, its name; fit to be printed."""
    name = visible_text(names[label]) if 0 <= label < len(names) else ''
    return str(label) if name in ('', str(label)) else f'{label} {name}'


def published_count(part: Part) -> int | None:
    """What ``PUBLISHED_COUNTS`` of the dataset says of its ``split``.

    None for a dataset that says nothing, and where only some samples are used.
    """
    chain = list(part.datasets())
    chosen = (getattr(d, '_indices', None) is not None for d in chain)
    folds = (isinstance(d, KFoldDataset) or hasattr(d, 'datasets') for d in chain)
    if not part.whole or any(chosen) or any(folds):
        return None
    counts = getattr(chain[-1], 'PUBLISHED_COUNTS', None) or {}
    return counts.get(getattr(chain[-1], 'split', None))


def class_findings(parts: Sequence[Part]) -> Iterator[Finding]:
    """What is wrong with the classes of the surveyed parts."""
    for part in parts:
        yield from _of_one(part)
    named = [part for part in parts if part.class_names]
    for part in named[1:]:
        if part.class_names != named[0].class_names:
            yield _other_names(named[0], part)


def _of_one(part: Part) -> Iterator[Finding]:
    names, num_classes = part.class_names, part.num_classes
    if num_classes is not None and names and len(names) != num_classes:
        message = f'the dataset names {len(names)} classes, the model has {num_classes}'
        advice = 'correct `num_classes` of the head and the data preprocessor, or '
        advice += '`classes` of the dataset'
        yield part.finding(WARNING, 'classes', message, advice)
    sizes = class_sizes(part)
    empty = np.flatnonzero(sizes == 0)
    if empty.size:
        shown = [class_name(names, label) for label in empty[:MOST_NAMES].tolist()]
        message = f'{empty.size:,} of {len(sizes):,} classes have no sample: '
        message += ', '.join(shown) + (', ...' if empty.size > MOST_NAMES else '')
        advice = 'look for their images and annotations, or for another numbering'
        yield part.finding(WARNING, 'empty class', message, advice)
    published = published_count(part)
    if published is not None and published != len(part):
        message = f'{len(part):,} samples, where {published:,} were published'
        advice = 'look whether a download or an annotation file is incomplete'
        yield part.finding(WARNING, 'published count', message, advice)


def _other_names(first: Part, other: Part) -> Finding:
    names, others = first.class_names, other.class_names
    differ = (i for i, (a, b) in enumerate(zip(names, others)) if a != b)
    label = next(differ, min(len(names), len(others)))
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
    return other.finding(WARNING, 'classes (names)', message, advice)
