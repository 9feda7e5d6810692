"""The classes most like one class, by each source of knowledge side by side."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from .colours import CORRECT, NEUTRAL
from .figures import Path, finite, new_figure, save_figure, tidy_axes
from .text import plain_names, plain_text

__all__ = ['plot_nearest_classes']


def plot_nearest_classes(
    path: Path,
    label: int,
    similarities: Mapping[str, Any],
    class_names: Sequence[str],
    count: int = 8,
) -> str:
    """Plot the nearest classes (``count``) by text, by WordNet, by vision and so on.

    Where they agree, images of the class can be told by their other likenesses (the
    idea of SINet): classes that every source has among its nearest are blue.
    ``similarities`` holds, for each source, (C,) the similarity of all C classes to the
    class ``label``; its own entry is not shown.

    Raises:
        ValueError: If there are no sources, a row has another length, a number is not
            finite, or the class does not exist.
    """
    size = len(class_names)
    if not similarities or not 0 <= label < size or count < 1:
        what = f'{len(similarities)} sources for {count} neighbours of class {label}'
        raise ValueError(f'{what} of {size}')
    rows = {name: finite(v, f'{name!r}', size) for name, v in similarities.items()}
    ranked = {name: np.argsort(-row, kind='stable') for name, row in rows.items()}
    nearest = {n: order[order != label][:count].tolist() for n, order in ranked.items()}
    common = set.intersection(*map(set, nearest.values()))
    inches = 3.6 * len(nearest), 1.2 + 0.28 * min(count, size - 1)
    figure, panels = new_figure(inches, 1, len(nearest), squeeze=False)
    figure.suptitle(f'Nearest classes of {plain_names(class_names, 60)[label]}')
    short = plain_names(class_names, 22)
    for axes, (name, order) in zip(panels[0], nearest.items()):
        colours = [CORRECT if i in common else NEUTRAL for i in order]
        names = [short[i] for i in order]
        axes.barh(range(len(order)), rows[name][order], color=colours, height=0.7)
        axes.set_yticks(range(len(order)), names, fontsize=8)
        axes.invert_yaxis()
        tidy_axes(axes, 'Similarity', '')
        axes.set_title(plain_text(name), fontsize=10)
    return save_figure(figure, path)
