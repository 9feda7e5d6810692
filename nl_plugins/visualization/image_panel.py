"""One image with its caption, as the sheets of images show it."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes

from .colours import CORRECT, NEUTRAL, WRONG

__all__ = ['draw_image']


def draw_image(
    axes: Axes, image: Any, caption: str, right: bool | None = None, name: str = 'image'
) -> None:
    """Draw an image; what is right gets a blue frame and a tick, wrong orange, a cross.

    Args:
        axes: Where to.
        image: uint8 (H, W), (H, W, 1) or (H, W, 3), grey or RGB. What OpenCV and MMCV
            load is BGR: turn it around (``image[..., ::-1]``) before.
        caption: Text that Matplotlib may read as it is: see ``plain_text``.
        right: None where it is not known.
        name: What an error calls the image.

    Raises:
        ValueError: If the image has another form.
    """
    array = np.asarray(image)
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[..., 0]
    grey_or_rgb = array.ndim == 2 or (array.ndim == 3 and array.shape[2] == 3)
    if not grey_or_rgb or array.dtype != np.uint8:
        raise ValueError(
            f'{name} is {array.dtype} of shape {array.shape}, expected uint8 of '
            '(H, W), (H, W, 1) or (H, W, 3)'
        )
    colour = {None: 'black', True: CORRECT, False: WRONG}[right]
    mark = {None: '', True: ' ✓', False: ' ✗'}[right]
    axes.set_axis_on()
    axes.set(xticks=[], yticks=[])
    for spine in axes.spines.values():
        spine.set(color=NEUTRAL if right is None else colour, linewidth=2)
    axes.imshow(array, cmap='gray', vmin=0, vmax=255, interpolation='nearest')
    axes.set_title(caption + mark, fontsize=7.5, color=colour, pad=4)
