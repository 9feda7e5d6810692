"""Pictures that any hook with a table can draw."""

import os
from pathlib import Path
from typing import Any

import mmcv
import numpy as np

from ..visualization.plot_suspicious_images import plot_suspicious_images
from ..visualization.plot_weighted_images import WeightedImage

__all__ = ['draw_suspicious', 'image_of', 'weighted_image']


PER_PAGE = 32


def draw_suspicious(hook: Any, path: Path, count: int) -> list[str]:
    """Draw the images whose given labels have the lowest scores, 32 on a page.

    The pages behind the first have their number in their names.
    """
    table, samples = hook.table, hook.training_set
    worst = table.scores.argsort(stable=True)[:count]
    pages = []
    for number, rows in enumerate(worst.split(PER_PAGE), 1):
        end = '' if number == 1 else f'_{number}'
        page = plot_suspicious_images(
            path.with_stem(f'{path.stem}{end}'),
            [image_of(hook, int(row)) for row in rows],
            table.given_labels[rows].tolist(),
            table.suggested_labels[rows].tolist(),
            table.scores[rows].tolist(),
            hook.class_names,
            samples.true_labels[rows].tolist(),
            file_names=[_file_name(samples, int(row)) for row in rows],
        )
        pages.append(page)
    return pages


def _file_name(samples: Any, row: int) -> str:
    return os.path.basename(samples.columns.paths[row]) or f'sample {row}'


def image_of(hook: Any, row: int) -> np.ndarray:
    """The image of a training sample as RGB or grey uint8."""
    info = hook.training_set.dataset.get_data_info(row)
    if 'img' in info:
        return np.asarray(info['img'])
    return mmcv.imread(info['img_path'], channel_order='rgb')


def weighted_image(hook: Any, row: int, figure: float) -> WeightedImage:
    """A training sample with a figure, marked right or wrong where that is known.

    By its verification label, else by its true one.
    """
    data = hook.training_set
    verified, true = int(data.verification[row]), int(data.true_labels[row])
    right = true == int(data.given_labels[row]) if true >= 0 else None
    if verified >= 0:
        right = verified == 1
    return WeightedImage(image_of(hook, row), figure, right)
