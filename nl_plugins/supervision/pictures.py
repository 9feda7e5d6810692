"""Pictures that any hook with a table can draw."""

from pathlib import Path
from typing import Any

import mmcv
import numpy as np

from ..visualization.plot_suspicious_images import plot_suspicious_images

__all__ = ['class_names', 'draw_suspicious', 'image_of']


def draw_suspicious(hook: Any, path: Path, count: int) -> str:
    """Draw the images whose given labels have the lowest scores."""
    table = hook.table
    rows = table.scores.argsort(stable=True)[:count]
    true = hook.training_set.true_labels
    return plot_suspicious_images(
        path,
        [image_of(hook, int(row)) for row in rows],
        table.given_labels[rows].tolist(),
        table.suggested_labels[rows].tolist(),
        table.scores[rows].tolist(),
        class_names(hook),
        true[rows].tolist(),
    )


def image_of(hook: Any, row: int) -> np.ndarray:
    """The image of a training sample as RGB or grey uint8."""
    info = hook.training_set.dataset.get_data_info(row)
    if 'img' in info:
        return np.asarray(info['img'])
    return mmcv.imread(info['img_path'], channel_order='rgb')


def class_names(hook: Any) -> list[str]:
    """The names of the model's classes; numbers for those that have none."""
    names = list(hook.training_set.dataset.metainfo.get('classes') or ())
    return names + [str(label) for label in range(len(names), hook.num_classes)]
