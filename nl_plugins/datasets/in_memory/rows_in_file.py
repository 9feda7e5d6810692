"""Where the samples of a data set are in a feature file."""

import filecmp
import logging
from collections.abc import Iterable, Sequence
from os.path import isfile

import numpy as np
from mmengine.logging import print_log

from ...formats.feature_file import FeatureFile
from ...formats.path_ends import path_ends
from ..plain_path import plain_path
from ..string_column import StringColumn

__all__ = ['rows_in_file']


def rows_in_file(file: FeatureFile, paths: Iterable[str], whose: str) -> np.ndarray:
    """(N,) int64, the rows of a feature file that hold the samples of these paths.

    Names tell nothing of contents: a warning says where the first sample is another
    image than the one that the features are of, if that is still there.

    Args:
        file: The file.
        paths: Of the N images; more folders may precede the names in the file.
        whose: Where the paths are from, for a message.

    Raises:
        ValueError: If names in the file are not unique, a sample is not in it, or two
            images have the same place in it.
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
    places_of = np.array(rows, dtype=np.int64)
    _check_apart(paths, places_of.tolist(), file, whose)
    if len(places_of):
        folder = str(file.about.get('folder') or '')
        _compare(paths[0], folder + names[int(places_of[0])], file)
    return places_of


def _check_apart(
    paths: Sequence[str], rows: Iterable[int], file: FeatureFile, whose: str
) -> None:
    """An image that is there several times has one place; no two images have."""
    first: dict[int, str] = {}
    for path, row in zip(paths, rows):
        other = first.setdefault(row, path)
        if other != path and plain_path(other) != plain_path(path):
            raise ValueError(
                f'{other!r} and {path!r} of {whose} have the same features in '
                f'{file.path}, by the ends of their paths: extract the features of all '
                f'images of {whose} at once'
            )


def _compare(path: str, source: str, file: FeatureFile) -> None:
    there = isfile(path) and isfile(source)
    if there and not filecmp.cmp(path, source, shallow=False):
        print_log(
            f'{file.path} holds the features of {source!r}, which is another file than '
            f'{path!r}: are they the same image?',
            'current',
            logging.WARNING,
        )
