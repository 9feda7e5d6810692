"""How noisy the given labels are, as far as true or verification labels tell."""

from typing import Any

import numpy as np

__all__ = ['noise_figures']


def noise_figures(survey: np.ndarray, limit: int) -> dict[str, Any]:
    """The noise rate, and how true labels turned into given ones.

    Args:
        survey: (N,) records of :data:`~.survey.SURVEY`.
        limit: Labels of this and more are left out.

    Returns:
        Where a true label is known, ``true_label``: ``known`` (how many), ``rate``
        and ``transition_counts``, ``[true, given, count]`` by count, then by class.
        Where labels were verified, ``verification``: ``known``, ``rate`` and
        ``classes``, ``[given, known, wrong]``.
    """
    given, true = survey['label'], survey['true_label']
    usable = (given >= 0) & (given < limit)
    figures: dict[str, Any] = {}
    known = usable & (true >= 0) & (true < limit)
    if known.any():
        width = int(given[known].max()) + 1
        pairs, counts = np.unique(
            true[known] * width + given[known], return_counts=True
        )
        order = np.argsort(-counts, kind='stable')
        columns = [pairs // width, pairs % width, counts]
        figures['true_label'] = dict(
            known=int(known.sum()),
            rate=float((given[known] != true[known]).mean()),
            transition_counts=np.column_stack(columns)[order].tolist(),
        )
    verification = survey['verification']
    known = usable & ((verification == 0) | (verification == 1))
    if known.any():
        classes, index = np.unique(given[known], return_inverse=True)
        wrong = verification[known] == 0
        columns = [
            classes,
            np.bincount(index),
            np.bincount(index[wrong], minlength=len(classes)),
        ]
        figures['verification'] = dict(
            known=int(known.sum()),
            rate=float(wrong.mean()),
            classes=np.column_stack(columns).tolist(),
        )
    return figures
