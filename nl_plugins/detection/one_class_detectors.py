"""Baselines that learn what a class looks like from its own samples, right and wrong.

Lee et al. (2018) name both, and compare with neither: a one-class SVM (Schoelkopf et
al. 2001), of which they say that DRAE does better, and unsupervised one-class learning
(Liu et al. 2014).
"""

import numpy as np
import torch

from ..functional import class_errors
from .task import DetectionTask
from .uocl import uocl_inliers

__all__ = ['MOST_OF_A_CLASS', 'one_class_svm', 'too_large', 'uocl']

MOST_OF_A_CLASS = 10_000  # samples: memory grows with the square of their number

_SHARES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7)
_BOUNDARY = 1e-3  # of the decision function, libsvm's tolerance


def too_large(labels: np.ndarray) -> bool:
    """Whether a class has more samples (n,) than can be compared in pairs."""
    return len(labels) > 0 and int(np.bincount(labels).max()) > MOST_OF_A_CLASS


def uocl(task: DetectionTask) -> np.ndarray:
    """Inliers of each class: :func:`uocl_inliers`; NaN where one is too large."""
    if too_large(task.labels):
        return np.full(len(task.labels), np.nan)
    relevant = np.ones(len(task.labels), dtype=bool)
    for rows in _classes(task):
        relevant[rows] = uocl_inliers(task.features[rows])
    return relevant


def one_class_svm(task: DetectionTask) -> np.ndarray:
    """Scikit-learn's, with the default kernel, for each class.

    The share of outliers that it allows for (nu) is that of 0.1, 0.2 ... 0.7 with which
    the verified samples have the least average error, for all classes alike. Samples on
    the boundary are inliers. Fewer than 2 samples, and equal ones, are, too. Without
    any verified sample, and where a class is too large, nothing is decided (NaN).
    """
    if not task.is_verified or too_large(task.labels):
        return np.full(len(task.labels), np.nan)
    from sklearn.metrics.pairwise import rbf_kernel
    from sklearn.svm import OneClassSVM

    relevant = np.ones((len(_SHARES), len(task.labels)), dtype=bool)
    for rows in _classes(task):
        features = task.features[rows].astype(np.float64)
        if (spread := features.var()) == 0:  # no kernel has a width then
            continue
        kernel = rbf_kernel(features, gamma=1 / (features.shape[1] * spread))
        for each, share in zip(relevant, _SHARES):
            model = OneClassSVM(kernel='precomputed', nu=share).fit(kernel)
            each[rows] = model.decision_function(kernel) > -_BOUNDARY
    known = torch.from_numpy(task.verification), torch.from_numpy(task.labels)
    errors = [
        float(class_errors(torch.from_numpy(each), *known, task.num_classes).nanmean())
        for each in relevant
    ]
    return relevant[int(np.argmin(errors))]


def _classes(task: DetectionTask) -> list[np.ndarray]:
    """The samples of each class that has some."""
    return [np.flatnonzero(task.labels == c) for c in np.unique(task.labels)]
