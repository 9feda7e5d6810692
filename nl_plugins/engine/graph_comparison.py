"""What each class graph is worth, where the true labels are known."""

from torch import Tensor

from ..evaluation import weight_report, wrong_label_auc
from ..functional import distance_weights
from .hooks import SINetHook
from .prototype_weighting import ClassPrototypes, PrototypeDistances

__all__ = ['compare_graphs', 'compare_weights']

ALPHAS, BETAS = (0.8, 1.0, 1.2, 1.4), (1.0, 1.5, 2.0, 2.5)


def compare_graphs(hook: SINetHook, graphs: dict[str, Tensor | None]) -> dict:
    """How well wrong labels are told by distances from prototypes of several graphs.

    All on the same features, beside the network's own probability of the label and the
    initial prototypes, which know of no graph.

    Args:
        hook: After a walk: its features are at hand. The training set has true labels.
        graphs: (K, K) by name; None for uniform scores.

    Returns:
        The area under the ROC curve by name: see
        :func:`~nl_plugins.evaluation.wrong_label_auc`.
    """
    samples, given = hook.features, hook.table.given_labels
    true = hook.training_set.true_labels
    assert true is not None
    found = {
        'probability of the label': wrong_label_auc(samples.confidence, given, true)
    }
    for name, graph in graphs.items():
        prototypes = hook.weighting.prototypes(*hook.source(), graph, hook.num_classes)
        if 'initial prototypes' not in found:
            initial = prototypes._replace(weighted=prototypes.initial)
            own = _distances(hook, initial).own
            found['initial prototypes'] = wrong_label_auc(-own, given, true)
        own = _distances(hook, prototypes).own
        found[name] = wrong_label_auc(-own, given, true)
    return found


def compare_weights(hook: SINetHook, prototypes: ClassPrototypes) -> list[dict]:
    """What Eq. 6 makes of the distances, for the settings of Tables 4 and 5.

    Returns:
        For each alpha and beta what :func:`~nl_plugins.evaluation.weight_report` says.
    """
    own = _distances(hook, prototypes).own
    given, true = hook.table.given_labels, hook.training_set.true_labels
    settings = [(alpha, 1.5) for alpha in ALPHAS] + [(1.2, beta) for beta in BETAS]
    return [
        dict(
            alpha=alpha,
            beta=beta,
            **weight_report(distance_weights(own, alpha, beta), given, true),
        )
        for alpha, beta in dict.fromkeys(settings)
    ]


def _distances(hook: SINetHook, prototypes: ClassPrototypes) -> PrototypeDistances:
    return hook.weighting.distances(hook.features, prototypes, hook.num_classes)
