"""Labels out of range; classes that are empty, misnamed or not as published; notes."""

import math
from collections.abc import Iterator, Sequence

import numpy as np

from ..datasets.class_names import ADVICE, check_folders, names_differ
from ..datasets.folder_names import ADVICE as FOLDER_ADVICE
from ..datasets.folder_names import contradiction, some_rows
from ..datasets.nested import nested
from ..visualization.text import visible_text
from .finding import ERROR, WARNING, Finding
from .parts import MEASURED, NO_LABEL, ODD_LABEL, UNREAD, Part

__all__ = ['COUNTED', 'class_findings', 'class_name', 'class_sizes', 'label_findings']

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


def class_findings(parts: Sequence[Part]) -> Iterator[Finding]:
    """What is wrong with the classes of the surveyed parts."""
    for part in parts:
        for check, message, advice in _of_one(part):
            yield part.finding(WARNING, check, message, advice)
        yield from _folders(part)
    named = [part for part in parts if part.class_names]
    for part in named[1:]:
        differ = names_differ(named[0].class_names, part.class_names)
        if differ is not None:
            yield _other_names(named[0], part, *differ)


def _of_one(part: Part) -> Iterator[tuple[str, str, str]]:
    names, num_classes, sizes = part.class_names, part.num_classes, class_sizes(part)
    if num_classes is not None and names and len(names) != num_classes:
        message = f'the dataset names {len(names)} classes, the model has {num_classes}'
        advice = 'correct `num_classes` of the head and the data preprocessor, or '
        yield 'classes', message, f'{advice}`classes` of the dataset'
    empty = np.flatnonzero(sizes == 0)
    if empty.size:
        shown = [class_name(names, label) for label in empty[:MOST_NAMES].tolist()]
        message = f'{empty.size:,} of {len(sizes):,} classes have no sample: '
        message += ', '.join(shown) + (', ...' if empty.size > MOST_NAMES else '')
        advice = 'look for their images, or for another numbering'
        yield 'empty class', message, advice
    published = part.published_count
    if published is not None and published != len(part):
        message = f'{len(part):,} samples, where {published:,} were published'
        advice = 'look whether a download or an annotation file is incomplete'
        yield 'published count', message, advice
    notes = [n for each in nested(part.dataset) for n in getattr(each, 'notes', ())]
    if notes:  # what the datasets themselves found odd, and left out
        advice = 'look whether something is left out that should not be; of a release, '
        advice += 'the docstring of the dataset says what it has of this'
        yield 'notes', '; '.join(notes), advice


def _folders(part: Part) -> Iterator[Finding]:
    """Whether folders have the names of other classes than the labels inside."""
    try:
        check_folders(part.dataset)
    except ValueError as error:
        advice = 'number the classes of all datasets by one list of names'
        yield part.finding(ERROR, 'classes (folders)', str(error), advice)
        return
    samples = [part.sample(row) for row in some_rows(len(part))]
    labelled = ((sample['img_path'], sample['label']) for sample in samples)
    text = contradiction(labelled, part.class_names)
    if text is not None:
        yield part.finding(WARNING, 'classes (folders)', text, FOLDER_ADVICE)


def _other_names(first: Part, other: Part, reordered: bool, text: str) -> Finding:
    message = f'its classes differ from those of {first.name}: {text}'
    if reordered:
        message += '; they are the same names in another order'
    measured = other.split in MEASURED or first.split in MEASURED
    level = WARNING if measured and not reordered else ERROR
    return other.finding(level, 'classes (names)', message, ADVICE)


def label_findings(part: Part) -> Iterator[Finding]:
    """Given, true and verification labels of a surveyed part that are out of range."""
    for level, check, bad, text, advice in _checks(part):
        indices = np.flatnonzero(bad)
        if indices.size:
            message = f'{indices.size:,} of {len(part):,} {text}'
            advice = f'correct the labels{advice}'
            yield part.finding(level, check, message, advice, indices)


def _checks(part: Part) -> Iterator[tuple[str, str, np.ndarray, str, str]]:
    """Level, name, (N,) bool whether a sample is bad, message and advice of each."""
    labels, true_labels = part.survey['label'], part.survey['true_label']
    limit = part.label_limit or math.inf
    allowed = '0 or more' if limit == math.inf else f'0 to {limit - 1}'
    text = 'samples have no `gt_label`'
    yield ERROR, 'gt_label', labels == NO_LABEL, text, ''
    text = 'samples have a `gt_label` that is not one integer'
    advice = '; multi-label and soft labels are not supported'
    yield ERROR, 'gt_label (form)', labels == ODD_LABEL, text, advice
    outside = ((labels < 0) | (labels >= limit)) & (labels > UNREAD)
    text = f'labels are out of range{_histogram(labels[outside])}; allowed is {allowed}'
    advice = ' (labels count from 0) or `num_classes` of the model'
    yield ERROR, 'label range', outside, text, advice
    outside = (true_labels < -1) | (true_labels >= limit)
    text = f'true labels are neither -1 (unknown) nor {allowed}'
    yield WARNING, 'true_label', outside, text, ''
    odd = ~np.isin(part.survey['verification'], (-1, 0, 1))
    text = 'verification labels are not 1 (right), 0 (wrong) or -1 (unknown)'
    yield ERROR, 'verification', odd, text, ''


def _histogram(labels: np.ndarray) -> str:
    most = 5
    values, counts = np.unique(labels, return_counts=True)
    order = np.argsort(-counts, kind='stable')[:most]
    texts = [f'{counts[i]:,} times {values[i]}' for i in order]
    return f' ({", ".join(texts)}{", ..." if len(values) > most else ""})'
