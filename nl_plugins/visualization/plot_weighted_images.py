"""The images of each class that weigh most and least."""

from typing import Any, NamedTuple, Optional, Sequence

import numpy as np

from .figures import Path, new_figure, save_figure
from .image_panel import check_image, draw_image
from .text import plain_text

__all__ = ['WeightedImage', 'plot_weighted_images']


class WeightedImage(NamedTuple):
    """An image on the sheet.

    Attributes:
        image: uint8 (H, W), (H, W, 1) or (H, W, 3) RGB.
        weight: Of the sample.
        right: Whether its label is right; None where it is not known.
    """

    image: np.ndarray
    weight: float
    right: Optional[bool] = None


def plot_weighted_images(
    path: Path,
    class_names: Sequence[str],
    best: Sequence[Sequence[WeightedImage]],
    worst: Sequence[Sequence[WeightedImage]],
) -> str:
    """Plot a row for each class: its highest weights on the left, lowest on the right.

    Args:
        path: The picture to write.
        class_names: Any text, one a row.
        best: The images of highest weight of each class, in the order given.
        worst: Those of lowest weight.

    Returns:
        ``path``.

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
    grid = figure.subplots(
        len(class_names),
        left + 1 + right,
        squeeze=False,
        width_ratios=[1] * left + [0.3] + [1] * right,
    )
    for axes in grid.flat:
        axes.set_axis_off()
    grid[0][0].annotate('Highest weights', (0, 1.3), xycoords='axes fraction')
    grid[0][left + 1].annotate('Lowest weights', (0, 1.3), xycoords='axes fraction')
    for name, panels, high, low in zip(class_names, grid, best, worst):
        for kind, first, row in (('best', 0, high), ('worst', left + 1, low)):
            _draw_row(panels[first:], row, f'{kind} image of {plain_text(name)}')
        panels[0].text(
            -0.12,
            0.5,
            plain_text(name, 16),
            rotation=90,
            ha='right',
            va='center',
            fontsize=8,
            transform=panels[0].transAxes,
        )
    return save_figure(figure, path)


def _draw_row(panels: Any, row: Sequence[WeightedImage], name: str) -> None:
    for axes, (image, weight, right) in zip(panels, row):
        draw_image(axes, check_image(image, name), f'{weight:.2f}', right)
