"""Baselines that learn from verification labels, class by class."""

import numpy as np
import pytest
from planted_task import planted_task

from nl_plugins.detection.supervised_detectors import SUPERVISED, detect_by_class


def error(task, relevant):
    return float(np.nanmean(task.class_errors(relevant)))


@pytest.mark.parametrize('name', SUPERVISED)
def test_finds_planted_noise(name):
    task = planted_task()
    method, settings = SUPERVISED[name]
    relevant = detect_by_class(task, method, settings)
    assert set(np.unique(relevant)) == {0, 1}
    assert error(task, relevant) < 0.12
    naive = error(task, np.ones(len(task.labels)))
    assert naive > 0.3


def recording(answers):
    """A method that notes what it was given and says what it is told."""
    calls = []

    def method(features, outcomes, setting, seed):
        calls.append((features, outcomes.copy(), setting))
        return np.where(outcomes >= 0, outcomes, answers[setting])

    return method, calls


def test_a_class_learns_from_its_own_labels_only():
    task = planted_task()
    method, calls = recording({'x': 1})
    detect_by_class(task, method, ['x'])
    assert len(calls) == 4
    for label, (features, outcomes, _) in enumerate(calls):
        rows = task.labels == label
        assert np.array_equal(features, task.features[rows])
        assert np.array_equal(outcomes, task.verification[rows])


def test_setting_is_the_one_with_the_least_cross_validated_error():
    task = planted_task(rate=0.3)  # most labels are right: "all right" errs less
    method, calls = recording({'wrong': 0, 'right': 1})
    relevant = detect_by_class(task, method, ['wrong', 'right'])
    assert relevant[task.verification < 0].all()
    hidden = [outcomes for _, outcomes, setting in calls[:12]]  # 4 classes, 3 folds
    counts = [int((outcomes >= 0).sum()) for outcomes in hidden]
    known = [int((task.verification[task.labels == c] >= 0).sum()) for c in range(4)]
    for label in range(4):
        folds = counts[3 * label : 3 * label + 3]
        assert sum(folds) == 2 * known[label]
        assert max(folds) < known[label]


def test_classes_without_labels_are_undecided_and_with_one_kind_constant():
    task = planted_task()
    task.verification[task.labels == 1] = -1
    of_two = (task.labels == 2) & (task.verification >= 0)
    task.verification[of_two] = 0
    method, settings = SUPERVISED['kNN']
    relevant = detect_by_class(task, method, settings[:1])
    assert np.isnan(relevant[task.labels == 1]).all()
    assert (relevant[task.labels == 2] == 0).all()
    assert not np.isnan(relevant[task.labels != 1]).any()


def test_same_seed_same_decisions():
    task = planted_task()
    method, settings = SUPERVISED['MLP']
    first = detect_by_class(task, method, settings[:1])
    state = np.random.get_state()[1].copy()
    assert np.array_equal(detect_by_class(task, method, settings[:1]), first)
    assert np.array_equal(np.random.get_state()[1], state)
