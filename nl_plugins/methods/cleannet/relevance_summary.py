"""Figures of a round of CleanNet."""

import torch
from torch import Tensor

from ...functional import detection_error

__all__ = ['relevance_summary']


def relevance_summary(
    similarity: Tensor,
    thresholds: Tensor,
    cross_validated: Tensor,
    transferred: Tensor,
    given: Tensor,
    verification: Tensor,
    num_classes: int,
    known: Tensor,
    held_out: Tensor | None = None,
    true_labels: Tensor | None = None,
) -> dict[str, float]:
    """How well the round separates right from wrong labels.

    Args:
        similarity: (N,) cosines.
        thresholds: (N,) delta for each sample.
        cross_validated: (N,) cosines of verified samples by a network that did not
            learn from them, NaN elsewhere.
        transferred: (N,) the same, by a network that learnt nothing of their class;
            all NaN where no class needs that.
        given: (N,) int64 given labels.
        verification: (N,) the verification labels that were learnt from.
        num_classes: K.
        known: (N,) bool, the samples that have a cosine.
        held_out: (N,) verification labels that were not learnt from, -1 elsewhere.
        true_labels: (N,) true labels, -1 where unknown.

    Returns:
        ``num_verified``, ``selected`` (share), ``threshold`` and ``validation_error``
        (cross-validated; a little too low, as the threshold was chosen for it),
        ``transfer_threshold`` and ``transfer_error`` (the same for classes without
        verification labels, if there are any), and where there is something to compare
        with: ``held_out_error`` and ``true_error`` (over the samples not learnt from).
    """
    predicted = similarity >= thresholds
    summary = dict(
        num_verified=float((verification >= 0).sum()),
        selected=float(predicted[known].double().mean()),
    )
    verified = torch.isin(given, given[verification >= 0])
    ways = (
        ('threshold', 'validation_error', cross_validated, verified),
        ('transfer_threshold', 'transfer_error', transferred, ~verified),
    )
    for name, error, scores, of_these in ways:
        seen = ~scores.isnan()
        if bool(seen.any()):
            threshold = thresholds[of_these & known][0]
            summary[name] = float(threshold)
            summary[error] = detection_error(
                scores[seen] >= threshold, verification[seen], given[seen], num_classes
            )
    judges = dict(held_out_error=held_out)
    if true_labels is not None:
        right = (given == true_labels).long()
        new = (true_labels >= 0) & (verification < 0)
        judges['true_error'] = torch.where(new, right, -1)
    for name, judged in judges.items():
        if judged is not None and bool((judged[known] >= 0).any()):
            summary[name] = detection_error(
                predicted[known], judged[known], given[known], num_classes
            )
    return summary
