"""How many of the highest-ranked samples are really mislabelled."""

from typing import Any

from ..checks import check_fraction
from .colours import COLOURS, NEUTRAL
from .figures import Path, finite, new_figure, save_figure, tidy_axes
from .text import plain_text

__all__ = ['plot_rank_precision']


def plot_rank_precision(
    path: Path, precision: Any, base_rate: float, title: str = ''
) -> str:
    """Plot a rank-precision curve.

    As Fig. 8 of `Learning From Massive Noisy Labeled Data for Image Classification`:
    samples sorted by the probability of confusing noise against the share of them whose
    noisy label is wrong. ``precision`` is (N,), of the first k samples for every k, see
    :func:`~nl_plugins.functional.rank_precision`; ``base_rate``, the share of wrong
    labels among all N, is a line to compare with.

    Raises:
        ValueError: If there are no samples or a number is not in [0, 1].
    """
    values = finite(precision, 'precision', max(1, len(precision)))
    for value in (values.min(), values.max()):
        check_fraction(value, 'precision', zero=True)
    check_fraction(base_rate, 'base_rate', zero=True)
    figure, axes = new_figure((5.2, 4))
    axes.plot(range(1, len(values) + 1), values, color=COLOURS[0], linewidth=1.8)
    axes.axhline(base_rate, color=NEUTRAL, linestyle='--', linewidth=1)
    label, place = f'all samples: {base_rate:.2f}', (len(values), base_rate)
    axes.annotate(label, place, ha='right', va='bottom', fontsize=8)
    tidy_axes(axes, 'Rank by p(confusing noise)', 'Share of wrong labels')
    axes.set_ylim(0, 1.02)
    axes.set_title(plain_text(title), fontsize=10)
    return save_figure(figure, path)
