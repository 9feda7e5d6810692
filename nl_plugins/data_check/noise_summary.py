"""How noisy the given labels are, as far as true or verification labels tell."""

from typing import Any

import numpy as np

__all__ = ['noise_summary']


def noise_summary(survey: np.ndarray, limit: int) -> dict[str, Any]:
    """The noise rate, and how true labels turned into given ones.

    Args:
        survey: (N,) records of :data:`~.parts.SURVEY`.
        limit: Labels of this and more are left out.

    Returns:
        Where a true label is known, ``true_label``: ``known`` (how many), ``rate``
        and ``transition_counts``, ``[true, given, count]`` by count, then by class.
        Where labels were verified, ``verification``: ``known``, ``rate`` and
        ``classes``, ``[given, known, wrong]``.
    """
    given, true = survey['label'], survey['true_label']
    verification = survey['verification']
    usable = (given >= 0) & (given < limit)
    summary: dict[str, Any] = {}
    known = usable & (true >= 0) & (true < limit)
    if known.any():
        pairs, counts = np.unique(
            np.stack([true[known], given[known]]), axis=1, return_counts=True
        )
        order = np.argsort(-counts, kind='stable')
        summary['true_label'] = dict(
            known=int(known.sum()),
            rate=float((given[known] != true[known]).mean()),
            transition_counts=np.vstack([pairs, counts])[:, order].T.tolist(),
        )
    known = usable & ((verification == 0) | (verification == 1))
    if known.any():
        wrong = verification[known] == 0
        classes, places = np.unique(given[known], return_inverse=True)
        columns = [classes, np.bincount(places), np.bincount(places, wrong)]
        summary['verification'] = dict(
            known=int(known.sum()),
            rate=float(wrong.mean()),
            classes=np.column_stack(columns).astype(int).tolist(),
        )
    return summary
