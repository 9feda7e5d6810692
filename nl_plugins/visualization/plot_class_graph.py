"""A class graph as a heat map with similar classes side by side."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from .colours import NEUTRAL
from .figures import Path, finite, new_figure, save_figure
from .text import plain_names, plain_text

__all__ = ['clustered_order', 'plot_class_graph']

NAMED = 120  # classes whose names can still be read
ORDERED = 1000  # leaves whose best order is found in seconds


def plot_class_graph(
    path: Path, similarity: Any, class_names: Sequence[str], title: str = ''
) -> str:
    """Plot the (C, C) similarity of C classes, high where two are alike, in clusters.

    The diagonal is left grey: it would hide how little the rest differs. The names of
    more than 120 classes are left out.

    Raises:
        ValueError: If the shape is another, a number not finite, or C less than two.
    """
    count = len(class_names)
    if count < 2:
        raise ValueError(f'a class graph needs two classes or more, got {count} names')
    matrix = finite(similarity, f'the similarity of {count} classes', count, count)
    order = clustered_order(matrix)
    shown = matrix[np.ix_(order, order)]
    np.fill_diagonal(shown, np.nan)
    size = 4 + 0.14 * min(count, NAMED)
    figure, axes = new_figure((size + 1, size))
    axes.set_facecolor(NEUTRAL)
    image = axes.imshow(shown, cmap='viridis', interpolation='nearest')
    figure.colorbar(image, ax=axes, label='Similarity', shrink=0.8)
    if count <= NAMED:
        short = plain_names(class_names, 24)
        names = [short[i] for i in order]
        axes.set_xticks(range(count), names, rotation=90, fontsize=7)
        axes.set_yticks(range(count), names, fontsize=7)
    else:
        axes.set(xticks=[], yticks=[], xlabel=f'{count:,} classes')
    axes.set_title(plain_text(title))
    return save_figure(figure, path)


def clustered_order(similarity: np.ndarray) -> np.ndarray:
    """(C,) order in which similar classes are neighbours (average linkage)."""
    from scipy.cluster.hierarchy import leaves_list, linkage, optimal_leaf_ordering
    from scipy.spatial.distance import squareform

    mean = (similarity + similarity.T) / 2
    distance = mean.max() - mean
    np.fill_diagonal(distance, 0)
    condensed = squareform(distance, checks=False)
    tree = linkage(condensed, 'average')
    if len(similarity) <= ORDERED:
        tree = optimal_leaf_ordering(tree, condensed)
    return leaves_list(tree)
