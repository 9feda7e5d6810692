"""How well the given labels fit, by the present network."""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor, nn

from ...supervision.gather import gather_rows
from ...supervision.walk import Walk, WalkBatch

__all__ = ['LabelConfidence', 'by_prediction', 'confirmed', 'label_confidence']


class LabelConfidence(NamedTuple):
    """One row a sample.

    Attributes:
        scores: (N,) float32 in [0, 1], how well the given label fits.
        suggested: (N,) int32, the label that fits best.
    """

    scores: Tensor
    suggested: Tensor


def confirmed(found: LabelConfidence, given: Tensor) -> Tensor:
    """(N,) bool, where the best label is the given one; not where no image loads."""
    return (found.suggested == given) & (found.scores > 0)


def by_prediction(batch: WalkBatch, labels: Tensor) -> LabelConfidence:
    """The probability of the labels (B,), and the predictions."""
    return LabelConfidence(
        batch.probs.gather(1, labels[:, None])[:, 0], batch.probs.argmax(dim=1)
    )


def label_confidence(
    walk: Walk,
    model: nn.Module,
    given: Tensor,
    judge: Callable[[WalkBatch, Tensor], LabelConfidence] = by_prediction,
) -> LabelConfidence:
    """Judge every sample of a walk.

    Args:
        walk: Over the samples.
        model: The classifier, without a wrapper.
        given: (N,) integers, their given labels.
        judge: What to make of a batch and its labels (B,), on the model's device.

    Returns:
        The same on every rank; score 0 and the given label for a sample whose
        image does not load.
    """
    given = given.to(torch.int32)
    scores, suggested = torch.zeros(len(given)), given.clone()
    have = torch.zeros(len(given), dtype=torch.bool)
    for batch in walk(model):
        labels = given[batch.rows].long().to(batch.probs.device)
        found = judge(batch, labels)
        scores[batch.rows] = found.scores.float().cpu()
        suggested[batch.rows] = found.suggested.to(torch.int32).cpu()
        have[batch.rows] = True
    scores, seen = gather_rows(have, scores)
    suggested = torch.where(seen, gather_rows(have, suggested)[0], given)
    return LabelConfidence(scores, suggested)
