"""The report draws what the run knew."""

import importlib
import json
from pathlib import Path

import pytest
import torch
from toy import NUM_SAMPLES, build, hook_of

from nl_plugins.engine import SINetHook, sinet_report
from nl_plugins.evaluation import wrong_label_auc

QUIET = dict(default_hooks=dict(checkpoint=None))
TREE = dict(type='tree', parents=dict(red='warm', green='cold', blue='cold'))
BOTH = dict(type='sum', graphs=[TREE, dict(type='tree', parents={})])


@pytest.fixture
def drawn(monkeypatch):
    """What is given to the plotting functions, by name."""
    calls = {}
    for place, name in (
        ('sinet_report', 'plot_class_graph'),
        ('sinet_report', 'plot_nearest_classes'),
        ('sinet_report', 'plot_weighted_images'),
        ('report_parts', 'plot_suspicious_images'),
    ):
        module = importlib.import_module(f'nl_plugins.engine.{place}')
        plot = getattr(module, name)

        def keep(path, *args, plot=plot, name=name):
            calls[name] = args
            return plot(path, *args)

        monkeypatch.setattr(module, name, keep)
    return calls


def report(tmp_path, graph):
    hook = dict(type='SINetHook', graph=graph, num_confident=4)
    runner = build(tmp_path, [hook], **QUIET)
    runner.train()
    hook = hook_of(runner, SINetHook)
    return hook, sinet_report.draw_sinet_report(runner, hook, tmp_path / 'r', 6)


def test_graph_neighbours_weights_and_suspects(tmp_path, drawn):
    hook, paths = report(tmp_path, BOTH)
    names = ['class_graph.png', 'nearest_classes.png', 'graphs.json']
    names += ['weighted_images.png', 'suspicious_images.png']
    assert paths == [str(tmp_path / 'r' / name) for name in names]
    graph, shown, _ = drawn['plot_class_graph']
    assert torch.equal(graph, hook.graph)
    assert shown == ['red', 'green', 'blue']
    table = hook.table
    means = [table.weights[table.given_labels == c].mean() for c in range(3)]
    label, rows, _ = drawn['plot_nearest_classes']
    assert label == int(torch.stack(means).argmin())
    assert list(rows) == ['Tree', 'Tree 2', 'vision']
    assert torch.equal(rows['Tree'] + rows['Tree 2'], hook.graph[label])
    assert rows['vision'][label] == pytest.approx(1, abs=1e-5)
    assert rows['vision'].min() > -1


def test_each_graph_is_judged_by_the_true_labels(tmp_path):
    hook, paths = report(tmp_path, BOTH)
    found = json.loads(next(Path(p) for p in paths if 'json' in p).read_text())
    given, true = hook.table.given_labels, hook.training_set.true_labels
    names = ['probability of the label', 'initial prototypes', 'uniform', 'identity']
    assert list(found['auc']) == [*names, 'Tree', 'Tree 2', 'sum']
    auc = wrong_label_auc(hook.features.confidence, given, true)
    assert found['auc']['probability of the label'] == pytest.approx(auc)
    assert found['auc']['identity'] == found['auc']['Tree 2']
    assert len(found['weights']) == 7
    pairs = [(row['alpha'], row['beta']) for row in found['weights']]
    assert pairs[:4] == [(0.8, 1.5), (1.0, 1.5), (1.2, 1.5), (1.4, 1.5)]
    assert pairs[4:] == [(1.2, 1.0), (1.2, 2.0), (1.2, 2.5)]
    zeros = [row['zero_weights'] for row in found['weights'][:4]]
    assert zeros == sorted(zeros, reverse=True)
    for row in found['weights']:
        assert 0 <= row['weight_auc'] <= 1


def test_best_and_worst_images_of_each_class(tmp_path, drawn):
    hook, _ = report(tmp_path, None)
    names, best, worst = drawn['plot_weighted_images']
    assert set(names) == {'red', 'green', 'blue'}
    given, weights = hook.table.given_labels, hook.table.weights
    for name, high, low in zip(names, best, worst):
        own = weights[given == ['red', 'green', 'blue'].index(name)].sort().values
        assert [w.weight for w in low] == pytest.approx(own[:5].tolist())
        assert [w.weight for w in high] == pytest.approx(own.flip(0)[:5].tolist())
    flags = [w.right for row in (*best, *worst) for w in row]
    assert set(flags) == {True, False}
    assert list(drawn['plot_nearest_classes'][1]) == ['vision']
    assert 'plot_class_graph' not in drawn
    assert len(drawn['plot_suspicious_images'][0]) == 6 < NUM_SAMPLES


def test_very_many_classes_are_not_all_drawn(tmp_path, drawn, monkeypatch):
    monkeypatch.setattr(sinet_report, 'MAPPED', 2)
    hook, _ = report(tmp_path, TREE)
    graph, shown, title = drawn['plot_class_graph']
    assert len(shown) == 2
    rows = [['red', 'green', 'blue'].index(name) for name in shown]
    assert torch.equal(graph, hook.graph[rows][:, rows])
    assert '2 of 3 classes' in title
