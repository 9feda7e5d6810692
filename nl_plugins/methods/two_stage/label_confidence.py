"""How well the given labels fit, by the present network."""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor, nn

from ...functional import select_highest
from ...supervision.walk import Walk, WalkBatch

__all__ = [
    'LabelConfidence',
    'by_prediction',
    'confident_selection',
    'label_confidence',
]


class LabelConfidence(NamedTuple):
    """How well labels fit, of N samples.

    Attributes:
        scores: (N,) float32 in [0, 1], how well the given label fits.
        suggested: (N,) integers, the label that fits best.
    """

    scores: Tensor
    suggested: Tensor


def by_prediction(batch: WalkBatch, labels: Tensor) -> LabelConfidence:
    """The probability of the labels (B,), and the predictions."""
    own = batch.probs.gather(1, labels[:, None])[:, 0]
    return LabelConfidence(own, batch.probs.argmax(dim=1))


def label_confidence(
    walk: Walk,
    model: nn.Module,
    given: Tensor,
    judge: Callable[[WalkBatch, Tensor], LabelConfidence] = by_prediction,
) -> LabelConfidence:
    """Judge every sample of a walk.

    Args:
        walk: Goes over the samples.
        model: The classifier, without a wrapper.
        given: (N,) integers, their given labels.
        judge: What to make of a batch and its labels (B,), on the model's device.

    Returns:
        The same on every rank; score 0 and the given label for a sample whose
        image does not load.
    """
    given = given.long()

    def judged(batch: WalkBatch) -> dict[str, Tensor]:
        return judge(batch, given[batch.rows].to(batch.probs.device))._asdict()

    columns = walk.collect(model, judged)
    suggested = torch.where(columns.known, columns['suggested'], given)
    return LabelConfidence(columns['scores'].float(), suggested)


def confident_selection(
    found: LabelConfidence, given: Tensor, threshold: float, min_fraction: float
) -> Tensor:
    """(N,) bool: ``select_confident``, from what was kept of each prediction.

    All K probabilities of a million images would not fit in memory.
    """
    confirmed = (found.suggested == given) & (found.scores > 0)  # 0: it did not load
    return select_highest(found.scores, given, threshold, min_fraction, confirmed)
