"""How well the given labels fit, by the present network."""

from collections.abc import Callable, Mapping

import torch
from torch import Tensor, nn

from ...functional import select_highest
from ...supervision.walk import Walk, WalkBatch

__all__ = ['by_prediction', 'confident_selection', 'label_confidence']


def by_prediction(batch: WalkBatch, labels: Tensor) -> dict[str, Tensor]:
    """The probability of the labels (B,), and the predictions."""
    own = batch.probs.gather(1, labels[:, None])[:, 0]
    return dict(scores=own, suggested=batch.probs.argmax(dim=1))


def label_confidence(
    walk: Walk,
    model: nn.Module,
    given: Tensor,
    judge: Callable[[WalkBatch, Tensor], dict[str, Tensor]] = by_prediction,
) -> dict[str, Tensor]:
    """Judge every sample of a walk.

    Args:
        walk: Goes over the samples.
        model: The classifier, without a wrapper.
        given: (N,) integers, their given labels.
        judge: What to make of a batch and its labels (B,), on the model's device.

    Returns:
        ``scores`` (N,) float32 in [0, 1], how well the given label fits, and
        ``suggested`` (N,), the label that fits best; the same on every rank. A sample
        whose image does not load has score 0 and the given label.
    """
    given = given.long()
    found = walk.collect(
        model, lambda batch: judge(batch, given[batch.rows].to(batch.probs.device))
    )
    suggested = torch.where(found.known, found['suggested'], given)
    return dict(scores=found['scores'].float(), suggested=suggested)


def confident_selection(
    found: Mapping[str, Tensor], given: Tensor, threshold: float, min_fraction: float
) -> Tensor:
    """(N,) bool: ``select_confident``, from what was kept of each prediction.

    All K probabilities of a million images would not fit in memory.
    """
    scores = found['scores']
    confirmed = (found['suggested'] == given) & (scores > 0)  # 0: it did not load
    return select_highest(scores, given, threshold, min_fraction, confirmed)
