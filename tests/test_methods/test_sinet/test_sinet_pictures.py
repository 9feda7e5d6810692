"""The pictures show what the run knew."""

import json
from pathlib import Path

import pytest
import torch
from mmpretrain.registry import DATASETS, TRANSFORMS
from toy import NUM_SAMPLES, ToyImages, build, hook_of, loader, tiny_model, toy

from nl_plugins.methods.sinet import sinet_pictures
from nl_plugins.methods.sinet.sinet_hook import SINetHook
from nl_plugins.methods.sinet.weight_summary import wrong_label_auc
from nl_plugins.supervision import pictures

QUIET = dict(default_hooks=dict(checkpoint=None))
TREE = dict(type='tree', parents=dict(red='warm', green='cold', blue='cold'))
BOTH = dict(type='sum', graphs=[TREE, dict(type='tree', parents={})])


@pytest.fixture
def drawn(monkeypatch):
    """What is given to the plotting functions, by name."""
    calls = {}
    for module, name in (
        (sinet_pictures, 'plot_class_graph'),
        (sinet_pictures, 'plot_nearest_classes'),
        (sinet_pictures, 'plot_weighted_images'),
        (pictures, 'plot_suspicious_images'),
    ):
        plot = getattr(module, name)

        def keep(path, *args, plot=plot, name=name, **kwargs):
            calls[name] = args
            return plot(path, *args, **kwargs)

        monkeypatch.setattr(module, name, keep)
    return calls


def report(tmp_path, graph, settings=None, **changes):
    hook = dict(type='SINetHook', graph=graph, num_confident=4, **(settings or {}))
    runner = build(tmp_path, [hook], **QUIET, **changes)
    runner.train()
    hook = hook_of(runner, SINetHook)
    return hook, hook.draw(runner, tmp_path / 'r', 6)


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


@pytest.mark.parametrize('online', [False, True])
def test_weights_are_drawn_of_a_run_that_had_none_yet(tmp_path, drawn, online):
    hook, _ = report(tmp_path, BOTH, dict(start_epoch=99, online=online))
    assert not hook.active
    assert len(hook.features.bank.rows) == 0
    _, best, worst = drawn['plot_weighted_images']
    assert best[0][0].weight > worst[0][0].weight


def test_each_graph_is_judged_by_the_true_labels(tmp_path):
    hook, paths = report(tmp_path, BOTH)
    found = json.loads(next(Path(p) for p in paths if 'json' in p).read_text())
    given, true = hook.table.given_labels, hook.training_set.true_labels
    names = ['probability of the label', 'initial prototypes', 'uniform', 'identity']
    assert list(found['auc']) == [*names, 'Tree', 'Tree 2', 'sum']
    auc = wrong_label_auc(hook.features.confidence, given, true)
    assert found['auc']['probability of the label'] == pytest.approx(auc)
    assert found['auc']['identity'] == found['auc']['Tree 2']
    assert list(found['weights']) == list(found['auc'])[2:]
    for rows in found['weights'].values():
        pairs = [(row['alpha'], row['beta']) for row in rows]
        assert pairs[:4] == [(0.8, 1.5), (1.0, 1.5), (1.2, 1.5), (1.4, 1.5)]
        assert pairs[4:] == [(1.2, 1.0), (1.2, 2.0), (1.2, 2.5)]
        zeros = [row['zero_weights'] for row in rows[:4]]
        assert zeros == sorted(zeros, reverse=True)
        for row in rows:
            assert 0 <= row['weight_auc'] <= 1
    used = found['weights']['sum'][2]
    expected = wrong_label_auc(hook.table.weights, given, true)
    assert used['mean_weight'] == pytest.approx(float(hook.table.weights.mean()))
    assert used['weight_auc'] == pytest.approx(expected)


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
    monkeypatch.setattr(sinet_pictures, 'MAPPED', 2)
    hook, _ = report(tmp_path, TREE)
    graph, shown, title = drawn['plot_class_graph']
    assert len(shown) == 2
    rows = [['red', 'green', 'blue'].index(name) for name in shown]
    assert torch.equal(graph, hook.graph[rows][:, rows])
    assert '2 of 3 classes' in title


@TRANSFORMS.register_module(force=True)
class GiveUpWithoutImage:
    """As a pipeline does with an image that cannot be read."""

    def __call__(self, results):
        return results if 'img' in results else None


@DATASETS.register_module(force=True)
class SomeUnreadable(ToyImages):
    """Six images are not there, all of them with wrong labels."""

    def load_data_list(self):
        infos = super().load_data_list()
        for index in range(0, NUM_SAMPLES, 5):
            infos[index].pop('img')
            infos[index]['img_path'] = f'/nowhere/{index}.jpg'
        infos[1]['gt_label'] = infos[8]['gt_label'] = 0
        return infos


def test_images_that_do_not_load_are_neither_shown_nor_judged(tmp_path, drawn):
    pipeline = [dict(type='GiveUpWithoutImage'), dict(type='PackInputs')]
    data = dict(toy(pipeline=pipeline), type='SomeUnreadable')
    hook, paths = report(
        tmp_path, TREE, dict(pipeline=pipeline), train_dataloader=loader(data)
    )
    seen = torch.arange(NUM_SAMPLES) % 5 > 0
    assert torch.equal(hook.features.confidence >= 0, seen)
    shown = [w for row in drawn['plot_weighted_images'][1] for w in row]
    assert len(shown) == 15
    found = json.loads(next(Path(p) for p in paths if 'json' in p).read_text())
    given, true = hook.table.given_labels[seen], hook.training_set.true_labels[seen]
    expected = wrong_label_auc(hook.table.scores[seen], given, true)
    assert found['auc']['Tree'] == pytest.approx(expected)
    expected = wrong_label_auc(hook.features.confidence[seen], given, true)
    assert found['auc']['probability of the label'] == pytest.approx(expected)
    weights = hook.table.weights[seen]
    rows = {row['alpha']: row for row in found['weights']['Tree'][:4]}
    assert rows[1.2]['mean_weight'] == pytest.approx(float(weights.mean()))


@DATASETS.register_module(force=True)
class BlueIsWrong(ToyImages):
    """Somebody found that no image labelled blue is right."""

    def load_data_list(self):
        infos = super().load_data_list()
        for info in infos:
            info['verification'] = 0 if info['gt_label'] == 2 else -1
        return infos


def test_a_class_without_a_prototype_has_no_neighbours(tmp_path, drawn):
    data = loader(dict(toy(), type='BlueIsWrong'))
    hook, _ = report(tmp_path, TREE, train_dataloader=data)
    assert (hook.table.weights[hook.table.given_labels == 2] == 0).all()
    label, rows, _ = drawn['plot_nearest_classes']
    assert label in (0, 1)
    assert rows['vision'][2] == -1


def test_classes_without_a_name_are_numbers(tmp_path, drawn):
    report(tmp_path, None, model=tiny_model(num_classes=5))
    assert drawn['plot_nearest_classes'][2] == ['red', 'green', 'blue', '3', '4']
