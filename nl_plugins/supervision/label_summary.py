"""How much a method changed the labels and, where the truth is known, how well."""

from torch import Tensor

__all__ = [
    'class_accuracies',
    'label_accuracy',
    'label_summary',
    'wrong_label_detection',
]


def label_accuracy(labels: Tensor, true_labels: Tensor) -> float:
    """Share of the labels that are right, among samples with a true label >= 0."""
    known = true_labels >= 0
    return float((labels[known] == true_labels[known]).double().mean())


def class_accuracies(labels: Tensor, true_labels: Tensor) -> dict[int, float]:
    """:func:`label_accuracy` of the samples of each true class that has some."""
    true = true_labels[true_labels >= 0].long()
    right = (labels[true_labels >= 0] == true).double()
    sums, counts = true.bincount(right), true.bincount()
    classes = counts.nonzero()[:, 0].tolist()
    return {label: float(sums[label] / counts[label]) for label in classes}


def wrong_label_detection(
    given: Tensor, suggested: Tensor, true_labels: Tensor
) -> dict[str, float]:
    """``num_found``, ``precision`` and ``recall`` of "the given label is wrong".

    A label is called wrong where another one is suggested; nan where undefined. All
    labels are (N,), true ones -1 where unknown.
    """
    known = true_labels >= 0
    called = (given != suggested)[known]
    wrong = (given != true_labels)[known]
    hits = int((called & wrong).sum())
    num_called, num_wrong = int(called.sum()), int(wrong.sum())
    return dict(
        num_found=num_called,
        precision=hits / num_called if num_called else float('nan'),
        recall=hits / num_wrong if num_wrong else float('nan'),
    )


def label_summary(
    given: Tensor,
    corrected: Tensor,
    true_labels: Tensor,
    prototypes: Tensor | None = None,
) -> dict[str, float]:
    """The figures of a correction phase.

    Args:
        given: (N,) given labels.
        corrected: (N,) corrected labels.
        true_labels: (N,) true labels, -1 where unknown.
        prototypes: (P,) indices of the samples that are prototypes.

    Returns:
        ``labels_changed`` (share); where true labels are known also ``given_accuracy``,
        ``corrected_accuracy`` and, with prototypes, ``prototype_purity``.
    """
    summary = dict(labels_changed=float((given != corrected).double().mean()))
    if bool((true_labels >= 0).any()):
        summary['given_accuracy'] = label_accuracy(given, true_labels)
        summary['corrected_accuracy'] = label_accuracy(corrected, true_labels)
        if prototypes is not None and len(prototypes):
            purity = label_accuracy(given[prototypes], true_labels[prototypes])
            summary['prototype_purity'] = purity
    return summary
