"""What the weights of samples say, and how well they tell wrong labels."""

from sklearn.metrics import roc_auc_score
from torch import Tensor

__all__ = ['weight_report', 'wrong_label_auc']


def wrong_label_auc(scores: Tensor, given: Tensor, true_labels: Tensor) -> float:
    """Chance that a right label scores higher than a wrong one; ties count half.

    Args:
        scores: (N,) label quality or weight, low = suspicious.
        given: (N,) given labels.
        true_labels: (N,) true labels, -1 where unknown.

    Returns:
        nan if the labels that are known are all right or all wrong.
    """
    known = true_labels >= 0
    right = (given == true_labels)[known]
    if bool(right.all()) or not bool(right.any()):
        return float('nan')
    return float(roc_auc_score(right.numpy(), scores[known].numpy()))


def weight_report(
    weights: Tensor, given: Tensor, true_labels: Tensor | None = None
) -> dict[str, float]:
    """The figures of a round of weighting.

    Args:
        weights: (N,) float.
        given: (N,) given labels.
        true_labels: (N,) true labels, -1 where unknown; None if none is known.

    Returns:
        ``mean_weight`` and ``zero_weights`` (share); with true labels also the mean
        weight of right and of wrong labels and ``weight_auc``; nan where undefined.
    """
    report = dict(
        mean_weight=_mean(weights), zero_weights=float((weights == 0).double().mean())
    )
    if true_labels is None:
        return report
    known = true_labels >= 0
    right = given == true_labels
    report['right_label_weight'] = _mean(weights[known & right])
    report['wrong_label_weight'] = _mean(weights[known & ~right])
    report['weight_auc'] = wrong_label_auc(weights, given, true_labels)
    return report


def _mean(values: Tensor) -> float:
    return float(values.double().mean()) if len(values) else float('nan')
