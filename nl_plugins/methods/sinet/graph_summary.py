"""What each class graph is worth, where the true labels are known."""

from typing import Any

from torch import Tensor

from ...functional import distance_weights
from .prototype_weighting import class_distances
from .weight_summary import weight_summary, wrong_label_auc

__all__ = ['graph_summary']

SETTINGS = [(alpha, 1.5) for alpha in (0.8, 1.0, 1.2, 1.4)]
SETTINGS += [(1.2, beta) for beta in (1.0, 2.0, 2.5)]


def graph_summary(hook: Any, graphs: dict[str, Tensor | None]) -> dict:
    """How well wrong labels are told by distances from prototypes of several graphs.

    All on the same features, beside the network's own probability of the label and the
    initial prototypes, which know of no graph. Samples without features, and those of
    classes without a prototype, do not count.

    Args:
        hook: ``SINetHook`` with its features at hand and true labels.
        graphs: (K, K) by name; None for uniform scores.

    Returns:
        ``auc`` by name, see :func:`wrong_label_auc`, and ``weights``: for each graph
        the :func:`weight_summary` of each alpha and beta of Tables 4 and 5.
    """
    given, true = hook.table.given_labels, hook.training_set.true_labels
    base, make = hook.made_from(), hook.weighting.prototypes
    made = {name: make(*base, graph) for name, graph in graphs.items()}
    first = next(iter(made.values()))
    made = {'initial prototypes': first._replace(weighted=first.initial), **made}
    confidence = hook.features.confidence
    seen = confidence >= 0
    own = wrong_label_auc(confidence[seen], given[seen], true[seen])
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
