"""Label noise detection against verification labels: error and threshold."""

import torch
from torch import Tensor

from ..checks import check_count, check_finite, check_labels
from .numerics import compute_dtype
from .verified_accuracy import check_verification

__all__ = ['choose_threshold', 'class_errors', 'detection_error']


def detection_error(
    predicted: Tensor, verification: Tensor, labels: Tensor, num_classes: int
) -> float:
    """Error rate of predicted relevance, averaged over classes (CleanNet section 4.2).

    Detection is a binary problem in each class, and the metric is the mean of the
    classes' error rates, whatever their sizes. Classes without a verification label
    do not count.

    Args:
        predicted: (N,) bool (or 0 and 1), whether the given label is called right.
        verification: (N,) of 1 right, 0 wrong, -1 unknown.
        labels: (N,) integers in [0, num_classes), the given labels.
        num_classes: L.

    Returns:
        The error in [0, 1].

    Raises:
        ValueError: Wrong ranks, lengths or values, or no verification label at all.
    """
    errors = class_errors(predicted, verification, labels, num_classes)
    return float(errors[~errors.isnan()].mean())


def class_errors(
    predicted: Tensor, verification: Tensor, labels: Tensor, num_classes: int
) -> Tensor:
    """(num_classes,) float64, the terms of :func:`detection_error`.

    NaN where a class has no verification label; arguments and errors as there.
    """
    if not isinstance(predicted, Tensor) or predicted.dim() != 1:
        raise ValueError('predicted must be a tensor of rank 1')
    labels = _check_verified(verification, labels, num_classes)
    if len(predicted) != len(labels):
        raise ValueError(f'got {len(predicted)} predictions for {len(labels)} labels')
    outside = ((predicted != 0) & (predicted != 1)).nonzero()
    if len(outside):
        index = int(outside[0])
        raise ValueError(f'predicted[{index}] = {predicted[index].item()} is no 0 or 1')
    known = verification >= 0
    wrong = (predicted[known].bool() != (verification[known] == 1)).double()
    counts = torch.bincount(labels[known], minlength=num_classes)
    sums = torch.bincount(labels[known], weights=wrong, minlength=num_classes)
    return sums.double() / torch.where(counts > 0, counts.double(), torch.nan)


def choose_threshold(
    scores: Tensor, verification: Tensor, labels: Tensor, num_classes: int
) -> float:
    r"""One threshold :math:`\delta` for all classes (CleanNet Eq. 11).

    The one with the least :func:`detection_error` of ``scores >= threshold`` on the
    samples with a verification label, which ought to be samples that nothing was
    trained on. All thresholds that part the scores are tried; it lies midway
    between two scores, the lowest one of equals. Where calling all labels right (or
    all wrong) is best, it is the lowest score (lies just above the highest).

    Args:
        scores: (N,) finite numbers, high where the given label fits.
        verification: (N,) of 1 right, 0 wrong, -1 unknown.
        labels: (N,) integers in [0, num_classes), the given labels.
        num_classes: L.

    Returns:
        The threshold.

    Raises:
        ValueError: Wrong ranks, lengths or values, or no verification label at all.
    """
    if not isinstance(scores, Tensor) or scores.dim() != 1:
        raise ValueError('scores must be a tensor of rank 1')
    labels = _check_verified(verification, labels, num_classes)
    if len(scores) != len(labels):
        raise ValueError(f'got {len(scores)} scores for {len(labels)} labels')
    check_finite(scores, 'scores')
    known = verification >= 0
    labels, right = labels[known].cpu(), (verification[known] == 1).cpu()
    counts = torch.bincount(labels, minlength=num_classes)
    scores, order = scores[known].to(compute_dtype(scores)).cpu().sort(stable=True)
    # Moving a sample below the threshold costs its class a right label or spares it a
    # wrong one. Rounded, so that equal errors are equal.
    cost = torch.where(right[order], 1.0, -1.0).double() / counts[labels[order]]
    cost = torch.cat([torch.zeros(1, dtype=torch.float64), cost.cumsum(0)])
    middle = scores[:-1] + (scores[1:] - scores[:-1]) / 2
    middle = torch.where(
        middle > scores[:-1], middle, scores[1:]
    )  # neighbours in their dtype
    above = torch.nextafter(scores[-1:], torch.full_like(scores[-1:], torch.inf))
    thresholds = torch.cat([scores[:1], middle, above])
    cost[1:-1][scores[1:] == scores[:-1]] = torch.inf
    return float(thresholds[(cost * 1e9).round().argmin()])


def _check_verified(verification: Tensor, labels: Tensor, num_classes: int) -> Tensor:
    """The labels as int64, of which some must be verified."""
    num_classes = check_count(num_classes, 'num_classes')
    labels = check_labels(labels, num_classes)
    if not isinstance(verification, Tensor):
        raise ValueError(
            f'verification must be a tensor, got {type(verification).__name__}'
        )
    check_verification(verification, labels)
    if not bool((verification >= 0).any()):
        raise ValueError('no sample has a verification label (1 right, 0 wrong)')
    return labels
