"""Where the samples of a data set are in a feature file."""

from collections.abc import Iterable

import numpy as np

from ...formats.feature_file import FeatureFile
from ...formats.path_ends import path_ends
from ..string_column import StringColumn

__all__ = ['rows_in_file']


def rows_in_file(file: FeatureFile, paths: Iterable[str], whose: str) -> np.ndarray:
    """(N,) int64, the rows of a feature file that hold the samples of these paths.

    Args:
        file: The file.
        paths: Of the N images; more folders may precede the names in the file.
        whose: Where the paths are from, for a message.

    Raises:
        ValueError: If names in the file are not unique, or a sample is not in it.
    """
    names = StringColumn(*file.names)
    places = {name: row for row, name in enumerate(names)}
    if len(places) < len(names):
        raise ValueError(
            f'{file.path} has samples of the same name (or without), so those of '
            f'{whose} cannot be found in it'
        )
    paths = list(paths)
    found = (
        (places[end] for end in path_ends(path) if end in places) for path in paths
    )
    rows = [next(each, None) for each in found]
    if None in rows:
        path = paths[rows.index(None)]
        raise ValueError(
            f'{path!r} of {whose} is not in {file.path}: extract its features'
        )
    return np.array(rows, dtype=np.int64)
