"""Accuracy of labellers, from noisy labels alone or from verification labels."""

import math

import torch
from torch import Tensor

from ..checks import check_count, check_fraction, check_scores
from .numerics import ranks_within

__all__ = [
    'given_label_accuracy', 'labeller_accuracy', 'share_variance', 'verified_accuracies'
]  # fmt: skip

_MIN_SAMPLES = 48  # the highest of several agreements over fewer would be too high


def labeller_accuracy(
    agreement: float, given_accuracy: float, num_classes: int
) -> float:
    """Accuracy a of a labeller from how often it agrees with the noisy labels.

    :math:`A = a g + (1 - a) e`, so :math:`a = (A - e) / (g - e)`, clipped to [0, 1];
    :math:`e = (1 - g)/(K - 1)` is the chance that a wrong answer meets a wrong label.
    Exact where the errors of both are independent and spread evenly, too high where
    both are better on the same classes or samples. Where g <= 1/K, from which nothing
    follows, it is g.

    Args:
        agreement: Share A of the answers equal to the given label, in [0, 1].
        given_accuracy: Share g of the given labels that are right, in [0, 1].
        num_classes: K, at least 2.

    >>> labeller_accuracy(0.58, 0.9, num_classes=2)  # 0.6 * 0.9 + 0.4 * 0.1
    0.6
    """
    agreement = check_fraction(agreement, 'agreement', zero=True)
    given_accuracy = check_fraction(given_accuracy, 'given_accuracy', zero=True)
    num_classes = check_count(num_classes, 'num_classes', minimum=2)
    error = (1 - given_accuracy) / (num_classes - 1)
    if given_accuracy * num_classes <= 1:
        return given_accuracy
    return min(max((agreement - error) / (given_accuracy - error), 0.0), 1.0)


@torch.no_grad()
def given_label_accuracy(
    probs: Tensor, given: Tensor, corrected: Tensor
) -> tuple[float, int]:
    """Accuracy g of the given labels, and the number of samples it was taken over.

    An estimate of this package, from no paper.
    Samples for which the network and the corrected label name the same class are
    ranked by confidence within that class. The agreement with the given labels is
    taken over the upper half, quarter, eighth, ... of every class's ranking, as long
    as 48 samples and a twentieth of all remain. The one that is highest after its
    standard error is taken off counts: wrong predictions lower each, the confident ones
    least. (1, 0) where network and corrected label agree nowhere. ``probs`` are
    softmax probabilities (N, K >= 2), the labels (N,) integers in [0, K).

    Far too low (the network's accuracy) where confidence does not rank its errors; too
    high where mistakes are likelier on hard samples, and on samples that it was trained
    on, up to 1 once it has memorised. Measured in ``benchmarks/label_trust.py``.

    >>> corrected = torch.zeros(200, dtype=torch.int64)
    >>> given = torch.arange(200) % 4 // 3  # a quarter differs
    >>> given_label_accuracy(torch.eye(2)[corrected], given, corrected)
    (0.75, 100)
    """
    probs, given, corrected = check_scores(
        'probs', probs, 2, given=given, corrected=corrected
    )
    confidence, predicted = probs.max(dim=1)
    agreed = predicted == corrected
    sizes = predicted[agreed].bincount(minlength=probs.shape[1])
    ranks = ranks_within(predicted, confidence, agreed).double() / sizes[predicted]
    fewest = max(_MIN_SAMPLES, len(given) // 20)
    accuracy, support, share, highest = 1.0, 0, 0.5, -math.inf
    while True:
        kept = ranks < share
        count = int(kept.sum())
        if count == 0 or (support and count < fewest):
            return accuracy, support
        agreement = float((given[kept] == corrected[kept]).double().mean())
        bound = agreement - math.sqrt(share_variance(agreement, count) / count)
        if bound > highest:
            accuracy, support, highest = agreement, count, bound
        share /= 2


def share_variance(share: float, count: int) -> float:
    """Variance of a yes or no, with one of each added to those seen: never 0."""
    share = (share * count + 1) / (count + 2)
    return share * (1 - share)


def verified_accuracies(
    labels: tuple[Tensor, Tensor, Tensor], is_right: Tensor, num_classes: int
) -> tuple[tuple[float, float, float], float]:
    r"""Accuracies of the given, corrected and predicted labels, and an error.

    That of the given labels y is the mean of v, whether each is right. Another label z
    is right where z = y and v = 1, and wrong where z = y and v = 0 or z != y and v = 1.
    Where v = 0 and z != y it is supposed to name the true class t as often as where
    v = 1 (with two classes it does):
    :math:`P(z = t | v = 0) = \min(P(z = t | v = 1), P(z \ne y | v = 0))`, too kind if
    wrong labels sit on harder samples or the network was trained on the verified ones.

    The error is that of corrected minus given: the spread of the gain per sample, -1
    for a right label lost, 0 for one kept, and the chance above for a wrong one
    replaced. Every label and ``is_right`` (bool) are (N,), of verified samples.
    """
    given, corrected, predicted = labels
    gains = [_gains(given, z, is_right, num_classes) for z in (corrected, predicted)]
    right, count = float(is_right.double().mean()), len(given)
    # One sample more that gained and one that lost: the error is never 0.
    second_moment = (float(gains[0].square().sum()) + 2) / (count + 2)
    error = math.sqrt((second_moment - float(gains[0].mean()) ** 2) / (count + 2))
    better, other = (right + float(gain.mean()) for gain in gains)
    return (right, better, other), error


def _gains(given: Tensor, other: Tensor, is_right: Tensor, num_classes: int) -> Tensor:
    """(N,) expected change of correctness where ``other`` replaces ``given``."""
    same, wrong = (given == other).double(), (~is_right).double()
    skill = float((same * is_right).sum()) / max(int(is_right.sum()), 1)
    replaced = float(((1 - same) * wrong).sum()) / max(float(wrong.sum()), 1)
    hit = 1.0 if num_classes == 2 else min(1.0, skill / max(replaced, 1e-12))
    return (1 - same) * (wrong * hit - (1 - wrong))
