"""Guesses of the true labels of a training set, from a network's predictions."""

from typing import Any

import torch
from mmengine.dist import all_reduce
from torch import Tensor

from ..functional import confident_labels
from .feature_walk import FeatureWalk
from .gather import merge_rows

__all__ = ['walk_confident_labels']


def walk_confident_labels(model: Any, walk: FeatureWalk, labels: Tensor) -> Tensor:
    """The class that each sample confidently belongs to (confident learning).

    Two walks, one for the thresholds
    (:func:`~nl_plugins.functional.self_confidence`, summed up over batches and ranks)
    and one for the labels, so that no predictions are kept.

    Args:
        model: The classifier, without a wrapper.
        walk: Over the training set.
        labels: (N,) int64, the given labels, -1 for a sample to leave out.

    Returns:
        (N,) int64, the same on all ranks; -1 where no class reaches its threshold.
    """
    totals: Any = 0  # (2, K): sum and number of self-confidences
    for batch in walk(model):
        probs, given = _labelled(batch.probs.cpu(), labels[batch.rows])
        own = probs.gather(1, given[:, None])[:, 0].double()
        part = torch.zeros(2, probs.size(1), dtype=torch.float64)
        totals = totals + part.index_add_(1, given, torch.stack([own, own * 0 + 1]))
    all_reduce(totals, 'sum')
    sums, counts = totals
    thresholds = torch.where(counts > 0, sums / counts.clamp_min(1), 1.0)
    guesses = torch.full_like(labels, -1)
    rows, values = [labels[:0]], [labels[:0]]
    for batch in walk(model):
        known = labels[batch.rows] >= 0
        rows.append(batch.rows[known])
        probs, given = _labelled(batch.probs.cpu(), labels[batch.rows])
        values.append(confident_labels(probs, given, thresholds))
    merge_rows(guesses, torch.cat(rows), torch.cat(values))
    return guesses


def _labelled(probs: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
    known = labels >= 0
    return probs[known], labels[known]
