"""Labels that the model or a method cannot use."""

import numpy as np

from .finding import ERROR, WARNING, Finding
from .image_status import ImageStatus
from .parts import Part
from .survey import NO_LABEL, ODD_LABEL

__all__ = ['COUNTED', 'label_findings', 'label_limit']

# Labels from here on are not counted where nothing tells the number of classes.
COUNTED = 1_000_000

_MEND = 'mend the annotations'


def label_limit(part: Part, num_classes: int | None) -> int | None:
    """Labels must be below this: the model's classes, else the dataset's."""
    return num_classes or len(part.class_names) or None


def label_findings(part: Part, num_classes: int | None) -> list[Finding]:
    """Given, true and verification labels of a part that are out of range.

    Args:
        part: Surveyed.
        num_classes: Of the model; None if it is unknown.
    """
    labels, limit = part.survey['label'], label_limit(part, num_classes)
    known = part.survey['status'] != ImageStatus.UNKNOWN
    absent, odd = labels == NO_LABEL, labels == ODD_LABEL
    outside = _outside(labels, limit) & ~absent & ~odd
    true_labels = part.survey['true_label']
    checks = [
        (ERROR, 'gt_label', absent & known, 'samples have no `gt_label`', _MEND),
        (
            ERROR,
            'gt_label (form)',
            odd,
            'samples have a `gt_label` that is not one integer',
            _MEND + '; multi-label and soft labels are not supported',
        ),
        (
            ERROR,
            'label range',
            outside,
            f'labels are out of range{_histogram(labels[outside])}; allowed is '
            f'{_allowed(limit)}',
            f'{_MEND} (labels count from 0) or `num_classes` of the model',
        ),
        (
            WARNING,
            'true_label',
            _outside(true_labels, limit) & (true_labels != -1),
            f'true labels are neither -1 (unknown) nor {_allowed(limit)}',
            _MEND,
        ),
        (
            ERROR,
            'verification',
            ~np.isin(part.survey['verification'], (-1, 0, 1)),
            'verification labels are not 1 (right), 0 (wrong) or -1 (unknown)',
            _MEND,
        ),
    ]
    findings = []
    for level, check, bad, text, advice in checks:
        rows = np.flatnonzero(bad)
        if rows.size:
            message = f'{rows.size:,} of {len(part):,} {text}'
            samples = part.start + rows
            findings.append(Finding(level, check, part.name, message, advice, samples))
    return findings


def _outside(labels: np.ndarray, limit: int | None) -> np.ndarray:
    bad = labels < 0
    return bad if limit is None else bad | (labels >= limit)


def _allowed(limit: int | None) -> str:
    return '0 or more' if limit is None else f'0 to {limit - 1}'


def _histogram(labels: np.ndarray, most: int = 5) -> str:
    values, counts = np.unique(labels, return_counts=True)
    order = np.argsort(-counts, kind='stable')[:most]
    texts = [f'{counts[i]:,} times {values[i]}' for i in order]
    rest = ', ...' if len(values) > most else ''
    return f' ({", ".join(texts)}{rest})'
