"""Lists of images that are one picture: the ``duplicates.csv`` of `find`."""

import os
from typing import Any

import numpy as np

from ..formats.csv_kinds import INERT
from ..formats.csv_table import read_table
from ..functional.one_picture import one_picture
from .matched_rows import matched_rows

__all__ = ['read_duplicates']

_PAIR = dict(img_path=INERT, other_path=INERT)


def read_duplicates(path: str | os.PathLike, paths: Any) -> np.ndarray:
    """(N,) int64, the same number for samples that a list calls one picture.

    A row is a pair of images, ``img_path`` and ``other_path``. Paths may have more or
    fewer folders before them than the samples'. Pairs with an image that is not among
    the samples, and those without paths, are left out.

    Args:
        path: A table, see :func:`~nl_plugins.formats.csv_table.read_table`.
        paths: Those of the N samples, a sequence.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it is no such table, or none of its images is a sample.
    """
    pairs = read_table(path, _PAIR).columns
    images = np.stack([pairs['img_path'], pairs['other_path']], axis=1)
    images = images[(images != '').all(axis=1)]
    names, places = np.unique(images, return_inverse=True)
    rows = matched_rows(names.tolist(), [-1] * len(names), paths)
    if len(rows) and (rows < 0).all():
        raise ValueError(
            f'{path} is of other images: none of its {len(names)}, such as '
            f'{names[0]!r}, is in the training set, whose first is {paths[0]!r}'
        )
    found = rows[places.reshape(-1, 2)]
    return one_picture(len(paths), found[(found >= 0).all(axis=1)])
