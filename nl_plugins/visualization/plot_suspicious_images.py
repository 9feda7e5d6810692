"""A sheet of the images whose labels look wrong, with the suggestions."""

import math
from collections.abc import Sequence

import numpy as np

from .figures import Path, check_named, draw_image, new_figure, save_figure
from .text import plain_names, plain_text

__all__ = ['plot_suspicious_images']


def plot_suspicious_images(
    path: Path,
    images: Sequence[np.ndarray],
    given: Sequence[int],
    suggested: Sequence[int],
    scores: Sequence[float],
    class_names: Sequence[str],
    true: Sequence[int] | None = None,
    columns: int = 8,
    file_names: Sequence[str] | None = None,
) -> str:
    """Plot images under 'file, given → suggested (score)', in the order given.

    No label is suggested where the given one is the likeliest, too.

    ``scores`` say how well the given label fits, low = suspicious. Where the true label
    is known (not -1), frame and caption are blue (with a tick) if the suggestion is
    right, orange (with a cross) if it is wrong. Images: :func:`~.figures.draw_image`.

    Raises:
        ValueError: If there are no images, the numbers of things differ, a label
            has no name or an image another form.
    """
    count = len(images)
    if not count or columns < 1:
        raise ValueError(f'there are {count} images in {columns} columns')
    for name, values in dict(scores=scores, file_names=file_names).items():
        if values is not None and len(values) != count:
            raise ValueError(f'{name} has {len(values)} values for {count} images')
    check_named(given, 'given', count, class_names)
    check_named(suggested, 'suggested', count, class_names)
    true = [-1] * count if true is None else true
    check_named(true, 'true', count, class_names, lowest=-1)
    right = [s == t if t >= 0 else None for s, t in zip(suggested, true)]
    known = count - right.count(None)
    columns = min(columns, count)
    rows = math.ceil(count / columns)
    height = 1.95 if file_names is None else 2.1
    inches = max(1.6 * columns, 3.2), height * rows + (0.45 if known else 0.0)
    figure, grid = new_figure(inches, rows, columns, squeeze=False)
    for axes in grid.flat:
        axes.set_axis_off()
    names = plain_names(class_names, 14)  # what fits above an image
    for i, (axes, image) in enumerate(zip(grid.flat, images)):
        change = '' if given[i] == suggested[i] else f'→ {names[suggested[i]]} '
        caption = f'{names[given[i]]}\n{change}({scores[i]:.2f})'
        if file_names is not None:
            caption = f'{plain_text(file_names[i], 20)}\n{caption}'
        draw_image(axes, image, caption, right[i], f'image {i}')
    if known:
        text = f'Right suggestions: {right.count(True)} of {known}\n'
        figure.suptitle(text + '(✓ blue: right, ✗ orange: wrong)', fontsize=9)
    return save_figure(figure, path)
