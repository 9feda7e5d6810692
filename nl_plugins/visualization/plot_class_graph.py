"""A class graph as a heat map with similar classes side by side."""

from typing import Any, Optional, Sequence

import numpy as np
from scipy.cluster.hierarchy import leaves_list, linkage, optimal_leaf_ordering
from scipy.spatial.distance import squareform

from .figures import NEUTRAL, Path, new_figure, save_figure
from .text import plain_text

__all__ = ['clustered_order', 'plot_class_graph']

NAMED = 120  # classes whose names can still be read
ORDERED = 1000  # leaves whose best order is found in seconds


def plot_class_graph(
    path: Path,
    similarity: Any,
    class_names: Sequence[str],
    title: Optional[str] = None,
) -> str:
    """Plot the similarity of all pairs of classes, in clusters.

    The diagonal is left grey: it would hide how little the rest differs. The names of
    more than 120 classes are left out.

    Args:
        path: The picture to write.
        similarity: (C, C), high where two classes are alike.
        class_names: C of any text.
        title: Any text.

    Returns:
        ``path``.

    Raises:
        ValueError: If the matrix is not square or not finite, has fewer than two
            classes, or another number of names.
    """
    matrix = _checked(similarity, class_names)
    order = clustered_order(matrix)
    shown = matrix[np.ix_(order, order)]
    np.fill_diagonal(shown, np.nan)
    size = min(4 + 0.14 * len(order), 4 + 0.14 * NAMED)
    figure = new_figure((size + 1, size))
    axes = figure.subplots()
    axes.set_facecolor(NEUTRAL)
    image = axes.imshow(shown, cmap='viridis', interpolation='nearest')
    figure.colorbar(image, ax=axes, label='Similarity', shrink=0.8)
    if len(order) <= NAMED:
        names = [plain_text(class_names[i], 24) for i in order]
        axes.set_xticks(range(len(order)), names, rotation=90, fontsize=7)
        axes.set_yticks(range(len(order)), names, fontsize=7)
    else:
        axes.set(xticks=[], yticks=[], xlabel=f'{len(order):,} classes')
    if title is not None:
        axes.set_title(plain_text(title))
    return save_figure(figure, path)


def clustered_order(similarity: np.ndarray) -> np.ndarray:
    """(C,) order in which similar classes are neighbours (average linkage)."""
    mean = (similarity + similarity.T) / 2
    distance = mean.max() - mean
    np.fill_diagonal(distance, 0)
    condensed = squareform(distance, checks=False)
    tree = linkage(condensed, 'average')
    if len(similarity) <= ORDERED:
        tree = optimal_leaf_ordering(tree, condensed)
    return leaves_list(tree)


def _checked(similarity: Any, class_names: Sequence[str]) -> np.ndarray:
    matrix = np.array(similarity, dtype=np.float64)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or len(matrix) < 2:
        raise ValueError(f'a class graph has shape (C, C), C >= 2, got {matrix.shape}')
    if len(class_names) != len(matrix):
        raise ValueError(f'{len(class_names)} names for {len(matrix)} classes')
    if not np.isfinite(matrix).all():
        row, column = np.argwhere(~np.isfinite(matrix))[0]
        raise ValueError(f'similarity[{row}, {column}] is {matrix[row, column]}')
    return matrix
