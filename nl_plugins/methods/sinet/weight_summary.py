"""What the weights of samples say, and how well they tell wrong labels."""

from sklearn.metrics import roc_auc_score
from torch import Tensor

__all__ = ['weight_summary', 'wrong_label_auc']


def wrong_label_auc(scores: Tensor, given: Tensor, true_labels: Tensor) -> float:
    """Chance that a right label scores higher than a wrong one; ties count half.

    All (N,), true labels -1 where unknown. nan if all known are right, or all wrong.
    """
    known = true_labels >= 0
    right = (given == true_labels)[known]
    if bool(right.all()) or not bool(right.any()):
        return float('nan')
    return float(roc_auc_score(right.numpy(), scores[known].numpy()))


def weight_summary(
    weights: Tensor, given: Tensor, true_labels: Tensor | None = None
) -> dict[str, float]:
    """``mean_weight`` and ``zero_weights`` (share) of a round of weighting.

    With true labels (N,), -1 where unknown, also the mean weight of right and of wrong
    labels and ``weight_auc``; nan where undefined.
    """
    summary = dict(mean_weight=_mean(weights), zero_weights=_mean(weights == 0))
    if true_labels is not None:
        known, right = true_labels >= 0, given == true_labels
        summary['right_label_weight'] = _mean(weights[known & right])
        summary['wrong_label_weight'] = _mean(weights[known & ~right])
        summary['weight_auc'] = wrong_label_auc(weights, given, true_labels)
    return summary


def _mean(values: Tensor) -> float:
    return float(values.double().mean())
