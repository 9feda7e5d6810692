"""Guessing true labels from predictions where there are no clean labels."""

import torch
from torch import Tensor

from .checks import check_finite, check_labels, check_matrix

__all__ = ['confident_labels', 'self_confidence']


def self_confidence(probs: Tensor, labels: Tensor) -> Tensor:
    """How sure a network is, on average, of the given label of each class.

    The thresholds of confident learning (Northcutt et al. 2021, Eq. 2).

    Args:
        probs: (N, K) predictions, best of samples that were not trained on.
        labels: (N,) integers in [0, K), the given labels.

    Returns:
        (K,) float64, the mean of probs[i, k] over the samples labelled k; 1 for a class
        without samples, which then nobody is.

    Raises:
        ValueError: Shapes that do not fit, predictions that are not finite, labels out
            of range.
    """
    probs, labels = _check(probs, labels)
    own = probs.gather(1, labels[:, None])[:, 0].double()
    num_classes = probs.shape[1]
    # On the CPU, where adding by index is deterministic.
    sums = own.new_zeros(num_classes, device='cpu')
    sums.index_add_(0, labels.cpu(), own.cpu())
    counts = torch.bincount(labels, minlength=num_classes).cpu()
    mean = torch.where(counts > 0, sums / counts.clamp_min(1), torch.ones_like(sums))
    return mean.to(probs.device)


def confident_labels(probs: Tensor, labels: Tensor, thresholds: Tensor) -> Tensor:
    """The class that each sample confidently belongs to, if there is one.

    The row of the confident joint (Northcutt et al. 2021, Eq. 1) that a sample is
    counted in: the likeliest of the classes whose threshold its prediction reaches.

    Args:
        probs: (N, K) predictions.
        labels: (N,) integers in [0, K), the given labels.
        thresholds: (K,), see :func:`self_confidence`.

    Returns:
        (N,) int64, -1 where no class reaches its threshold.

    Raises:
        ValueError: As :func:`self_confidence`, or ``thresholds`` is not (K,).
    """
    probs, labels = _check(probs, labels)
    if thresholds.shape != probs.shape[1:]:
        raise ValueError(
            f'thresholds must have shape ({probs.shape[1]},), '
            f'got {tuple(thresholds.shape)}'
        )
    confident = probs.double() >= thresholds
    best = torch.where(confident, probs, -torch.ones_like(probs)).argmax(dim=1)
    return torch.where(confident.any(dim=1), best, -1)


def _check(probs: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
    probs = check_matrix(probs, 'probs')
    check_finite(probs, 'probs')
    labels = check_labels(labels, probs.shape[1]).to(probs.device)
    if len(labels) != len(probs):
        raise ValueError(f'got {len(labels)} labels for {len(probs)} rows of probs')
    return probs, labels
