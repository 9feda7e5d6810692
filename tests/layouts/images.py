"""Tiny pictures for the layouts."""

from pathlib import Path

import numpy as np
from PIL import Image


def write_image(path: Path, seed: int) -> None:
    """A JPEG of 10 x 8 pixels that depends on the seed."""
    pixels = np.random.default_rng(seed).integers(0, 256, (8, 10, 3), dtype=np.uint8)
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path, format='JPEG')
