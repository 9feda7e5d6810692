"""Labels that the model or a method cannot use."""

from collections.abc import Iterator

import numpy as np

from .finding import ERROR, WARNING, Finding
from .parts import NO_LABEL, ODD_LABEL, UNREAD, Part

__all__ = ['label_findings']


def label_findings(part: Part) -> Iterator[Finding]:
    """Given, true and verification labels of a surveyed part that are out of range."""
    for level, check, bad, text, advice in _checks(part):
        indices = np.flatnonzero(bad)
        if indices.size:
            message = f'{indices.size:,} of {len(part):,} {text}'
            advice = f'correct the annotations{advice}'
            yield part.finding(level, check, message, advice, indices)


def _checks(part: Part) -> Iterator[tuple[str, str, np.ndarray, str, str]]:
    """Level, name, (N,) bool whether a sample is bad, message and advice of each."""
    labels, limit = part.survey['label'], part.label_limit
    allowed = '0 or more' if limit is None else f'0 to {limit - 1}'
    text = 'samples have no `gt_label`'
    yield ERROR, 'gt_label', labels == NO_LABEL, text, ''
    text = 'samples have a `gt_label` that is not one integer'
    advice = '; multi-label and soft labels are not supported'
    yield ERROR, 'gt_label (form)', labels == ODD_LABEL, text, advice
    outside = _outside(labels, limit) & (labels > UNREAD)
    text = f'labels are out of range{_histogram(labels[outside])}; allowed is {allowed}'
    advice = ' (labels count from 0) or `num_classes` of the model'
    yield ERROR, 'label range', outside, text, advice
    true_labels = part.survey['true_label']
    outside = _outside(true_labels, limit) & (true_labels != -1)
    text = f'true labels are neither -1 (unknown) nor {allowed}'
    yield WARNING, 'true_label', outside, text, ''
    odd = ~np.isin(part.survey['verification'], (-1, 0, 1))
    text = 'verification labels are not 1 (right), 0 (wrong) or -1 (unknown)'
    yield ERROR, 'verification', odd, text, ''


def _outside(labels: np.ndarray, limit: int | None) -> np.ndarray:
    bad = labels < 0
    return bad if limit is None else bad | (labels >= limit)


def _histogram(labels: np.ndarray, most: int = 5) -> str:
    values, counts = np.unique(labels, return_counts=True)
    order = np.argsort(-counts, kind='stable')[:most]
    texts = [f'{counts[i]:,} times {values[i]}' for i in order]
    rest = ', ...' if len(values) > most else ''
    return f' ({", ".join(texts)}{rest})'
