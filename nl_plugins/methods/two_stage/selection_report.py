"""What a selection of labels kept: the columns of Ding et al., Table 2."""

from torch import Tensor

__all__ = ['selection_report']


def selection_report(
    selected: Tensor,
    given: Tensor,
    true_labels: Tensor | None = None,
    verification: Tensor | None = None,
) -> dict[str, float]:
    """Shares of the samples, and how many of the kept labels are right.

    Args:
        selected: (N,) bool, whose labels are kept.
        given: (N,) given labels.
        true_labels: (N,) true labels, -1 where unknown; None if none is known.
        verification: (N,) 1 right, 0 wrong, -1 unknown; speaks where no true label
            does.

    Returns:
        ``selected``; where something is known of the labels also ``kept_right``,
        ``kept_wrong`` and ``unlabelled``, shares of the samples of which it is
        known, and ``kept_accuracy`` (nan if none of those is kept).
    """
    report = dict(selected=float(selected.double().mean()))
    right = given.new_full(given.shape, -1) if verification is None else verification
    if true_labels is not None:
        known = true_labels >= 0
        right = right.where(~known, (given == true_labels).to(right.dtype))
    known = right >= 0
    if not known.any():
        return report
    kept_right = float((selected & (right == 1))[known].double().mean())
    kept_wrong = float((selected & (right == 0))[known].double().mean())
    kept = kept_right + kept_wrong
    report.update(
        kept_right=kept_right,
        kept_wrong=kept_wrong,
        unlabelled=float((~selected)[known].double().mean()),
        kept_accuracy=kept_right / kept if kept else float('nan'),
    )
    return report
