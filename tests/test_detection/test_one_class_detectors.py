"""Detectors that learn each class from its own samples."""

import numpy as np
from planted_task import planted_task
from sklearn.svm import OneClassSVM

from nl_plugins.detection import one_class_detectors as module
from nl_plugins.detection.one_class_detectors import one_class_svm, uocl
from nl_plugins.detection.unsupervised_detectors import naive
from nl_plugins.detection.uocl import uocl_inliers


def error(task, relevant):
    return float(np.nanmean(task.class_errors(relevant)))


def test_svm_takes_the_share_that_suits_the_verified():
    task = planted_task()
    found = one_class_svm(task)
    verified = task.verification >= 0
    errors, decisions = [], []
    for share in (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7):
        decided = np.zeros(len(task.labels), dtype=bool)
        for c in range(4):
            rows = task.labels == c
            model = OneClassSVM(nu=share).fit(task.features[rows])
            decided[rows] = model.decision_function(task.features[rows]) > -1e-3
        wrong = decided != (task.verification == 1)
        each = [wrong[verified & (task.labels == c)].mean() for c in range(4)]
        errors.append(np.mean(each))
        decisions.append(decided)
    best = decisions[int(np.argmin(errors))]
    assert (found == best).mean() > 0.99  # but for rounding at the boundary
    assert error(task, found) < 0.8 * error(task, naive(task))


def test_uocl_works_class_by_class():
    task = planted_task(rate=0.2)
    relevant = uocl(task)
    rows = task.labels == 2
    assert np.array_equal(relevant[rows], uocl_inliers(task.features[rows]))
    assert error(task, relevant) < 0.5 * error(task, naive(task))


def test_neither_needs_labels_of_a_class():
    task = planted_task(rate=0.2)
    task.verification[task.labels == 1] = -1
    for detect in (one_class_svm, uocl):
        relevant = detect(task)
        assert relevant.dtype == bool
        assert 0.5 < relevant[task.labels == 1].mean() < 1


def test_classes_that_are_too_large_are_not_decided(monkeypatch):
    task = planted_task()
    assert not np.isnan(uocl(task)).any()
    largest = int(np.bincount(task.labels).max())
    monkeypatch.setattr(module, 'MOST_OF_A_CLASS', largest - 1)
    assert np.isnan(one_class_svm(task)).all()
    assert np.isnan(uocl(task)).all()
    monkeypatch.setattr(module, 'MOST_OF_A_CLASS', largest)
    assert not np.isnan(one_class_svm(task)).any()
