"""Some samples of a training set as a list, to write or to be filled in."""

from typing import Any

import numpy as np

from ..datasets.training_set import TrainingSet
from ..formats.label_file import LabelFile

__all__ = ['sample_list']


def sample_list(samples: TrainingSet, rows: Any, verification: Any = None) -> LabelFile:
    """The list of the samples at n ``rows``, in this order, with their names.

    Args:
        samples: A training set of N samples.
        rows: (n,) indices.
        verification: (n,) verification labels of these; none by default.

    >>> from nl_plugins.datasets.releases.digits import Digits
    >>> sample_list(TrainingSet(Digits()), [3, 1]).indices.tolist()
    [3, 1]
    """
    rows = np.asarray(rows, dtype=np.int64)
    return LabelFile(
        img_paths=np.array(samples.paths(), dtype=object)[rows],
        given_labels=samples.given_labels.numpy()[rows],
        verification=verification,
        indices=rows,
        class_names=samples.class_names(),
    )
