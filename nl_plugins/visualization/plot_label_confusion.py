"""Which labels are given to which classes, as a matrix of numbers."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from .figures import Path, finite, new_figure, save_figure
from .text import plain_names, plain_text

__all__ = ['plot_label_confusion']

_NUMBERED = 30  # more classes are shown without numbers and names


def plot_label_confusion(
    path: Path,
    matrix: Any,
    class_names: Sequence[str],
    frequencies: Sequence[int] | None = None,
    title: str = '',
) -> str:
    """Plot an (L, L) matrix, [i, j] = p(noisy i | true j); its columns sum to 1.

    As Fig. 6 of `Learning From Massive Noisy Labeled Data for Image Classification`: a
    column for each true label, a row for each noisy one, numbers in per cent, extremely
    small ones hidden. ``frequencies``, the number of samples of each true label, are
    shown above the columns.

    Raises:
        ValueError: If the shapes do not fit or a column is no distribution.
    """
    size = max(1, len(class_names))
    values = finite(matrix, f'the matrix of {size} classes', size, size)
    if frequencies is not None and len(frequencies) != size:
        raise ValueError(f'{len(frequencies)} frequencies for {size} classes')
    wrong = (np.abs(values.sum(axis=0) - 1) > 1e-4) | (values < 0).any(axis=0)
    if wrong.any():
        j = int(np.argmax(wrong))
        raise ValueError(f'column {j} of the matrix is no distribution: {values[:, j]}')
    numbered = size <= _NUMBERED
    inches = max(3.5, 0.42 * size + 1.6) if numbered else 8
    figure, axes = new_figure((inches + 0.8, inches))
    shown = axes.imshow(values, cmap='Blues', vmin=0, vmax=1, interpolation='nearest')
    figure.colorbar(shown, ax=axes, shrink=0.8)
    axes.set(xlabel='True label', ylabel='Noisy label')
    axes.set_title(plain_text(title), fontsize=10, pad=30 if numbered else 6)
    if not numbered:
        return save_figure(figure, path)
    names = plain_names(class_names, 16)
    axes.set_xticks(range(size), names, rotation=90, fontsize=7)
    axes.set_yticks(range(size), names, fontsize=7)
    for i, j in np.argwhere(values >= 0.005):
        look = dict(fontsize=6.5, color='white' if values[i, j] > 0.5 else 'black')
        axes.text(j, i, f'{100 * values[i, j]:.0f}', ha='center', va='center', **look)
    if frequencies is not None:
        top = axes.secondary_xaxis('top')
        top.set_xticks(range(size), [f'{n:,}' for n in frequencies], rotation=90)
        top.tick_params(length=0, labelsize=6.5)
    return save_figure(figure, path)
