"""The pictures of a dataset's samples, for people to look at."""

import os
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from mmengine.fileio import get

from ..datasets.training_set import TrainingSet

__all__ = ['dataset_images', 'folder_of']


def dataset_images(training_set: TrainingSet) -> Callable[[int], Any]:
    """From an index to what the sample's annotation has: an ``img``, or its file.

    >>> from nl_plugins.datasets.releases.digits import Digits
    >>> dataset_images(TrainingSet(Digits()))(0).shape
    (8, 8, 1)
    """

    def load(index: int) -> Any:
        info = training_set.dataset.get_data_info(index)
        if 'img' in info:
            return np.asarray(info['img'])
        if not info.get('img_path'):
            raise ValueError('the sample has neither an image nor a path')
        return get(os.fspath(info['img_path']))

    return load


def folder_of(training_set: TrainingSet, paths: Sequence[str]) -> str | None:
    """What stands before these paths in the training set, if that is always the same.

    None as well where the training set has no paths.
    """
    pairs = list(zip(training_set.columns.paths, paths))
    folder = pairs[0][0][: len(pairs[0][0]) - len(paths[0])]
    alike = all(there and there == folder + path for there, path in pairs)
    return folder if alike else None
