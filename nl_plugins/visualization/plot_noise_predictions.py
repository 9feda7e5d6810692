"""What a noise layer makes of single images."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from .figures import COLOURS, NEUTRAL, Path, new_figure, save_figure
from .text import plain_text

__all__ = ['plot_noise_predictions']

_NAME_LENGTH = 12
_BLOCKS = 2  # in a row
_TYPES = ('noise free', 'random', 'confusing')
_PRIOR, _POSTERIOR = COLOURS[5], COLOURS[0]


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
        images: uint8 arrays, H x W, H x W x 1 (grey) or H x W x 3 (RGB).
        noisy: (n,) noisy labels.
        class_probs: (n, L) p(y|x).
        class_posterior: (n, L) p(y|noisy label, x).
        class_names: Any text.
        type_probs: (n, 3) p(z|x), or None if there are no noise types.
        type_posterior: (n, 3), or None.
        true: (n,) true labels where they are known, else -1.
        top: How many classes to show.

    Returns:
        ``path``.

    Raises:
        ValueError: If there are no images, or the numbers of things differ.
    """
    rows = [np.asarray(class_probs), np.asarray(class_posterior)]
    types = []
    if type_probs is not None:
        types = [np.asarray(type_probs), np.asarray(type_posterior)]
    _check(images, noisy, rows, types, class_names, true)
    names = [plain_text(name, _NAME_LENGTH) for name in class_names]
    panels = 3 if types else 2
    count = math.ceil(len(images) / _BLOCKS)
    figure = new_figure((2.1 * panels * _BLOCKS, 1.5 * count + 0.4))
    grid = figure.subplots(count, panels * _BLOCKS, squeeze=False)
    for axes in grid.flat:
        axes.set_axis_off()
    for i, image in enumerate(images):
        first = i % _BLOCKS * panels
        block = grid[i // _BLOCKS, first : first + panels]
        truth = '' if true is None or true[i] < 0 else f'\ntrue: {names[true[i]]}'
        _draw_image(block[0], np.asarray(image), f'noisy: {names[noisy[i]]}{truth}')
        chosen = np.argsort(-np.maximum(rows[0][i], rows[1][i]), kind='stable')[:top]
        labels = [names[k] + (' *' if k == noisy[i] else '') for k in chosen]
        _draw_bars(
            block[1],
            labels,
            rows[0][i][chosen],
            rows[1][i][chosen],
            'class y (*: noisy)',
        )
        if types:
            _draw_bars(block[2], _TYPES, types[0][i], types[1][i], 'noise type z')
    handles = grid[0, 1].containers
    labels = ['prediction p(·|x)', 'posterior p(·|noisy label, x)']
    figure.legend(handles, labels, loc='outside lower center', ncols=2, frameon=False)
    return save_figure(figure, path)


def _draw_image(axes: Axes, image: np.ndarray, caption: str) -> None:
    image = image[..., 0] if image.ndim == 3 and image.shape[2] == 1 else image
    axes.imshow(image, cmap='gray', vmin=0, vmax=255, interpolation='nearest')
    axes.set_title(caption, fontsize=7.5, pad=3)


def _draw_bars(
    axes: Axes,
    labels: Sequence[str],
    prior: np.ndarray,
    posterior: np.ndarray,
    title: str,
) -> None:
    axes.set_axis_on()
    places = np.arange(len(labels))
    axes.barh(places - 0.2, prior, 0.4, color=_PRIOR)
    axes.barh(places + 0.2, posterior, 0.4, color=_POSTERIOR)
    axes.set_yticks(places, labels, fontsize=7)
    axes.set_xticks([0, 0.5, 1], ['0', '', '1'], fontsize=7)
    axes.set_xlim(0, 1)
    axes.invert_yaxis()
    axes.set_title(title, fontsize=7.5, pad=3, color=NEUTRAL)
    axes.spines[['top', 'right']].set_visible(False)


def _check(
    images: Sequence[np.ndarray],
    noisy: Sequence[int],
    rows: Sequence[np.ndarray],
    types: Sequence[np.ndarray],
    class_names: Sequence[str],
    true: Sequence[int] | None,
) -> None:
    if not len(images):
        raise ValueError('there are no images')
    lengths = [len(noisy)] + ([] if true is None else [len(true)])
    if any(length != len(images) for length in lengths):
        raise ValueError(f'{len(images)} images, but {lengths} labels')
    for values, width in [(v, len(class_names)) for v in rows] + [
        (v, 3) for v in types
    ]:
        if values.shape != (len(images), width):
            raise ValueError(
                f'probabilities have shape {values.shape}, expected '
                f'({len(images)}, {width})'
            )
    for name, labels, lowest in (('noisy', noisy, 0), ('true', true or (), -1)):
        for i, label in enumerate(labels):
            if not lowest <= label < len(class_names):
                raise ValueError(f'{name}[{i}] = {label} has no class name')
