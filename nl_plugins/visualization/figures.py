"""What the plots share: axes, images, checks, and saving without global state."""

from __future__ import annotations

import os
import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from ..checks import check_finite
from ..formats.atomic_file import atomic_write
from .colours import CORRECT, NEUTRAL, WRONG

if TYPE_CHECKING:  # loading it takes a second: only who draws waits
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = [
    'Path',
    'check_named',
    'draw_image',
    'finite',
    'new_figure',
    'save_figure',
    'tidy_axes',
]

Path = str | os.PathLike


def new_figure(
    size: tuple[float, float], *grid: int, **options: Any
) -> tuple[Figure, Any]:
    """A figure of (width, height) inches, and its axes, as those of ``subplots``.

    It is drawn in memory whatever display there is.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=size, layout='constrained')
    FigureCanvasAgg(figure)
    return figure, figure.subplots(*grid, **options)


def tidy_axes(axes: Axes, xlabel: str, ylabel: str) -> None:
    """Label the axes, and draw a light grid instead of a box."""
    axes.set(xlabel=xlabel, ylabel=ylabel)
    axes.grid(color='#e6e6e6', linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines[['top', 'right']].set_visible(False)


def draw_image(
    axes: Axes, image: Any, caption: str, right: bool | None = None, name: str = 'image'
) -> None:
    """Draw an image; what is right gets a blue frame and a tick, wrong orange, a cross.

    The image is uint8 (H, W), (H, W, 1) or (H, W, 3), grey or RGB; its name is for the
    ``ValueError`` if not. What OpenCV and MMCV load is BGR: turn it around
    (``image[..., ::-1]``) before. Matplotlib reads the caption: see ``plain_text``.
    """
    array = np.asarray(image)
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[..., 0]
    grey_or_rgb = array.ndim == 2 or (array.ndim == 3 and array.shape[2] == 3)
    if not grey_or_rgb or array.dtype != np.uint8:
        raise ValueError(
            f'{name} is {array.dtype} of shape {array.shape}, expected uint8 of '
            '(H, W), (H, W, 1) or (H, W, 3)'
        )
    looks = {None: ('black', ''), True: (CORRECT, ' ✓'), False: (WRONG, ' ✗')}
    colour, mark = looks[right]
    axes.set_axis_on()
    axes.set(xticks=[], yticks=[])
    for spine in axes.spines.values():
        spine.set(color=NEUTRAL if right is None else colour, linewidth=2)
    axes.imshow(array, cmap='gray', vmin=0, vmax=255, interpolation='nearest')
    axes.set_title(caption + mark, fontsize=7.5, color=colour, pad=4)


def save_figure(figure: Figure, path: Path) -> str:
    """Write the figure atomically (as PNG if the path has no suffix); give the path."""
    path = os.fspath(path)
    suffix = os.path.splitext(path)[1][1:].lower() or 'png'
    with warnings.catch_warnings(), atomic_write(path, 'wb') as file:
        # A character that the font lacks is drawn as a box, which says enough.
        warnings.filterwarnings('ignore', message='Glyph .* missing from')
        figure.savefig(file, format=suffix, dpi=150)
    return path


def finite(values: Any, name: str, *shape: int) -> np.ndarray:
    """A float64 copy of values.

    Raises:
        ValueError: If they have not this shape or are not finite, naming which.
    """
    array = np.asarray(values, dtype=np.float64).copy()
    if array.shape != shape:
        raise ValueError(f'{name} must have shape {shape}, got {array.shape}')
    check_finite(torch.from_numpy(array), name)
    return array


def check_named(
    labels: Sequence[int], name: str, count: int, names: Sequence[str], lowest: int = 0
) -> None:
    """``ValueError`` if not ``count`` labels of classes with a name (or ``lowest``)."""
    if len(labels) != count:
        raise ValueError(f'{name} has {len(labels)} values for {count} images')
    for i, label in enumerate(labels):
        if not lowest <= label < len(names):
            raise ValueError(f'{name}[{i}] = {label} has no class name')
