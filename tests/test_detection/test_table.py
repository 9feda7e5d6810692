"""The comparison of detectors."""

import sys
import types
from dataclasses import replace

import numpy as np
import pytest
from planted_task import planted_task

from nl_plugins.detection import table as module
from nl_plugins.detection.table import compare_detectors, detection_table


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


def test_table_is_sorted_and_says_what_is_undecided():
    rows = {
        'b': dict(error=0.25),
        'undecided': dict(error=None),
        'a': dict(error=0.0512),
    }
    assert detection_table(rows).splitlines() == [
        '| method | average error rate (%) |',
        '| --- | ---: |',
        '| a | 5.12 |',
        '| b | 25.00 |',
        '| undecided | – |',
        '',
        '–: a judged class has no verification label to learn from',
        '',
        'No row for confident learning: cleanlab is not installed',
    ]
    rows['confident learning'] = rows.pop('undecided') | dict(error=0.3)
    assert detection_table(rows).splitlines()[-1] == '| confident learning | 30.00 |'


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
