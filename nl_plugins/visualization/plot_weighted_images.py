"""The images of each class that weigh most and least."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from .figures import Path, draw_image, new_figure, save_figure
from .text import plain_text, shown_names

__all__ = ['WeightedImage', 'plot_weighted_images']


class WeightedImage(NamedTuple):
    """An image on the sheet."""

    image: np.ndarray  # see `draw_image`
    weight: float
    right: bool | None = None  # whether its label is right; None where not known


def plot_weighted_images(
    path: Path,
    class_names: Sequence[str],
    best: Sequence[Sequence[WeightedImage]],
    worst: Sequence[Sequence[WeightedImage]],
    titles: tuple[str, str] = ('Highest weights', 'Lowest weights'),
) -> str:
    """Plot a row for each class: its highest weights on the left, lowest on the right.

    ``best`` and ``worst`` are the images of each class, in the order given, below the
    ``titles``.

    Raises:
        ValueError: If the numbers of classes differ, there are no images, or an image
            has another form.
    """
    size, left = len(class_names), max(map(len, best), default=0)
    right = max(map(len, worst), default=0)
    if not size == len(best) == len(worst):
        raise ValueError(f'{size} names, {len(best)} best and {len(worst)} worst rows')
    if not left or not right:
        raise ValueError('there are no images to show')
    columns: Any = dict(width_ratios=[1] * left + [0.3] + [1] * right, squeeze=False)
    inches = 1.3 * (left + right + 1), 1.6 * size + 0.4
    figure, grid = new_figure(inches, size, left + right + 1, **columns)
    for axes in grid.flat:
        axes.set_axis_off()
    above: Any = dict(xycoords='axes fraction', textcoords='offset points')
    # a title is wider than an image, which the layout must not make room for
    layout: Any = figure.get_layout_engine()
    layout.set(rect=(0, 0, 1, 1 - 0.3 / inches[1]))
    for place, title in zip((0, left + 1), titles):
        text = grid[0][place].annotate(title, (0, 1), (0, 20), **above)
        text.set_in_layout(False)
    beside: Any = dict(rotation=90, ha='right', va='center', fontsize=8)
    for name, panels, high, low in zip(shown_names(class_names), grid, best, worst):
        _draw_row(panels, high, f'best image of {plain_text(name)}')
        _draw_row(panels[left + 1 :], low, f'worst image of {plain_text(name)}')
        where = panels[0].transAxes
        panels[0].text(-0.12, 0.5, plain_text(name, 16), transform=where, **beside)
    return save_figure(figure, path)


def _draw_row(panels: Any, row: Sequence[WeightedImage], name: str) -> None:
    for axes, (image, weight, right) in zip(panels, row):
        caption = f'{round(weight, 2) + 0:.2f}'  # + 0: no -0.00
        draw_image(axes, image, caption, right, name)
