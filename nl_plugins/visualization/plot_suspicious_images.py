"""A sheet of the images whose labels look wrong, with the suggestions."""

import math
from typing import Any, Optional, Sequence

import numpy as np

from .figures import Path, new_figure, save_figure
from .image_panel import check_image, draw_image
from .text import plain_text

__all__ = ['plot_suspicious_images']

_NAME_LENGTH = 14  # what fits above an image


def plot_suspicious_images(
    path: Path,
    images: Sequence[np.ndarray],
    given: Sequence[int],
    suggested: Sequence[int],
    scores: Sequence[float],
    class_names: Sequence[str],
    true: Optional[Sequence[int]] = None,
    columns: int = 8,
) -> str:
    """Plot images under 'given → suggested (score)', in the order given.

    Args:
        path: The picture to write.
        images: uint8 arrays, H x W or H x W x 1 (grey) or H x W x 3 (RGB). What
            OpenCV and MMCV load is BGR: turn it around (``image[..., ::-1]``)
            before.
        given: The labels that the dataset gives.
        suggested: The labels that are suggested instead.
        scores: How well the given label fits, low = suspicious.
        class_names: Any text.
        true: The true labels where they are known: the frame and caption are blue
            (with a tick) where the suggestion is right, orange (with a cross)
            where it is wrong.
        columns: Images in a row.

    Returns:
        ``path``.

    Raises:
        ValueError: If there are no images, the numbers of things differ, a label
            has no name or an image another form.
    """
    _check(images, given, suggested, scores, class_names, true, columns)
    names = [plain_text(name, _NAME_LENGTH) for name in class_names]
    columns = min(columns, len(images))
    rows = math.ceil(len(images) / columns)
    heading = 0.0 if true is None else 0.45
    figure = new_figure((max(1.6 * columns, 3.2), 1.95 * rows + heading))
    grid = figure.subplots(rows, columns, squeeze=False)
    for axes in grid.flat:
        axes.set_axis_off()
    for i, (axes, image) in enumerate(zip(grid.flat, images)):
        right = None if true is None else bool(suggested[i] == true[i])
        caption = f'{names[given[i]]}\n→ {names[suggested[i]]} ({scores[i]:.2f})'
        draw_image(axes, np.asarray(image), caption, right)
    if true is not None:
        correct = sum(int(a == b) for a, b in zip(suggested, true))
        figure.suptitle(
            f'Right suggestions: {correct} of {len(images)}\n'
            '(✓ blue: right, ✗ orange: wrong)',
            fontsize=9,
        )
    return save_figure(figure, path)


def _check(
    images: Sequence[np.ndarray],
    given: Sequence[int],
    suggested: Sequence[int],
    scores: Sequence[float],
    class_names: Sequence[str],
    true: Optional[Sequence[int]],
    columns: int,
) -> None:
    if not len(images) or columns < 1:
        raise ValueError(f'there are {len(images)} images in {columns} columns')
    lists: Any = dict(given=given, suggested=suggested, scores=scores, true=true)
    for name, values in lists.items():
        if values is None:
            continue
        if len(values) != len(images):
            raise ValueError(
                f'{name} has {len(values)} values for {len(images)} images'
            )
        if name == 'scores':
            continue
        for i, label in enumerate(values):
            if not 0 <= label < len(class_names):
                raise ValueError(f'{name}[{i}] = {label} has no class name')
    for i, image in enumerate(images):
        check_image(image, f'image {i}')
