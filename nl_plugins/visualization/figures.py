"""What the plots share: axes, checks, and saving without global state."""

import os
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from ..checks import check_finite
from ..formats.atomic_file import atomic_write

__all__ = [
    'Path',
    'check_named',
    'finite',
    'new_figure',
    'save_figure',
    'tidy_axes',
]

Path = str | os.PathLike


def new_figure(size: tuple[float, float]) -> Figure:
    """A figure of (width, height) inches, drawn in memory whatever display there is."""
    figure = Figure(figsize=size, layout='constrained')
    FigureCanvasAgg(figure)
    return figure


def tidy_axes(axes: Axes, xlabel: str, ylabel: str) -> None:
    """Label the axes, and draw a light grid instead of a box."""
    axes.set(xlabel=xlabel, ylabel=ylabel)
    axes.grid(color='#e6e6e6', linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines[['top', 'right']].set_visible(False)


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
    """A float64 copy of values that must have this shape and be finite.

    Raises:
        ValueError: Naming the shape, or the first entry that is not finite.
    """
    array = np.asarray(values, dtype=np.float64).copy()
    if array.shape != shape:
        raise ValueError(f'{name} must have shape {shape}, got {array.shape}')
    check_finite(torch.from_numpy(array), name)
    return array


def check_named(
    labels: Sequence[int],
    name: str,
    count: int,
    class_names: Sequence[str],
    lowest: int = 0,
) -> None:
    """There must be ``count`` labels of classes with a name; -1 may be the lowest.

    Raises:
        ValueError: If not, naming the label.
    """
    if len(labels) != count:
        raise ValueError(f'{name} has {len(labels)} values for {count} images')
    for i, label in enumerate(labels):
        if not lowest <= label < len(class_names):
            raise ValueError(f'{name}[{i}] = {label} has no class name')
