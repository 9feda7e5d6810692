"""What weights say, and how well they and the class graphs tell wrong labels."""

from typing import Any

from torch import Tensor

from ...functional import distance_weights
from .prototype_weighting import class_distances

__all__ = ['graph_summary', 'weight_summary', 'wrong_label_auc']

SETTINGS = [(alpha, 1.5) for alpha in (0.8, 1.0, 1.2, 1.4)]
SETTINGS += [(1.2, beta) for beta in (1.0, 2.0, 2.5)]


def wrong_label_auc(scores: Tensor, given: Tensor, true_labels: Tensor) -> float:
    """Chance that a right label scores higher than a wrong one; ties count half.

    All (N,), true labels -1 where unknown. nan if all known are right, or all wrong.
    """
    known = true_labels >= 0
    right = (given == true_labels)[known]
    if bool(right.all()) or not bool(right.any()):
        return float('nan')
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(right.numpy(), scores[known].numpy()))


def weight_summary(
    weights: Tensor, given: Tensor, true_labels: Tensor
) -> dict[str, float]:
    """``mean_weight`` and ``zero_weights`` (share) of a round of weighting.

    With true labels (N,), -1 where unknown, also the mean weight of right and of wrong
    labels and ``weight_auc``; nan where undefined.
    """
    summary = dict(mean_weight=_mean(weights), zero_weights=_mean(weights == 0))
    known, right = true_labels >= 0, given == true_labels
    if bool(known.any()):
        summary['right_label_weight'] = _mean(weights[known & right])
        summary['wrong_label_weight'] = _mean(weights[known & ~right])
        summary['weight_auc'] = wrong_label_auc(weights, given, true_labels)
    return summary


def graph_summary(hook: Any, graphs: dict[str, Tensor | None]) -> dict:
    """How well wrong labels are told by distances from prototypes of several graphs.

    All on the same features of a ``SINetHook`` with true labels, beside the network's
    own probability of the label and the initial prototypes, which know of no graph.
    Samples without features, and those of classes without a prototype, do not count.
    The graphs are (K, K) by name, None for uniform scores.

    Gives ``auc`` by name, see :func:`wrong_label_auc`, and ``weights``: for each graph
    the :func:`weight_summary` of each alpha and beta of Tables 4 and 5.
    """
    given, true = hook.table.given_labels, hook.training_set.true_labels
    samples, make = hook.made_from(), hook.weighting.prototypes
    made = {name: make(*samples, graph) for name, graph in graphs.items()}
    first = next(iter(made.values()))
    made = {'initial prototypes': first._replace(weighted=first.initial), **made}
    scores = hook.features.confidence
    seen = scores >= 0
    own = wrong_label_auc(scores[seen], given[seen], true[seen])
    auc, weights = {'probability of the label': own}, {}
    for name, prototypes in made.items():
        found = class_distances(hook.features, prototypes)
        labels = given[found.known], true[found.known]
        distances = found['own'][found.known]
        auc[name] = wrong_label_auc(-distances, *labels)
        if name in graphs:
            weights[name] = [_figures(distances, labels, *pair) for pair in SETTINGS]
    return dict(auc=auc, weights=weights)


def _figures(distances: Tensor, labels: Any, alpha: float, beta: float) -> dict:
    weights = distance_weights(distances, alpha, beta)
    return dict(alpha=alpha, beta=beta, **weight_summary(weights, *labels))


def _mean(values: Tensor) -> float:
    return float(values.double().mean())
