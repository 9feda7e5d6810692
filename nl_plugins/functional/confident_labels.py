"""Guessing true labels from predictions where there are no clean labels."""

import torch
from torch import Tensor

from ..checks import check_scores, check_shape

__all__ = ['confidence_totals', 'confident_labels', 'self_confidence']


def confidence_totals(probs: Tensor, labels: Tensor) -> Tensor:
    """Of a batch the sum of probs[i, k] over the samples labelled k, and their number.

    (2, K) float64 on the CPU; the sum over batches goes to :func:`self_confidence`.
    From predictions (N, K), best of samples that were not trained on, and the given
    labels, (N,) integers in [0, K).

    >>> probs = torch.tensor([[0.75, 0.25], [0.5, 0.5]])
    >>> confidence_totals(probs, torch.tensor([0, 0])).tolist()
    [[1.25, 0.0], [2.0, 0.0]]
    """
    probs, labels = check_scores('probs', probs.cpu(), labels=labels.cpu())
    own = probs.gather(1, labels[:, None])[:, 0].double()
    totals = torch.zeros(2, probs.shape[1], dtype=torch.float64)
    return totals.index_add_(1, labels, torch.stack([own, torch.ones_like(own)]))


def self_confidence(totals: Tensor) -> Tensor:
    """How sure a network is, on average, of the given label of each class.

    The thresholds of confident learning (Northcutt et al. 2021, Eq. 2), (K,) float64,
    from :func:`confidence_totals`; 1 for a class without samples.

    >>> self_confidence(torch.tensor([[1.25, 0.0], [2.0, 0.0]]))
    tensor([0.6250, 1.0000])
    """
    sums, counts = totals
    return torch.where(counts > 0, sums / counts.clamp_min(1), torch.ones_like(sums))


def confident_labels(probs: Tensor, thresholds: Tensor) -> Tensor:
    """The class that each sample confidently belongs to: (N,) int64, -1 if none.

    The row of the confident joint (Northcutt et al. 2021, Eq. 1) that a sample is
    counted in: the likeliest of the classes whose threshold (K,), see
    :func:`self_confidence`, its prediction (N, K) reaches.

    >>> probs = torch.tensor([[0.7, 0.3], [0.6, 0.4]])
    >>> confident_labels(probs, torch.tensor([0.65, 0.5]))
    tensor([ 0, -1])
    """
    (probs,) = check_scores('probs', probs)
    check_shape(thresholds, 'thresholds', probs.shape[1])
    confident = probs.double() >= thresholds.to(probs.device)
    best = torch.where(confident, probs, -torch.ones_like(probs)).argmax(dim=1)
    return torch.where(confident.any(dim=1), best, -1)
