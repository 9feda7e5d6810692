"""How well the given labels fit, which of them to keep, and what was kept."""

from collections.abc import Callable, Mapping

import torch
from torch import Tensor, nn

from ...functional import select_highest
from ...supervision.walk import Walk, WalkBatch, by_prediction

__all__ = ['Judge', 'confident_selection', 'label_confidence', 'selection_summary']

Judge = Callable[[WalkBatch, Tensor], dict[str, Tensor]]
"""Gives ``scores`` (B,), how well labels (B,) fit, and the ``suggested`` ones (B,)."""


def label_confidence(
    walk: Walk, model: nn.Module, given: Tensor, judge: Judge = by_prediction
) -> dict[str, Tensor]:
    """Judge the given labels (N,) of the samples of a walk, with an unwrapped model.

    Returns:
        ``scores`` (N,) float32 in [0, 1] and ``suggested`` (N,) labels, alike on all
        ranks. A sample whose image does not load has score 0 and the given label.
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


def selection_summary(
    selected: Tensor,
    given: Tensor,
    true_labels: Tensor,
    verification: Tensor,
) -> dict[str, float]:
    """Shares of the samples, and how many of the kept labels are right: Table 2.

    Args:
        selected: (N,) bool, whose labels are kept.
        given: (N,) given labels.
        true_labels: (N,) true labels, -1 where unknown.
        verification: (N,) 1 right, 0 wrong, -1 unknown; used without a true label.

    Returns:
        ``selected``; if something is known also ``kept_right``, ``kept_wrong`` and
        ``unlabelled``, shares of the samples where it is, and ``kept_accuracy`` (nan if
        none of those is kept).
    """
    summary = dict(selected=_share(selected))
    right = torch.where(true_labels >= 0, (given == true_labels).long(), verification)
    known = right >= 0
    if not known.any():
        return summary
    kept_right = _share((selected & (right == 1))[known])
    kept_wrong = _share((selected & (right == 0))[known])
    kept = kept_right + kept_wrong
    accuracy = kept_right / kept if kept else float('nan')
    summary.update(kept_right=kept_right, kept_wrong=kept_wrong)
    return dict(summary, unlabelled=_share(~selected[known]), kept_accuracy=accuracy)


def _share(mask: Tensor) -> float:
    return float(mask.double().mean())
