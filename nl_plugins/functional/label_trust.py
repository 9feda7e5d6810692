"""How right the given and the corrected labels are, estimated without clean labels."""

import math
from typing import NamedTuple

import torch
from torch import Tensor

from ..checks import check_features, check_nonnegative, check_scores, check_verification
from .label_accuracy import (
    given_label_accuracy,
    labeller_accuracy,
    share_variance,
    verified_accuracies,
)

__all__ = ['LabelTrust', 'correction_trust']

_MIN_SAMPLES = 32


class LabelTrust(NamedTuple):
    """Estimated accuracies of three labellers of the same samples."""

    given_accuracy: float  # share of the given labels that are right
    corrected_accuracy: float  # share of the corrected labels that are right
    predicted_accuracy: float  # share of the network's predictions that are right
    standard_error: float  # of corrected - given; infinite if it cannot be estimated
    trusted: bool  # whether the corrected labels are better by more than the margin
    source: str  # 'verification' or 'noisy labels'
    num_samples: int  # how many samples the estimate rests on
    agreement: float  # highest share corrected = given, in this cycle or before
    given_support: int  # how many samples ``given_accuracy`` rests on


@torch.no_grad()
def correction_trust(
    given: Tensor,
    corrected: Tensor,
    probs: Tensor,
    verification: Tensor | None = None,
    previous: LabelTrust | None = None,
    margin: float = 1.64,
) -> LabelTrust:
    """Whether corrected labels are better than the given ones they replace.

    Without verification labels pass held-out samples only: neither the network nor the
    prototypes come from them. g is :func:`given_label_accuracy`, the others follow from
    their agreement with the given labels by :func:`labeller_accuracy`, and at least 32
    samples are trusted if the corrected accuracy a exceeds g by more than ``margin``
    standard errors of (a - g). ``benchmarks/label_trust.py`` compares with the truth.

    g is that of the cycle of highest agreement, now or before, which ``previous``
    carries: a network that has memorised is wrong with confidence, which would pass for
    wrong given labels. So ask in every epoch, not only when correction is due.

    Args:
        given: (N,) integers in [0, K).
        corrected: (N,) integers in [0, K).
        probs: (N, K >= 2) softmax probabilities, N >= 1.
        verification: (N,) of 1 (the given label is right), 0 (wrong) and -1 (unknown).
            If any is known only those samples count.
        previous: What this function returned in the cycle before, or None.
        margin: Standard errors that the gain must exceed, at least 0.

    >>> true = torch.arange(400) % 4
    >>> given = torch.where(torch.arange(400) % 5 < 3, true, (true + 1) % 4)
    >>> trust = correction_trust(given, true, torch.eye(4)[true])
    >>> trust.given_accuracy, trust.corrected_accuracy, trust.trusted
    (0.6, 1.0, True)
    """
    probs = check_features(probs, 'probs')
    probs, given, corrected = check_scores(
        'probs', probs, 2, given=given, corrected=corrected
    )
    margin = check_nonnegative(margin, 'margin')
    predicted = probs.argmax(dim=1)
    if verification is not None:
        known = check_verification(verification, given) >= 0
        if bool(known.any()):
            rows = given[known], corrected[known], predicted[known]
            is_right = verification[known] == 1
            estimates, error = verified_accuracies(rows, is_right, probs.shape[1])
            gain, count = estimates[1] - estimates[0], int(known.sum())
            trusted = count >= _MIN_SAMPLES and gain > margin * error
            agreement = float((rows[0] == rows[1]).double().mean())
            return LabelTrust(
                *estimates, error, trusted, 'verification', count, agreement, count
            )
    agreement = float((corrected == given).double().mean())
    accuracy, support = given_label_accuracy(probs, given, corrected)
    best = agreement
    if previous and previous.source == 'noisy labels' and previous.agreement > best:
        accuracy, support = previous.given_accuracy, previous.given_support
        best = previous.agreement
    classes, count = probs.shape[1], len(given)
    own_agreement = float((predicted == given).double().mean())
    estimate = labeller_accuracy(agreement, accuracy, classes)
    own_estimate = labeller_accuracy(own_agreement, accuracy, classes)
    error = _gain_error(agreement, count, accuracy, support, classes)
    trusted = count >= _MIN_SAMPLES and estimate - accuracy > margin * error
    estimates = accuracy, estimate, own_estimate
    return LabelTrust(*estimates, error, trusted, 'noisy labels', count, best, support)


def _gain_error(
    agreement: float, count: int, accuracy: float, support: int, num_classes: int
) -> float:
    """Standard error of a - g, by the derivatives of a(A, g) = (A - e) / (g - e).

    The samples behind g are among those behind A and agree or not in both, so the
    two errors have the covariance g(1 - g) / N.
    """
    if accuracy * num_classes <= 1 or support == 0:
        return math.inf
    slope = 1 / (num_classes - 1)
    error = (1 - accuracy) * slope
    gap = accuracy - error
    by_agreement = 1 / gap
    by_accuracy = slope / gap - (agreement - error) * (1 + slope) / gap**2 - 1
    variance = (
        by_agreement**2 * share_variance(agreement, count) / count
        + by_accuracy**2 * share_variance(accuracy, support) / support
        + 2 * by_agreement * by_accuracy * share_variance(accuracy, support) / count
    )
    return math.sqrt(max(variance, 0.0))
