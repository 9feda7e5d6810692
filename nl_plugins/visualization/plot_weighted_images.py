"""The images of each class that weigh most and least."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from .figures import Path, new_figure, save_figure
from .image_panel import draw_image
from .text import plain_text

__all__ = ['WeightedImage', 'plot_weighted_images']


class WeightedImage(NamedTuple):
    """An image on the sheet.

    Attributes:
        image: See :func:`~.image_panel.draw_image`.
        weight: The weight of the sample.
        right: Whether its label is right; None where it is not known.
    """

    image: np.ndarray
    weight: float
    right: bool | None = None


def plot_weighted_images(
    path: Path,
    class_names: Sequence[str],
    best: Sequence[Sequence[WeightedImage]],
    worst: Sequence[Sequence[WeightedImage]],
) -> str:
    """Plot a row for each class: its highest weights on the left, lowest on the right.

    Args:
        path: The picture to write.
        class_names: The name of each row.
        best: The images of highest weight of each class, in the order given.
        worst: Those of lowest weight.

    Raises:
        ValueError: If the numbers of classes differ, there are no images, or an image
            has another form.
    """
    if not len(class_names) == len(best) == len(worst):
        raise ValueError(
            f'{len(class_names)} names, {len(best)} best and {len(worst)} worst rows'
        )
    left = max((len(row) for row in best), default=0)
    right = max((len(row) for row in worst), default=0)
    if not left or not right:
        raise ValueError('there are no images to show')
    figure = new_figure((1.3 * (left + right + 1), 1.6 * len(class_names) + 0.4))
    widths = [1] * left + [0.3] + [1] * right
    size = len(class_names), len(widths)
    grid = figure.subplots(*size, squeeze=False, width_ratios=widths)
    for axes in grid.flat:
        axes.set_axis_off()
    grid[0][0].annotate('Highest weights', (0, 1.3), xycoords='axes fraction')
    grid[0][left + 1].annotate('Lowest weights', (0, 1.3), xycoords='axes fraction')
    beside: Any = dict(rotation=90, ha='right', va='center', fontsize=8)
    for name, panels, high, low in zip(class_names, grid, best, worst):
        _draw_row(panels, high, f'best image of {plain_text(name)}')
        _draw_row(panels[left + 1 :], low, f'worst image of {plain_text(name)}')
        where = panels[0].transAxes
        panels[0].text(-0.12, 0.5, plain_text(name, 16), transform=where, **beside)
    return save_figure(figure, path)


def _draw_row(panels: Any, row: Sequence[WeightedImage], name: str) -> None:
    for axes, (image, weight, right) in zip(panels, row):
        draw_image(axes, image, f'{weight:.2f}', right, name)
