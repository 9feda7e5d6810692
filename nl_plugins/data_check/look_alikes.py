"""Images that look like one picture: encoded again, or of another size."""

from collections.abc import Iterator

import cv2
import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from .equal_keys import equal_keys

__all__ = ['LOOK_SIZE', 'look_alikes', 'look_of']

LOOK_SIZE = 48  # bytes: 256 signs of differences, then 16 grey levels
MIN_SIDE = 64  # pixels; what is smaller has too little to compare
# what may differ: of JPEGs of quality 30 to 90 at half to full size at most 33 signs
# and one grey level did, of different pictures at least 85 signs
MOST_SIGNS, MOST_LEVELS = 48, 3
NUM_DRAWS, STEP, MOST_EQUAL = 6, 16, 50


def look_of(image: np.ndarray) -> bytes:
    """What an image looks like from afar; no bytes if that says too little.

    The signs of the differences of neighbours on a 16 x 17 grid (difference hashing),
    and the grey levels of a 4 x 4 grid.

    Args:
        image: (H, W) or (H, W, C) of any numbers.
    """
    if min(image.shape[:2]) < MIN_SIDE:
        return b''
    if image.dtype not in (np.uint8, np.uint16):
        image = image.astype(np.float32)
    small = cv2.resize(image, (136, 128), interpolation=cv2.INTER_AREA)
    grey = small.reshape(128, 136, -1).mean(axis=2, dtype=np.float32)
    grid = cv2.resize(grey, (17, 16), interpolation=cv2.INTER_AREA)
    if np.ptp(grid) == 0:
        return b''
    levels = cv2.resize(grid, (4, 4), interpolation=cv2.INTER_AREA)
    span = 255 / max(255.0, float(grey.max()))  # images of 16 bits
    shown = (levels * span).round().clip(1, 255).astype(np.uint8)
    return np.packbits(grid[:, 1:] > grid[:, :-1]).tobytes() + shown.tobytes()


def look_alikes(looks: np.ndarray) -> Iterator[np.ndarray]:
    """Ascending positions of each group of images that look alike.

    Compared are images with equal grey levels, coarsely and at some of the places (in
    one of six draws; locality-sensitive hashing), but no more than 50 that have all of
    them equal: a common background.

    Args:
        looks: (N, 48) uint8, zeros where unknown.
    """
    known = np.flatnonzero(looks.any(axis=1))
    looks, rng = looks[known], np.random.default_rng(0)
    alike: list[tuple[int, int]] = []
    for _ in range(NUM_DRAWS):
        places = rng.permutation(16)[:8]
        shifted = looks[:, 32 + places] + rng.integers(0, STEP, 8)
        keys = np.ascontiguousarray(shifted // STEP, dtype=np.uint8).view(np.uint64)
        for run in equal_keys(keys[:, 0]):
            if len(run) <= MOST_EQUAL:
                alike += _alike(run, looks[run])
    pairs = np.array(alike, dtype=np.int64).reshape(-1, 2).T
    links = coo_matrix((np.ones(len(alike), bool), pairs), shape=(len(known),) * 2)
    _, group_of = connected_components(links, directed=False)
    for group in equal_keys(group_of):
        yield known[group]


def _alike(run: np.ndarray, looks: np.ndarray) -> Iterator[tuple[int, int]]:
    """The pairs of a run that look alike."""
    for place in range(len(run) - 1):
        others = looks[place + 1 :]
        signs = np.unpackbits(others[:, :32] ^ looks[place, :32], axis=1).sum(axis=1)
        levels = abs(others[:, 32:].astype(int) - looks[place, 32:]).max(axis=1)
        same = (signs <= MOST_SIGNS) & (levels <= MOST_LEVELS)
        for other in run[place + 1 :][same].tolist():
            yield int(run[place]), other
