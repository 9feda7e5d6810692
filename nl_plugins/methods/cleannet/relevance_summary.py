"""Figures of a round of CleanNet."""

import torch
from torch import Tensor

from ...functional import detection_error
from .relevance import Relevance

__all__ = ['relevance_summary']


def relevance_summary(
    relevance: Relevance, held_out: Tensor, true_labels: Tensor | None = None
) -> dict[str, float]:
    """How well the round separates right from wrong labels.

    Args:
        relevance: What the round found out.
        held_out: (N,) verification labels that were not learnt from, -1 elsewhere.
        true_labels: (N,) true labels, -1 where unknown.

    Returns:
        ``num_verified``, ``selected`` (share), ``threshold`` and ``validation_error``
        (cross-validated; a little too low, as the threshold was chosen for it),
        ``transfer_threshold`` and ``transfer_error`` (the same for classes without
        verification labels, if there are any), and where there is something to compare
        with: ``held_out_error`` and ``true_error`` (over the samples not learnt from).
    """
    given, verification = relevance.given, relevance.verification
    known, num_classes = relevance.known, len(relevance.references)
    summary = dict(
        num_verified=float((verification >= 0).sum()),
        selected=float(relevance.selected[known].double().mean()),
    )
    verified = torch.isin(given, given[verification >= 0])
    ways = (
        ('threshold', 'validation_error', relevance.cross_validated, verified),
        ('transfer_threshold', 'transfer_error', relevance.transferred, ~verified),
    )
    for name, error, scores, of_these in ways:
        seen = ~scores.isnan()
        if bool(seen.any()):
            threshold = relevance.thresholds[of_these & known][0]
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
        if bool((judged[known] >= 0).any()):
            summary[name] = detection_error(
                relevance.selected[known], judged[known], given[known], num_classes
            )
    return summary
