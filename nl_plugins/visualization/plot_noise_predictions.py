"""What a noise layer makes of single images."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .colours import COLOURS, NEUTRAL
from .figures import Path, check_named, draw_image, finite, new_figure, save_figure
from .text import plain_names

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ['plot_noise_predictions']

_BLOCKS = 2  # in a row
_TYPES = ('noise free', 'random', 'confusing')


def plot_noise_predictions(
    path: Path,
    images: Sequence[np.ndarray],
    noisy: Sequence[int],
    class_probs: Any,
    class_posterior: Any,
    class_names: Sequence[str],
    type_probs: Any | None = None,
    type_posterior: Any | None = None,
    true: Sequence[int] | None = None,
    top: int = 4,
) -> str:
    """Plot each image with its predictions and what its noisy label makes of them.

    After Fig. 7 of `Learning From Massive Noisy Labeled Data for Image Classification`:
    beside the image p(y|x) and the posterior of y, for the classes where either is
    largest, and p(z|x) and the posterior of the noise type z.

    Args:
        path: The picture to write.
        images: See :func:`~.figures.draw_image`.
        noisy: (n,) noisy labels.
        class_probs: (n, L) p(y|x).
        class_posterior: (n, L) p(y|noisy label, x).
        class_names: L names.
        type_probs: (n, 3) p(z|x), or None if there are no noise types.
        type_posterior: (n, 3), or None.
        true: (n,) true labels where they are known, else -1.
        top: Number of classes to show.

    Raises:
        ValueError: If there are no images, or the numbers of things differ.
    """
    count, size = len(images), len(class_names)
    if not count:
        raise ValueError('there are no images')
    true = [-1] * count if true is None else true
    check_named(noisy, 'noisy', count, class_names)
    check_named(true, 'true', count, class_names, lowest=-1)
    probs = finite(class_probs, 'class_probs', count, size)
    posterior = finite(class_posterior, 'class_posterior', count, size)
    types: list[np.ndarray] = []
    if type_probs is not None:
        types.append(finite(type_probs, 'type_probs', count, 3))
        types.append(finite(type_posterior, 'type_posterior', count, 3))
    panels, rows = 3 if types else 2, math.ceil(count / _BLOCKS)
    names = plain_names(class_names, 12)
    inches = 2.1 * panels * _BLOCKS, 1.5 * rows + 0.4
    figure, grid = new_figure(inches, rows, panels * _BLOCKS, squeeze=False)
    for axes in grid.flat:
        axes.set_axis_off()
    for i, (block, image) in enumerate(zip(grid.reshape(-1, panels), images)):
        truth = '' if true[i] < 0 else f'\ntrue: {names[true[i]]}'
        draw_image(block[0], image, f'noisy: {names[noisy[i]]}{truth}')
        shown = np.argsort(-np.maximum(probs[i], posterior[i]), kind='stable')[:top]
        labels = [names[k] + (' *' if k == noisy[i] else '') for k in shown]
        bars = probs[i][shown], posterior[i][shown]
        _draw_bars(block[1], 'class y (*: noisy)', labels, *bars)
        if types:
            _draw_bars(block[2], 'noise type z', _TYPES, *(t[i] for t in types))
    handles = grid[0, 1].containers
    labels = ['prediction p(·|x)', 'posterior p(·|noisy label, x)']
    figure.legend(handles, labels, loc='outside lower center', ncols=2, frameon=False)
    return save_figure(figure, path)


def _draw_bars(
    axes: Axes, title: str, labels: Sequence[str], *bars: np.ndarray
) -> None:
    axes.set_axis_on()
    places = np.arange(len(labels))
    for widths, shift, colour in zip(bars, (-0.2, 0.2), (COLOURS[5], COLOURS[0])):
        axes.barh(places + shift, widths, 0.4, color=colour)
    axes.set_yticks(places, labels, fontsize=7)
    axes.set_xticks([0, 0.5, 1], ['0', '', '1'], fontsize=7)
    axes.set_xlim(0, 1)
    axes.invert_yaxis()
    axes.set_title(title, fontsize=7.5, pad=3, color=NEUTRAL)
    axes.spines[['top', 'right']].set_visible(False)
