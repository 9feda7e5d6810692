"""What each class graph is worth, where the true labels are known."""

from torch import Tensor

from ...functional import distance_weights
from ...supervision.weight_report import weight_report, wrong_label_auc
from .prototype_weighting import ClassPrototypes
from .sinet_hook import SINetHook

__all__ = ['compare_graphs']

ALPHAS, BETAS = (0.8, 1.0, 1.2, 1.4), (1.0, 1.5, 2.0, 2.5)


def compare_graphs(hook: SINetHook, graphs: dict[str, Tensor | None]) -> dict:
    """How well wrong labels are told by distances from prototypes of several graphs.

    All on the same features, beside the network's own probability of the label and the
    initial prototypes, which know of no graph. Samples without features, and those of
    classes without a prototype, do not count.

    Args:
        hook: After a walk: its features are at hand. The training set has true labels.
        graphs: (K, K) by name; None for uniform scores.

    Returns:
        ``auc``: the area under the ROC curve by name, see
        ``wrong_label_auc``; ``weights``: for each graph, and
        each alpha and beta of Tables 4 and 5, what
        ``weight_report`` says of the weights of Eq. 6.
    """
    auc: dict[str, float] = {}
    weights: dict[str, list[dict]] = {}
    for name, graph in graphs.items():
        made_from = hook.made_from()
        prototypes = hook.weighting.prototypes(*made_from, graph, hook.num_classes)
        if not auc:
            initial = prototypes._replace(weighted=prototypes.initial)
            own, given, true = _known_distances(hook, initial)
            confidence = hook.features.confidence
            seen = confidence >= 0
            auc['probability of the label'] = wrong_label_auc(
                confidence[seen], hook.table.given_labels[seen], _true(hook)[seen]
            )
            auc['initial prototypes'] = wrong_label_auc(-own, given, true)
        own, given, true = _known_distances(hook, prototypes)
        auc[name] = wrong_label_auc(-own, given, true)
        weights[name] = _weights(own, given, true)
    return dict(auc=auc, weights=weights)


def _weights(own: Tensor, given: Tensor, true: Tensor) -> list[dict]:
    settings = [(alpha, 1.5) for alpha in ALPHAS] + [(1.2, beta) for beta in BETAS]
    return [
        dict(
            alpha=alpha,
            beta=beta,
            **weight_report(distance_weights(own, alpha, beta), given, true),
        )
        for alpha, beta in dict.fromkeys(settings)
    ]


def _known_distances(
    hook: SINetHook, prototypes: ClassPrototypes
) -> tuple[Tensor, Tensor, Tensor]:
    """Distances, given and true labels of the samples that have a distance."""
    found = hook.weighting.distances(hook.features, prototypes, hook.num_classes)
    known = found.known
    return found.own[known], hook.table.given_labels[known], _true(hook)[known]


def _true(hook: SINetHook) -> Tensor:
    true = hook.training_set.true_labels
    assert true is not None
    return true
