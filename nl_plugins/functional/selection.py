"""The choice of the labels that are likely right."""

import torch
from torch import Tensor

from ..checks import (
    check_fraction,
    check_labels,
    check_lengths,
    check_range,
    check_scores,
    check_shape,
    check_tensor,
)
from .numerics import exact_ceil, ranks_within

__all__ = ['select_confident', 'select_highest']

_TOLERANCE = 1e-3  # half precision rounds up


def select_confident(
    probs: Tensor, labels: Tensor, threshold: float = 0.9, min_fraction: float = 0.1
) -> Tensor:
    r"""Which labels the network confirms with confidence, (N,) bool, Ding et al. §3.1.

    A sample whose prediction differs from its label is dropped. Of the others those
    with :math:`P(label|x) \ge threshold` are kept, and a class with fewer than
    :math:`\lceil min\_fraction \cdot N_c \rceil` of the :math:`N_c` samples labelled c
    is filled down its ranking by P until it has as many, or none is left.

    Args:
        probs: (N, K) predictions in [0, 1].
        labels: (N,) integers in [0, K), the given labels.
        threshold: Number in [0, 1], compared in the precision of ``probs``.
        min_fraction: Number in [0, 1].

    >>> probs = torch.tensor([[0.95, 0.05], [0.6, 0.4], [0.2, 0.8], [0.3, 0.7]])
    >>> select_confident(probs, torch.tensor([0, 0, 0, 1]))
    tensor([ True, False, False,  True])
    """
    probs, labels = check_scores('probs', probs, labels=labels)
    check_range(probs, 'probs', 0, _TOLERANCE)
    confidence = probs.gather(1, labels[:, None])[:, 0]
    agrees = probs.argmax(dim=1) == labels
    return select_highest(confidence, labels, threshold, min_fraction, agrees)


def select_highest(
    scores: Tensor,
    labels: Tensor,
    threshold: float = 0.5,
    min_fraction: float = 0.1,
    eligible: Tensor | None = None,
) -> Tensor:
    """Which labels have a high score, (N,) bool: :func:`select_confident` by any score.

    The paper says that stage 1 can be done in many ways. With the probabilities of the
    labels as scores, and the samples predicted as labelled eligible, it is the same.

    Args:
        scores: (N,) in [0, 1], how well the label fits.
        labels: (N,) integers >= 0, the given labels.
        threshold: Number in [0, 1]; a score as high is kept.
        min_fraction: Least share of each class to keep, best first, in [0, 1].
        eligible: (N,) bool, which samples can be selected at all; None means all.

    >>> scores, labels = torch.tensor([0.9, 0.2, 0.1, 0.3]), torch.arange(4) // 2
    >>> select_highest(scores, labels, threshold=0.5, min_fraction=0.5)
    tensor([ True, False, False,  True])
    """
    threshold = check_fraction(threshold, 'threshold', zero=True)
    min_fraction = check_fraction(min_fraction, 'min_fraction', zero=True)
    scores = check_tensor(scores, 'scores', 1)
    labels = check_labels(labels, torch.iinfo(torch.int64).max)
    check_lengths(labels=labels, scores=scores)
    check_range(scores, 'scores', 0, _TOLERANCE)
    eligible = torch.ones_like(labels).bool() if eligible is None else eligible
    if eligible.dtype != torch.bool:
        raise ValueError(f'eligible must be bool, got {eligible.dtype}')
    check_shape(eligible, 'eligible', *scores.shape)
    places, counts = labels.unique(return_inverse=True, return_counts=True)[1:]
    wanted = counts.new_tensor([exact_ceil(min_fraction, n) for n in counts.tolist()])
    few = ranks_within(places, scores, eligible) < wanted[places]
    return eligible & (few | (scores >= threshold))
