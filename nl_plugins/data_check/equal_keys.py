"""Which of many keys are there more than once."""

from collections.abc import Iterator
from typing import Any

import numpy as np

__all__ = ['equal_keys']


def equal_keys(keys: np.ndarray, unknown: Any = None) -> Iterator[np.ndarray]:
    """Ascending positions of each of (n,) keys there more than once, by key.

    Those that are ``unknown`` equal nothing.

    >>> [group.tolist() for group in equal_keys(np.array([5, 3, 0, 5, 0]), unknown=0)]
    [[0, 3]]
    """
    order = np.arange(len(keys)) if unknown is None else np.flatnonzero(keys != unknown)
    order = order[np.argsort(keys[order], kind='stable')]
    is_new = np.ones(len(order) + 1, bool)
    is_new[1:-1] = keys[order[1:]] != keys[order[:-1]]
    edges = np.flatnonzero(is_new)
    for place in np.flatnonzero(np.diff(edges) > 1):
        yield order[edges[place] : edges[place + 1]]
