"""How many of the highest-ranked samples are really mislabelled."""

from typing import Any

import numpy as np

from .figures import COLOURS, NEUTRAL, Path, new_figure, save_figure, tidy_axes
from .text import plain_text

__all__ = ['plot_rank_precision']


def plot_rank_precision(
    path: Path, precision: Any, base_rate: float, title: str | None = None
) -> str:
    """Plot a rank-precision curve.

    As Fig. 8 of `Learning From Massive Noisy Labeled Data for Image Classification`:
    samples sorted by the probability of confusing noise against the share of them whose
    noisy label is wrong.

    Args:
        path: The picture to write.
        precision: (N,), of the first k samples for every k, see
            :func:`~nl_plugins.functional.rank_precision`.
        base_rate: Share of wrong labels among all N, a line to compare with.
        title: Any text.

    Returns:
        ``path``.

    Raises:
        ValueError: If there are no samples or a number is not in [0, 1].
    """
    values = np.asarray(precision, dtype=np.float64)
    everything = np.append(values, base_rate)
    if values.ndim != 1 or not len(values):
        raise ValueError(
            f'precision must be (N,), N >= 1, but has shape {values.shape}'
        )
    if not ((everything >= 0) & (everything <= 1)).all():
        raise ValueError('precision and base_rate must lie in [0, 1]')
    figure = new_figure((5.2, 4))
    axes = figure.subplots()
    ranks = np.arange(1, len(values) + 1)
    axes.plot(ranks, values, color=COLOURS[0], linewidth=1.8)
    axes.axhline(base_rate, color=NEUTRAL, linestyle='--', linewidth=1)
    label = f'all samples: {base_rate:.2f}'
    axes.annotate(label, (ranks[-1], base_rate), ha='right', va='bottom', fontsize=8)
    tidy_axes(axes, 'Rank by p(confusing noise)', 'Share of wrong labels')
    axes.set_ylim(0, 1.02)
    if title is not None:
        axes.set_title(plain_text(title), fontsize=10)
    return save_figure(figure, path)
