"""The paper's Fig. 3 and 4: which labels turned into which, and which were kept."""

from pathlib import Path
from typing import Any

from torch import Tensor

from ...functional import label_confusion
from ...supervision.pictures import weighted_image
from ...visualization.plot_label_confusion import plot_label_confusion
from ...visualization.plot_weighted_images import WeightedImage, plot_weighted_images

__all__ = ['draw_kept_labels', 'draw_label_confusion']

CLASSES, IMAGES = 6, 5


def draw_label_confusion(hook: Any, folder: Path) -> list[str]:
    """Draw ``label_confusion.png``, Fig. 3 transposed, of samples whose truth is known.

    ``hook`` is a ``LabelSelectionHook``. Nothing where a class has no such sample.
    """
    true, given = hook.training_set.true_labels, hook.table.given_labels.long()
    known = true >= 0
    counts = true[known].long().bincount(minlength=hook.num_classes)
    if not counts.all():
        return []
    matrix = label_confusion(true[known].long(), given[known], hook.num_classes)
    right = float((true == given)[known].double().mean())
    title = f'{int(known.sum())} samples with a true label: {right:.2%} right'
    path, names = folder / 'label_confusion.png', hook.class_names
    return [plot_label_confusion(path, matrix, names, counts.tolist(), title)]


def draw_kept_labels(hook: Any, folder: Path) -> list[str]:
    """Draw ``kept_labels.png``, Fig. 4, of the first classes, with the scores.

    Nothing where all labels are kept or none is; an image that did not load is left
    out.
    """
    table = hook.table
    labels, loaded = range(min(CLASSES, hook.num_classes)), table.scores > 0
    kept, unlabelled = (
        [
            _images(hook, side & loaded & (table.given_labels == label))
            for label in labels
        ]
        for side in (table.selected, ~table.selected)
    )
    if not any(kept) or not any(unlabelled):
        return []
    called = hook.class_names
    names = [called[label] for label in labels]
    titles = 'Labels kept', 'Labels ignored'
    path = folder / 'kept_labels.png'
    return [plot_weighted_images(path, names, kept, unlabelled, titles)]


def _images(hook: Any, chosen: Tensor) -> list[WeightedImage]:
    """Some of the samples chosen (N,) bool, spread over their order."""
    rows = chosen.nonzero().flatten()
    rows = rows[:: max(1, len(rows) // IMAGES)][:IMAGES]
    scores = hook.table.scores
    return [weighted_image(hook, row, float(scores[row])) for row in rows.tolist()]
