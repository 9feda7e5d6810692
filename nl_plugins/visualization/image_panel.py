"""One image with its caption, as the sheets of images show it."""

from typing import Any, Optional

import numpy as np
from matplotlib.axes import Axes

from .figures import CORRECT, NEUTRAL, WRONG

__all__ = ['check_image', 'draw_image']


def draw_image(
    axes: Axes, image: np.ndarray, caption: str, right: Optional[bool] = None
) -> None:
    """Draw an image; what is right gets a blue frame and a tick, wrong orange, a cross.

    Args:
        axes: Where to.
        image: See :func:`check_image`.
        caption: Text that Matplotlib may read as it is: see ``plain_text``.
        right: None where it is not known.
    """
    colour = {None: 'black', True: CORRECT, False: WRONG}[right]
    mark = {None: '', True: ' ✓', False: ' ✗'}[right]
    axes.set_axis_on()
    axes.set(xticks=[], yticks=[])
    for spine in axes.spines.values():
        spine.set(color=NEUTRAL if right is None else colour, linewidth=2)
    image = image[..., 0] if image.ndim == 3 and image.shape[2] == 1 else image
    axes.imshow(image, cmap='gray', vmin=0, vmax=255, interpolation='nearest')
    axes.set_title(caption + mark, fontsize=7.5, color=colour, pad=4)


def check_image(image: Any, name: str) -> np.ndarray:
    """A uint8 array (H, W), (H, W, 1) or (H, W, 3).

    Raises:
        ValueError: For anything else, naming it.
    """
    array = np.asarray(image)
    grey = array.ndim == 2 or (array.ndim == 3 and array.shape[2] in (1, 3))
    if not grey or array.dtype != np.uint8:
        raise ValueError(
            f'{name} is {array.dtype} of shape {array.shape}, expected uint8 of '
            '(H, W), (H, W, 1) or (H, W, 3)'
        )
    return array
