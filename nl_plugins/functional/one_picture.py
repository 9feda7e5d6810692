"""Samples that are one picture."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

__all__ = ['linked', 'one_picture']


def one_picture(size: int, groups: Iterable[Any]) -> np.ndarray:
    """(N,) int64, the same number for samples that are one picture.

    Where more than half of all are linked they differ in something else than the
    picture, and each counts by itself.

    Args:
        size: N.
        groups: Samples that look like one picture, such as pairs; of groups that share
            a sample all do.

    >>> one_picture(6, [(0, 2), (2, 3)]).tolist()
    [0, 1, 0, 0, 2, 3]
    """
    found = linked(size, groups)
    large = np.bincount(found)[found] > size / 2
    return np.where(large, size + np.arange(size), found)


def linked(size: int, groups: Iterable[Any]) -> np.ndarray:
    """(N,) the same number for samples that groups link, also over others.

    >>> linked(4, [(0, 2), (2, 3)]).tolist()
    [0, 1, 0, 0]
    """
    links = [(group[0], other) for group in groups for other in group[1:]]
    rows, columns = np.asarray(links, dtype=np.int64).reshape(-1, 2).T
    graph = coo_array((np.ones(len(rows)), (rows, columns)), shape=(size, size))
    return connected_components(graph, directed=False)[1].astype(np.int64)
