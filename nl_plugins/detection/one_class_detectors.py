"""Baselines that learn what a class looks like from its own samples, right and wrong.

Lee et al. (2018) name both, and compare with neither: a one-class SVM (Schoelkopf et
al. 2001), of which they say that DRAE does better, and unsupervised one-class learning
(Liu et al. 2014).
"""

from collections.abc import Callable

import numpy as np
import torch

from ..functional import class_errors
from .task import DetectionTask
from .uocl import uocl_inliers

__all__ = ['one_class_svm', 'uocl']

_SHARES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7)


def uocl(task: DetectionTask) -> np.ndarray:
    """Inliers of each class: :func:`uocl_inliers`."""
    return _by_class(task, uocl_inliers)


def one_class_svm(task: DetectionTask) -> np.ndarray:
    """Scikit-learn's, with the default kernel, for each class.

    The share of outliers that it allows for (nu) is that of 0.1, 0.2 ... 0.7 with which
    the verified samples have the least average error, for all classes alike.
    """
    from sklearn.svm import OneClassSVM

    known = torch.from_numpy(task.verification), torch.from_numpy(task.labels)
    found = []
    for share in _SHARES:
        decided = _by_class(task, OneClassSVM(nu=share).fit_predict)
        errors = class_errors(torch.from_numpy(decided), *known, task.num_classes)
        found.append((float(errors.nanmean()), share, decided))
    return min(found, key=lambda each: each[:2])[2]


def _by_class(
    task: DetectionTask, inliers: Callable[[np.ndarray], np.ndarray]
) -> np.ndarray:
    """(n,) bool, where what ``inliers`` says of a class's features is positive."""
    relevant = np.ones(len(task.labels), dtype=bool)
    for label in np.unique(task.labels):
        rows = np.flatnonzero(task.labels == label)
        relevant[rows] = inliers(task.features[rows]) > 0
    return relevant
