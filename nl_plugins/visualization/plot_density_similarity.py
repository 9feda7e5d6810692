"""The density and similarity of one class's samples, as in SMP's Fig. 3."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .colours import CORRECT, HIGHLIGHT, NEUTRAL, WRONG
from .figures import Path, finite, new_figure, save_figure, tidy_axes
from .text import plain_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ['plot_density_similarity']


def plot_density_similarity(
    path: Path,
    density: Any,
    similarity: Any,
    prototypes: Any,
    clean: Any | None = None,
    title: str = '',
) -> str:
    """Plot which samples of a class became its prototypes, and why.

    The scatter is Fig. 3(b) of `Deep Self-Learning From Noisy Labels`: prototypes
    are dense (far right) and not too similar to a denser sample (low). Where it is
    known which labels are right, their densities are set against those of the
    wrong ones beside it, Fig. 3(a): the two should be apart. ``density`` is (n,) rho of
    Eq. 6, ``similarity`` (n,) eta of Eq. 7, ``prototypes`` the indices of the samples
    chosen; ``clean``, (n,) bool, says whether the label of each sample is right.

    Raises:
        ValueError: If the shapes differ, a number is not finite or a prototype is
            not among the samples.
    """
    size = max(1, len(density))
    density = finite(density, 'density', size)
    points = np.stack([density, finite(similarity, 'similarity', size)])
    prototypes = np.asarray(prototypes, dtype=np.int64).reshape(-1)
    outside = prototypes[(prototypes < 0) | (prototypes >= size)]
    if outside.size:
        raise ValueError(f'prototype {outside[0]} is none of {size} samples')
    groups = [(np.ones(size, dtype=bool), NEUTRAL, 'o', '-', 'Samples')]
    if clean is not None:
        right = finite(clean, 'clean', size).astype(bool)
        groups = [
            (right, CORRECT, 'o', '-', 'Right label'),
            (~right, WRONG, 'x', '--', 'Wrong label'),
        ]
    figure, panels = new_figure((5.2 * len(groups), 4), 1, len(groups), squeeze=False)
    figure.suptitle(plain_text(title))
    if clean is not None:
        _draw_histograms(panels[0, 0], density, groups)
    _draw_scatter(panels[0, -1], points, prototypes, groups)
    return save_figure(figure, path)


def _draw_scatter(
    axes: Axes, points: np.ndarray, prototypes: np.ndarray, groups: list
) -> None:
    others = np.ones(points.shape[1], dtype=bool)
    others[prototypes] = False
    look: Any = dict(s=18, alpha=0.6, linewidths=0.8)
    for mask, colour, marker, _, label in groups:
        shown = points[:, mask & others]
        axes.scatter(*shown, color=colour, marker=marker, label=label, **look)
    look = dict(s=90, edgecolors='black', linewidths=0.6, zorder=3, clip_on=False)
    look.update(color=HIGHLIGHT, marker='*', label='Prototypes')
    axes.scatter(*points[:, prototypes], **look)
    _finish(axes, r'Similarity to a denser sample $\eta$')


def _draw_histograms(axes: Axes, density: np.ndarray, groups: list) -> None:
    bins = np.histogram_bin_edges(density, bins=30).tolist()
    for mask, colour, _, dashes, name in groups:
        # An outline besides the colour: two sets of bars hide each other.
        axes.hist(density[mask], bins, color=colour, alpha=0.3)
        outline: Any = dict(histtype='step', linestyle=dashes, linewidth=1.5)
        label = f'{name} ({mask.sum():,})'
        axes.hist(density[mask], bins, color=colour, label=label, **outline)
    from matplotlib.ticker import MaxNLocator

    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    _finish(axes, 'Samples')


def _finish(axes: Axes, ylabel: str) -> None:
    tidy_axes(axes, r'Density $\rho$', ylabel)
    # Above the plot, where it covers no sample.
    where: Any = dict(loc='lower left', bbox_to_anchor=(0, 1), borderaxespad=0.2)
    axes.legend(ncols=3, frameon=False, columnspacing=1.2, handletextpad=0.5, **where)
