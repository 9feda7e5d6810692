"""Label noise detection: its error, its threshold and the precision of a ranking."""

import torch
from torch import Tensor

from ..checks import (
    check_count,
    check_labels,
    check_lengths,
    check_tensor,
    check_vector,
    check_verification,
    first_index,
)
from .numerics import compute_dtype

__all__ = ['choose_threshold', 'class_errors', 'detection_error', 'rank_precision']


def detection_error(
    predicted: Tensor, verification: Tensor, labels: Tensor, num_classes: int
) -> float:
    """Error rate of predicted relevance, averaged over classes (CleanNet section 4.2).

    The mean of the classes' error rates, whatever their sizes; classes without a
    verification label do not count.

    Args:
        predicted: (N,) bool (or 0 and 1), whether the given label is called right.
        verification: (N,) of 1 right, 0 wrong, -1 unknown; not all unknown.
        labels: (N,) integers in [0, num_classes), the given labels.
        num_classes: Number of classes.

    >>> verification, labels = torch.tensor([1, 0, -1, 1]), torch.tensor([0, 0, 0, 1])
    >>> detection_error(torch.tensor([1, 1, 0, 1]), verification, labels, 3)
    0.25
    """
    errors = class_errors(predicted, verification, labels, num_classes)
    return float(errors[~errors.isnan()].mean())


def class_errors(
    predicted: Tensor, verification: Tensor, labels: Tensor, num_classes: int
) -> Tensor:
    """The terms of :func:`detection_error` (same arguments): (num_classes,) float64.

    NaN where a class has no verification label.

    >>> verification, labels = torch.tensor([1, 0, -1, 1]), torch.tensor([0, 0, 0, 1])
    >>> class_errors(torch.tensor([1, 1, 0, 1]), verification, labels, 3).tolist()
    [0.5, 0.0, nan]
    """
    predicted = check_tensor(predicted, 'predicted', 1)
    labels = _check_verified(verification, labels, num_classes)
    check_lengths(predicted=predicted, labels=labels)
    if index := first_index((predicted != 0) & (predicted != 1)):
        raise ValueError(f'predicted{[*index]} = {predicted[index]:g} is no 0 or 1')
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
    samples with a verification label, on which nothing should have been trained. It
    lies midway between two scores, the lowest one of equals. Where calling all labels
    right (wrong) is best, it is the lowest score (lies just above the highest).
    ``scores`` are (N,) numbers, high where the given label fits.

    >>> scores, labels = torch.tensor([0.25, 0.5, 0.75]), torch.tensor([0, 0, 0])
    >>> choose_threshold(scores, torch.tensor([0, 1, -1]), labels, num_classes=1)
    0.375
    """
    scores = check_vector(scores, 'scores')
    labels = _check_verified(verification, labels, num_classes)
    check_lengths(scores=scores, labels=labels)
    known = verification >= 0
    labels, right = labels[known].cpu(), (verification[known] == 1).cpu()
    counts = torch.bincount(labels, minlength=num_classes)
    scores, order = scores[known].to(compute_dtype(scores)).cpu().sort(stable=True)
    # Each sample moved below the threshold costs a right label or spares a wrong one.
    cost = torch.where(right[order], 1.0, -1.0).double() / counts[labels[order]]
    cost = torch.cat([torch.zeros(1, dtype=torch.float64), cost.cumsum(0)])
    lower, upper = scores[:-1], scores[1:]
    middle = lower + (upper - lower) / 2
    middle = torch.where(middle > lower, middle, upper)  # neighbours in their dtype
    above = torch.nextafter(scores[-1:], torch.full_like(scores[-1:], torch.inf))
    thresholds = torch.cat([scores[:1], middle, above])
    cost[1:-1][upper == lower] = torch.inf
    return float(thresholds[(cost * 1e9).round().argmin()])  # equal errors are equal


def rank_precision(scores: Tensor, hits: Tensor) -> Tensor:
    """Precision among the first k for every k: the curve of Xiao et al. 2015, Fig. 8.

    (N,) float64; entry k - 1 is the share of hits among the k highest scores. In the
    paper these are p(confusing noise | x), a hit is a wrong noisy label. ``scores`` are
    (N >= 1,) numbers, ``hits`` (N,) bool.

    >>> rank_precision(torch.tensor([0.1, 0.9]), torch.tensor([False, True])).tolist()
    [1.0, 0.5]
    """
    scores = check_vector(scores, 'scores')
    if len(scores) == 0 or hits.shape != scores.shape or hits.dtype != torch.bool:
        raise ValueError(
            f'hits must be bool, as many as the {len(scores)} scores and at least one, '
            f'got {tuple(hits.shape)} {hits.dtype}'
        )
    ranking = torch.sort(scores, descending=True, stable=True).indices
    found = hits[ranking.to(hits.device)].long().cumsum(dim=0)
    return found.double() / torch.arange(1, len(hits) + 1, device=hits.device)


def _check_verified(verification: Tensor, labels: Tensor, num_classes: int) -> Tensor:
    """The labels as int64, some of which must be verified."""
    labels = check_labels(labels, check_count(num_classes, 'num_classes'))
    check_verification(verification, labels)
    if not bool((verification >= 0).any()):
        raise ValueError('no sample has a verification label (1 right, 0 wrong)')
    return labels
