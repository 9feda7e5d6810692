"""Accuracy of labellers, estimated from noisy labels alone."""

import math

import torch
from torch import Tensor

from ..checks import check_features, check_finite, check_labels

__all__ = [
    'check_labelled_probs',
    'given_label_accuracy',
    'labeller_accuracy',
    'share_variance',
]

# An agreement over fewer samples has an error above 0.07, and the highest of
# several such would be too high.
_MIN_SAMPLES = 48


def labeller_accuracy(
    agreement: float, given_accuracy: float, num_classes: int
) -> float:
    r"""Accuracy of a labeller from how often it agrees with the noisy labels.

    :math:`A = a g + (1 - a) e`, so :math:`a = (A - e) / (g - e)`, clipped to
    [0, 1]: g is the accuracy of the given labels and :math:`e = (1 - g)/(K - 1)`
    the chance that a wrong answer meets a wrong label. Exact where the errors of
    both are independent and spread evenly. Too high where both are better on the
    same classes or samples (human mistakes), as far as g is right.

    Args:
        agreement: A, in [0, 1].
        given_accuracy: g, in [0, 1].
        num_classes: K, at least 2.

    Returns:
        a; ``given_accuracy`` where g <= 1/K, from which nothing follows.

    Raises:
        ValueError: A or g is not in [0, 1], or K < 2.
    """
    for name, value in (('agreement', agreement), ('given_accuracy', given_accuracy)):
        if not 0 <= value <= 1:
            raise ValueError(f'{name} must lie in [0, 1], got {value!r}')
    if num_classes < 2:
        raise ValueError(f'num_classes must be at least 2, got {num_classes!r}')
    error = (1 - given_accuracy) / (num_classes - 1)
    if given_accuracy * num_classes <= 1:
        return given_accuracy
    return min(max((agreement - error) / (given_accuracy - error), 0.0), 1.0)


@torch.no_grad()
def given_label_accuracy(
    probs: Tensor, given: Tensor, corrected: Tensor
) -> tuple[float, int]:
    r"""Accuracy of the given labels, read off where their truth is hardly in doubt.

    Samples for which the network and the corrected label name the same class are
    ranked by confidence within that class. The agreement with the given labels is
    taken over the upper half, quarter, eighth, ... of every class's ranking, as
    long as 48 samples and a twentieth of all remain; the answer is the one that is
    highest after its standard error is taken off. If the network is good, all are
    about g. If it is poor, confident predictions are wrong too and every agreement
    lies below g, less so the fewer are kept: the highest is nearest.

    That takes samples. Subsets of CIFAR-10N worst, corrected by a network 40 % right
    that should not be trusted, were trusted in 71 % of the draws of 143 held-out
    samples, 39 % of 500 and not with all 1000; a good network (MNIST, 50 % symmetric,
    91 % right) was trusted in 99 % of the draws of 143.

    It rests on the confidence, which must rank the network's errors; where it does
    not, the answer is the network's accuracy and far below g. Where mistakes are
    likelier on hard samples, as those of people, the answer is above g. It is also
    above g on samples whose given labels the network was trained on, up to 1 once it
    has memorised.

    Args:
        probs: (N, K) softmax probabilities.
        given: (N,) integers in [0, K).
        corrected: (N,) integers in [0, K).

    Returns:
        The estimate of g, and the number of samples it was taken over (0 and
        g = 1 where network and corrected label agree nowhere).

    Raises:
        ValueError: Wrong shapes, labels out of range, NaN.
    """
    probs, given, corrected = check_labelled_probs(probs, given, corrected)
    confidence, predicted = probs.max(dim=1)
    ranks = _relative_ranks(confidence, predicted, predicted == corrected)
    fewest = max(_MIN_SAMPLES, len(given) // 20)
    accuracy, support, share = 1.0, 0, 0.5
    while True:
        kept = ranks < share
        count = int(kept.sum())
        if count == 0 or (support and count < fewest):
            return accuracy, support
        agreement = float((given[kept] == corrected[kept]).double().mean())
        if _lower_bound(agreement, count) > _lower_bound(accuracy, support):
            accuracy, support = agreement, count
        share /= 2


def share_variance(share: float, count: int) -> float:
    """Variance of a yes or no, with one of each added to those seen: never 0."""
    share = (share * count + 1) / (count + 2)
    return share * (1 - share)


def _lower_bound(share: float, count: int) -> float:
    """A share less its standard error; none where nothing was seen."""
    if count == 0:
        return -math.inf
    return share - math.sqrt(share_variance(share, count) / count)


def check_labelled_probs(probs: Tensor, *labels: Tensor) -> tuple[Tensor, ...]:
    """(N >= 1, K >= 2) probabilities and label vectors that belong to them."""
    probs = check_features(probs, 'probs')
    if probs.shape[1] < 2:
        raise ValueError(f'probs must have K >= 2, got shape {tuple(probs.shape)}')
    check_finite(probs, 'probs')
    checked = tuple(check_labels(values, probs.shape[1]) for values in labels)
    for values in checked:
        if len(values) != len(probs):
            raise ValueError(f'got {len(values)} labels for {len(probs)} rows of probs')
    return probs, *checked


def _relative_ranks(scores: Tensor, groups: Tensor, eligible: Tensor) -> Tensor:
    """(N,) rank / size within the group, best first; inf where not eligible."""
    ranks = torch.full_like(scores, torch.inf, dtype=torch.float64)
    for group in groups[eligible].unique():
        members = (eligible & (groups == group)).nonzero()[:, 0]
        order = torch.sort(scores[members], descending=True, stable=True).indices
        places = torch.arange(len(members), dtype=torch.float64, device=scores.device)
        ranks[members[order]] = places / len(members)
    return ranks
