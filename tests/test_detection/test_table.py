"""The comparison of detectors."""

import sys
import types
from dataclasses import replace

import numpy as np
import pytest
from planted_task import planted_task

from nl_plugins.detection import table as module
from nl_plugins.detection.table import (
    best_detector,
    compare_detectors,
    detection_table,
)


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """One supervised baseline is enough here."""
    kept = {'kNN': (module.SUPERVISED['kNN'][0], (3,))}
    monkeypatch.setattr(module, 'SUPERVISED', kept)
    monkeypatch.setattr(module, 'has_cleanlab', lambda: False)


def test_every_method_is_judged_on_the_same_samples():
    task = planted_task()
    perfect = np.where(task.judged >= 0, task.judged == 1, True)
    rows = compare_detectors(task, {'CleanNet': perfect})
    assert list(rows) == [
        'CleanNet',
        'naive',
        'kNN',
        'classification filtering',
        'DRAE',
        'one-class SVM',
        'UOCL',
        'average',
    ]
    assert rows['CleanNet']['error'] == 0
    assert rows['CleanNet']['seconds'] is None
    share = [
        (task.judged[(task.labels == c) & (task.judged >= 0)] == 0).mean()
        for c in range(4)
    ]
    assert np.allclose(rows['naive']['class_errors'], share)
    assert np.isclose(rows['naive']['error'], np.mean(share))
    assert rows['kNN']['seconds'] >= 0
    assert rows['kNN']['error'] < rows['naive']['error']


def test_held_out_classes_are_undecided_by_supervised_methods():
    task = planted_task()
    everything = replace(task)
    hidden = task.labels >= 2
    known = replace(
        task,
        verification=np.where(hidden, -1, task.verification),
        judged=np.where(hidden, task.judged, -1),
    )
    everything = replace(known, verification=task.verification)
    rows = compare_detectors(known, {})
    assert rows['kNN']['error'] is None
    assert rows['naive']['class_errors'][:2] == [None, None]
    rows = compare_detectors(known, {}, everything)
    assert 'kNN' not in rows
    assert rows['kNN (labels of all classes)']['error'] < 0.15


def test_standard_error_is_that_of_a_mean_of_shares():
    """Of class c, 20 (c + 1) samples judge; a tenth of each is called wrongly."""
    task = planted_task()
    judged = np.full(len(task.labels), -1)
    relevant = np.ones(len(task.labels), dtype=bool)
    variance = 0.0
    for label in range(4):
        count = 20 * (label + 1)
        rows = np.flatnonzero(task.labels == label)[:count]
        judged[rows] = 1
        relevant[rows[: count // 10]] = False
        share = (count / 10 + 1) / (count + 2)
        variance += share * (1 - share) / count
    task = replace(task, judged=judged)
    row = compare_detectors(task, {'planted': relevant})['planted']
    assert row['error'] == pytest.approx(0.1)
    assert row['standard_error'] == pytest.approx(np.sqrt(variance) / 4)


def test_without_verification_labels_the_others_are_left():
    task = planted_task()
    alone = replace(task, verification=np.full(len(task.labels), -1))
    rows = compare_detectors(alone, {})
    names = ['classification filtering', 'DRAE', 'one-class SVM', 'UOCL', 'average']
    assert list(rows) == ['naive', *names]
    assert rows['one-class SVM']['error'] is None  # its share is learnt
    likeliest = task.probs.argmax(axis=1) == task.labels
    want = float(np.nanmean(task.class_errors(likeliest)))
    assert rows['classification filtering']['error'] == pytest.approx(want)
    assert rows['average']['error'] is None


def test_the_best_one_decides_something_and_knows_nothing_hidden():
    rows = {
        'naive': dict(error=0.1),
        'SVM (labels of all classes)': dict(error=0.05),
        'kNN': dict(error=0.3),
        'DRAE': dict(error=0.2),
        'average': dict(error=None),
    }
    assert best_detector(rows) == 'DRAE'
    assert best_detector({}) is None


def test_table_is_sorted_and_says_what_is_undecided():
    rows = {
        'b': dict(error=0.25, standard_error=0.031),
        'undecided': dict(error=None, standard_error=None),
        'a': dict(error=0.0512, standard_error=0.01),
    }
    assert detection_table(rows).splitlines() == [
        '| method | average error rate (%) | standard error |',
        '| --- | ---: | ---: |',
        '| a | 5.12 | 1.00 |',
        '| b | 25.00 | 3.10 |',
        '| undecided | – | – |',
        '',
        '–: a class has no verification label to learn from, or too many samples',
        '',
        'No row for confident learning: cleanlab is not installed',
    ]
    last = dict(error=0.3, standard_error=0.0)
    rows['confident learning'] = rows.pop('undecided') | last
    lines = detection_table(rows).splitlines()
    assert lines[-1] == '| confident learning | 30.00 | 0.00 |'


def test_cleanlab_where_it_is_installed(monkeypatch):
    task = planted_task()

    def find_label_issues(labels, pred_probs, n_jobs):
        assert np.allclose(pred_probs.sum(axis=1), 1)
        return pred_probs.argmax(axis=1) != labels

    fake = types.ModuleType('cleanlab.filter')
    fake.find_label_issues = find_label_issues
    monkeypatch.setitem(sys.modules, 'cleanlab', types.ModuleType('cleanlab'))
    monkeypatch.setitem(sys.modules, 'cleanlab.filter', fake)
    monkeypatch.setattr(module, 'has_cleanlab', lambda: True)
    rows = compare_detectors(task, {})
    predicted = task.probs.argmax(axis=1) == task.labels
    want = float(np.nanmean(task.class_errors(predicted)))
    assert np.isclose(rows['confident learning']['error'], want)
