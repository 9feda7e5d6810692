"""What a selection of labels kept: the columns of Ding et al., Table 2."""

from torch import Tensor

__all__ = ['selection_summary']


def selection_summary(
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
        verification: (N,) 1 right, 0 wrong, -1 unknown; counts where no true label
            is known.

    Returns:
        ``selected``; where something is known of the labels also ``kept_right``,
        ``kept_wrong`` and ``unlabelled``, shares of the samples of which it is
        known, and ``kept_accuracy`` (nan if none of those is kept).
    """
    summary = dict(selected=_share(selected))
    right = given.new_full(given.shape, -1) if verification is None else verification
    if true_labels is not None:
        known = true_labels >= 0
        right = right.where(~known, (given == true_labels).to(right.dtype))
    known = right >= 0
    if not known.any():
        return summary
    kept_right = _share((selected & (right == 1))[known])
    kept_wrong = _share((selected & (right == 0))[known])
    kept = kept_right + kept_wrong
    return dict(
        summary,
        kept_right=kept_right,
        kept_wrong=kept_wrong,
        unlabelled=_share(~selected[known]),
        kept_accuracy=kept_right / kept if kept else float('nan'),
    )


def _share(mask: Tensor) -> float:
    return float(mask.double().mean())
