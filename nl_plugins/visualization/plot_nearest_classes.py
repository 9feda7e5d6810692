"""The classes most like one class, by each source of knowledge side by side."""

from typing import Any, Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes

from .figures import CORRECT, NEUTRAL, Path, new_figure, save_figure, tidy_axes
from .text import plain_text

__all__ = ['plot_nearest_classes']


def plot_nearest_classes(
    path: Path,
    label: int,
    similarities: Mapping[str, Any],
    class_names: Sequence[str],
    count: int = 8,
) -> str:
    """Plot the nearest classes by text, by WordNet, by vision and so on.

    Where they agree, images of the class can be told by their other likenesses (the
    idea of SINet): classes that every source has among its nearest are blue.

    Args:
        path: The picture to write.
        label: The class.
        similarities: For each source (C,) the similarity of all classes to the class;
            its own entry is not shown.
        class_names: C of any text.
        count: Classes of each source.

    Returns:
        ``path``.

    Raises:
        ValueError: If there are no sources, a row has another length, a number is not
            finite, or the class does not exist.
    """
    if not similarities or not 0 <= label < len(class_names) or count < 1:
        raise ValueError(
            f'{len(similarities)} sources for {count} neighbours of class {label} of '
            f'{len(class_names)}'
        )
    nearest = {
        name: _nearest(name, values, label, len(class_names))[:count]
        for name, values in similarities.items()
    }
    common = set.intersection(*(set(order.tolist()) for order in nearest.values()))
    height = 1.2 + 0.28 * min(count, len(class_names) - 1)
    figure = new_figure((3.6 * len(nearest), height))
    figure.suptitle(f'Nearest classes of {plain_text(class_names[label])}')
    panels = figure.subplots(1, len(nearest), squeeze=False)[0]
    for axes, (name, order) in zip(panels, nearest.items()):
        values = np.asarray(similarities[name], dtype=np.float64)[order]
        names = [plain_text(class_names[i], 22) for i in order]
        colours = [CORRECT if i in common else NEUTRAL for i in order.tolist()]
        _draw_bars(axes, plain_text(name), values, names, colours)
    return save_figure(figure, path)


def _nearest(name: str, values: Any, label: int, count: int) -> np.ndarray:
    row = np.asarray(values, dtype=np.float64)
    if row.shape != (count,) or not np.isfinite(row).all():
        raise ValueError(
            f'the similarities by {name!r} must be {count} finite numbers, got shape '
            f'{row.shape}'
        )
    order = np.argsort(-row, kind='stable')
    return order[order != label]


def _draw_bars(
    axes: Axes, title: str, values: np.ndarray, names: list, colours: list
) -> None:
    places = range(len(names))
    axes.barh(places, values, color=colours, height=0.7)
    axes.set_yticks(places, names, fontsize=8)
    axes.invert_yaxis()
    tidy_axes(axes, 'Similarity', '')
    axes.set_title(title, fontsize=10)
