"""Learning curves of several methods, each over several runs."""

from collections.abc import Mapping, Sequence

import numpy as np

from .colours import line_style
from .figures import Path, new_figure, save_figure, tidy_axes
from .text import plain_text

__all__ = ['plot_accuracy_curves']

Run = Sequence[tuple[float, float]]


def plot_accuracy_curves(
    path: Path, curves: Mapping[str, Sequence[Run]], ylabel: str = 'Test accuracy (%)'
) -> str:
    """Plot the mean over the runs, in a band from the lowest to the highest run.

    ``curves`` holds the runs of each method by its name, each a list of (epoch, value).
    Epochs that not every run of a method has are left out: a mean over fewer runs
    would jump where a run ends.

    Raises:
        ValueError: If there is no curve, a value is not finite, or runs share no epoch.
    """
    if not curves:
        raise ValueError('there are no curves')
    from matplotlib.ticker import MaxNLocator

    figure, axes = new_figure((6.4, 4.2))
    for number, (name, runs) in enumerate(curves.items()):
        epochs, values = _aligned(name, runs)
        label = plain_text(name, 40) + (f' ({len(runs)} runs)' if len(runs) > 1 else '')
        if label.startswith('_'):  # Matplotlib would leave it out of the legend
            label = ' ' + label
        look = dict(line_style(number), linewidth=1.8, markersize=4, label=label)
        every = max(1, len(epochs) // 10)
        axes.plot(epochs, values.mean(axis=0), markevery=every, **look)
        if len(runs) > 1:
            band, colour = (values.min(axis=0), values.max(axis=0)), look['color']
            axes.fill_between(epochs, *band, color=colour, alpha=0.18, linewidth=0)
    tidy_axes(axes, 'Epoch', plain_text(ylabel))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, steps=[1, 2, 5, 10]))
    axes.margins(x=0.02)
    figure.legend(loc='outside lower center', ncols=2, frameon=False, columnspacing=1.5)
    return save_figure(figure, path)


def _aligned(name: str, runs: Sequence[Run]) -> tuple[np.ndarray, np.ndarray]:
    """The epochs that all runs have, (E,), and the values there, (runs, E)."""
    tables = [dict(run) for run in runs]
    epochs = sorted(set.intersection(*map(set, tables))) if tables else []
    if not epochs:
        raise ValueError(f'the runs of {name!r} share no epoch')
    values = np.array([[table[epoch] for epoch in epochs] for table in tables], float)
    if not np.isfinite(values).all():
        raise ValueError(f'a run of {name!r} has a value that is not finite')
    return np.array(epochs, dtype=float), values
