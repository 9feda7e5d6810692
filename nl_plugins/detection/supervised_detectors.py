"""Baselines that learn a binary classifier for each class from verification labels.

Lee et al. (2018), section 4.2: a two-layer MLP, k nearest neighbours, an SVM, label
propagation and label spreading, all of scikit-learn. The paper names no settings. Here
one setting serves all classes: the one with the least error in 3-fold cross-validation
over the verified samples. A class without verification labels is left undecided.
"""

import warnings
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.semi_supervised import LabelPropagation, LabelSpreading
from sklearn.svm import SVC

from .task import DetectionTask

__all__ = ['SUPERVISED', 'detect_by_class']

NUM_FOLDS = 3
# A class's classifier: features (n, d), outcomes (n,) with -1 unknown, setting, seed
# -> outcomes (n,)
Method = Callable[[np.ndarray, np.ndarray, Any, int], np.ndarray]


def detect_by_class(
    task: DetectionTask, method: Method, settings: Sequence[Any]
) -> np.ndarray:
    """Decide in each class by its own verification labels.

    Returns:
        (n,) float: 1 relevant, 0 mislabelled, NaN in classes without such labels.
    """
    members = [np.flatnonzero(task.labels == c) for c in range(task.num_classes)]
    members = [rows for rows in members if (task.verification[rows] >= 0).any()]
    fits = [partial(_fit_predict, method, setting, task.seed) for setting in settings]
    errors = (_cross_validated(task, members, fit) for fit in fits)
    best = fits[int(np.argmin(list(errors)))] if len(fits) > 1 else fits[0]
    relevant = np.full(len(task.labels), np.nan)
    for rows in members:
        relevant[rows] = best(task.features[rows], task.verification[rows])
    return relevant


def _cross_validated(task: DetectionTask, members: list, fit: Callable) -> float:
    """Mean error over the classes of samples whose outcome was hidden."""
    rng = np.random.default_rng(task.seed)
    errors = []
    for rows in members:
        known = np.flatnonzero(task.verification[rows] >= 0)
        if len(known) < NUM_FOLDS:
            continue
        known, wrong = rng.permutation(known), 0
        for fold in range(NUM_FOLDS):
            hidden, outcomes = known[fold::NUM_FOLDS], task.verification[rows].copy()
            truth = outcomes[hidden]
            outcomes[hidden] = -1
            got = fit(task.features[rows], outcomes)
            wrong += int((got[hidden] != truth).sum())
        errors.append(wrong / len(known))
    return float(np.mean(errors)) if errors else 0.0


def _fit_predict(
    method: Method, setting: Any, seed: int, features: np.ndarray, outcomes: np.ndarray
) -> np.ndarray:
    seen = np.unique(outcomes[outcomes >= 0])
    if len(seen) == 1:  # nothing to tell apart
        return np.full(len(outcomes), seen[0])
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')  # not converged: its error is what counts
        return method(features, outcomes, setting, seed)


def _inductive(make: Callable[[Any, int, int], Any]) -> Method:
    """A classifier, made of setting, seed and m, that learns from m samples alone."""

    def method(features, outcomes, setting, seed):
        known = outcomes >= 0
        model = make(setting, seed, int(known.sum()))
        return model.fit(features[known], outcomes[known]).predict(features)

    return method


def _transductive(kind: Callable) -> Method:
    """A classifier, made of a dict of settings, that learns from the others too."""

    def method(features, outcomes, setting, seed):
        return kind(max_iter=200, **setting).fit(features, outcomes).transduction_

    return method


def _mlp(penalty: float, seed: int, num_known: int) -> Any:
    net = MLPClassifier((64,), alpha=penalty, max_iter=100, random_state=seed)
    return make_pipeline(StandardScaler(), net)


_WIDTHS = [dict(gamma=gamma) for gamma in (1.0, 5.0, 20.0)]
SUPERVISED: dict[str, tuple[Method, Sequence[Any]]] = {
    'MLP': (_inductive(_mlp), (1e-2, 1.0, 10.0)),
    'kNN': (
        _inductive(lambda count, seed, known: KNeighborsClassifier(min(count, known))),
        (1, 3, 7, 15, 31),
    ),
    'SVM': (_inductive(lambda c, seed, known: SVC(C=c)), (0.1, 0.3, 1.0, 3.0)),
    'label propagation': (_transductive(LabelPropagation), _WIDTHS),
    'label spreading': (
        _transductive(LabelSpreading),
        [dict(width, alpha=alpha) for width in _WIDTHS for alpha in (0.2, 0.8)],
    ),
}
