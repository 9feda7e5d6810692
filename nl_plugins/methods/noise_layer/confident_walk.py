"""Guesses of the true labels of a training set, from a network's predictions."""

from typing import Any

import torch
from mmengine.dist import all_reduce
from torch import Tensor

from ...functional import confidence_totals, confident_labels, self_confidence
from ...supervision.walk import Walk

__all__ = ['walk_confident_labels']


def walk_confident_labels(model: Any, walk: Walk, labels: Tensor) -> Tensor:
    """The class that each sample confidently belongs to (confident learning).

    Two walks, one for the thresholds and one for the labels, so that no predictions
    are kept.

    Args:
        model: The classifier, without a wrapper.
        walk: Walk over the training set.
        labels: (N,) int64, the given labels; samples with -1 have none and teach
            nothing.

    Returns:
        (N,) int64, the same on all ranks; -1 where no class reaches its threshold.
    """
    totals: Any = 0
    for batch in walk(model):
        known = labels[batch.rows] >= 0
        probs, given = batch.probs.cpu()[known], labels[batch.rows][known]
        totals = totals + confidence_totals(probs, given)
    all_reduce(totals, 'sum')
    thresholds = self_confidence(totals)
    found = walk.collect(
        model,
        lambda batch: dict(labels=confident_labels(batch.probs.cpu(), thresholds)),
    )
    return torch.where(found.known, found['labels'], -1)
