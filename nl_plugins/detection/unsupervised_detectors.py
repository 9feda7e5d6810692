"""Baselines that learn nothing, or learn without verification labels.

Lee et al. (2018), section 4.2: naive, average, classification filtering and DRAE. The
single number that some of them need (a threshold, K) is chosen on the verification
labels that there are, for all classes alike. Confident learning (Northcutt et al. 2021)
is not in the paper.
"""

import numpy as np
import torch

from .drae import drae_inliers
from .task import DetectionTask

__all__ = [
    'average',
    'average_cosines',
    'classification_filtering',
    'confident_learning',
    'drae',
    'naive',
]


def naive(task: DetectionTask) -> np.ndarray:
    """All labels are right."""
    return np.ones(len(task.labels), dtype=bool)


def average(task: DetectionTask) -> np.ndarray:
    """By the cosine of the features and those of the class."""
    return task.above_threshold(average_cosines(task))


def average_cosines(task: DetectionTask) -> np.ndarray:
    """(n,) cosines of the features and ``class_features``."""
    means = task.class_features[task.labels]
    norms = np.linalg.norm(means, axis=1) * np.linalg.norm(task.features, axis=1)
    return (task.features * means).sum(axis=1) / np.maximum(norms, 1e-12)


def classification_filtering(task: DetectionTask) -> np.ndarray:
    """The given label is among the network's K >= 1 most probable classes.

    K is 1 where no verification label chooses it.
    """
    given = np.take_along_axis(task.probs, task.labels[:, None], axis=1)
    above = (task.probs > given).sum(axis=1)
    if not task.is_verified:
        return above == 0
    return (above == 0) | task.above_threshold(-above)


def drae(task: DetectionTask) -> np.ndarray:
    """Outliers of each class by its reconstruction error: :func:`drae_inliers`."""
    relevant = np.ones(len(task.labels), dtype=bool)
    for label in np.unique(task.labels):
        rows = np.flatnonzero(task.labels == label)
        features = torch.from_numpy(task.features[rows])
        relevant[rows] = drae_inliers(features, task.seed).numpy()
    return relevant


def confident_learning(task: DetectionTask) -> np.ndarray:
    """Cleanlab's label issues. The predictions ought to be out of sample."""
    from cleanlab import filter as issues  # type: ignore[import-not-found, unused-ignore]

    probs = task.probs / task.probs.sum(axis=1, keepdims=True)
    return ~issues.find_label_issues(task.labels, probs, n_jobs=1)
