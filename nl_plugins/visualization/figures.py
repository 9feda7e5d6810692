"""What the plots share: colours, axes, and saving without global state."""

import os
import warnings
from typing import Any, Tuple, Union

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from ..formats.atomic_file import atomic_write

__all__ = [
    'COLOURS',
    'CORRECT',
    'HIGHLIGHT',
    'MARKERS',
    'NEUTRAL',
    'WRONG',
    'new_figure',
    'save_figure',
    'tidy_axes',
]

# Okabe and Ito's palette, told apart with any kind of colour vision.
COLOURS = ('#0072B2', '#D55E00', '#009E73', '#CC79A7', '#E69F00', '#56B4E9', '#000000')
MARKERS = ('o', 's', '^', 'D', 'v', 'P', 'X')
CORRECT, WRONG, HIGHLIGHT, NEUTRAL = '#0072B2', '#D55E00', '#D7191C', '#767676'

Path = Union[str, os.PathLike]


def new_figure(size: Tuple[float, float]) -> Figure:
    """A figure that is drawn in memory, whatever display there is.

    Args:
        size: Width and height in inches.
    """
    figure = Figure(figsize=size, layout='constrained')
    FigureCanvasAgg(figure)
    return figure


def tidy_axes(axes: Axes, xlabel: str, ylabel: str) -> None:
    """Label the axes, and draw a light grid instead of a box."""
    axes.set_xlabel(xlabel)
    axes.set_ylabel(ylabel)
    axes.grid(color='#e6e6e6', linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines[['top', 'right']].set_visible(False)


def save_figure(figure: Figure, path: Path, **settings: Any) -> str:
    """Write the figure atomically; the suffix tells the format, PNG without one.

    Returns:
        The path written.
    """
    path = os.fspath(path)
    suffix = os.path.splitext(path)[1][1:].lower() or 'png'
    with warnings.catch_warnings(), atomic_write(path, 'wb') as file:
        # A character that the font lacks is drawn as a box, which says enough.
        warnings.filterwarnings('ignore', message='Glyph .* missing from')
        figure.savefig(file, format=suffix, dpi=150, **settings)
    return path
