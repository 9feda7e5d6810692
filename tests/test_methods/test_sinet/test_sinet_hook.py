"""SINet's hook in real runs on data with planted noise."""

import json

import pytest
import torch
from mmpretrain.registry import DATASETS
from states import assert_same
from toy import (
    NUM_CLASSES,
    NUM_SAMPLES,
    PIPELINE,
    ToyImages,
    build,
    hook_of,
    loader,
    toy,
)

from nl_plugins.formats.label_file import read_label_file
from nl_plugins.functional import distance_weights
from nl_plugins.methods.sinet.sinet_hook import SINetHook
from nl_plugins.methods.sinet.weight_summary import wrong_label_auc
from nl_plugins.methods.smp.smp_hook import SMPHook
from nl_plugins.supervision.feature_source import WalkSource

QUIET = dict(default_hooks=dict(checkpoint=None))
TRUE = torch.arange(NUM_SAMPLES) % NUM_CLASSES
IDENTITY = dict(type='tree', parents={})
HUES = dict(type='tree', parents=dict(red='warm', green='cold', blue='cold'))
LONG = dict(
    train_cfg=dict(by_epoch=True, max_epochs=6, val_interval=100),
    train_dataloader=loader(toy(num_samples=300), batch_size=16),
    **QUIET,
)


def sinet(graph=IDENTITY, **kwargs):
    return dict(type='SINetHook', graph=graph, **kwargs)


def run(tmp_path, hook, **changes):
    runner = build(tmp_path, hook if isinstance(hook, list) else [hook], **changes)
    runner.train()
    return hook_of(runner, SINetHook)


@pytest.mark.parametrize(
    ('graph', 'settings'),
    [
        (None, {}),
        (IDENTITY, {}),
        (HUES, {}),
        (HUES, dict(normalize='l2')),
        (HUES, dict(online=True)),
    ],
)
def test_planted_noise_gets_lower_weights(tmp_path, graph, settings):
    hook = run(tmp_path, sinet(graph, start_epoch=3, **settings), **LONG)
    table, true = hook.table, torch.arange(300) % NUM_CLASSES
    assert (table.given_labels == true).float().mean() == 0.8
    assert wrong_label_auc(table.weights, table.given_labels, true) > 0.95
    assert (table.suggested_labels == true).float().mean() > 0.95
    assert table.weights.max() <= 1.2**1.5


def test_the_model_of_a_checkpoint_weighs_before_a_new_training(tmp_path):
    """Model-A's features make the first weights, the new network's the later ones."""
    saved = dict(LONG, default_hooks=None)
    first = build(tmp_path / 'a', [sinet(HUES, start_epoch=6)], **saved)
    first.train()
    path = str(tmp_path / 'a' / 'epoch_6.pth')
    settings = dict(checkpoint=path, interval=5)
    seen = []

    class Weights(SINetHook):
        def estimate(self, runner):
            super().estimate(runner)
            seen.append((runner.epoch, self.table.weights.clone()))

    second = build(tmp_path / 'b', [], **dict(saved, randomness=dict(seed=7)))
    second.register_hook(Weights(HUES, **settings))
    second.train()
    assert [epoch for epoch, _ in seen] == [0, 5]
    hook = hook_of(first, SINetHook)
    hook.weigh(first, WalkSource(hook.walk, hook.observe))
    torch.testing.assert_close(seen[0][1], hook.table.weights)
    assert not torch.equal(seen[0][1], seen[1][1])
    true, given = torch.arange(300) % NUM_CLASSES, hook.table.given_labels
    assert wrong_label_auc(seen[0][1], given, true) > 0.95


def test_a_run_that_began_with_a_checkpoint_resumes_without_it(tmp_path):
    build(tmp_path / 'a', []).train()
    path = next((tmp_path / 'a').glob('epoch_*.pth'))
    hooks = [sinet(HUES, checkpoint=str(path), interval=None)]
    build(tmp_path / 'b', hooks).train()
    path.unlink()
    longer = dict(train_cfg=dict(by_epoch=True, max_epochs=3, val_interval=100))
    build(tmp_path / 'b', hooks, resume=True, **longer).train()
    with pytest.raises(FileNotFoundError, match='checkpoint of SINetHook is missing'):
        build(tmp_path / 'c', hooks).train()
    with pytest.raises(ValueError, match='use online=False'):
        SINetHook(HUES, start_epoch=2, checkpoint='a.pth', online=True)


def test_an_online_run_resumes_and_walks_only_to_find_out_the_sizes(tmp_path):
    def trained(folder, epochs, **changes):
        train = dict(by_epoch=True, max_epochs=epochs, val_interval=100)
        hooks = [sinet(HUES, start_epoch=2, interval=2, online=True)]
        runner = build(tmp_path / folder, hooks, train_cfg=train, **changes)
        runner.train()
        return runner

    whole = trained('whole', 4)
    hook = hook_of(whole, SINetHook)
    assert not hook.walk._cache
    assert hook.table.weights.unique().numel() > 3
    trained('part', 3)
    resumed = trained('part', 4, resume=True)
    assert_same(resumed.model.state_dict(), whole.model.state_dict())
    assert_same(hook_of(resumed, SINetHook).state_dict(), hook.state_dict())


def test_targets_scores_and_weights_belong_together(tmp_path):
    hook = run(tmp_path, sinet(alpha=1.1, beta=2.0, start_epoch=2), **QUIET)
    table = hook.table
    distances = 2 * (1 - table.scores)
    assert torch.allclose(table.weights, distance_weights(distances, 1.1, 2), atol=1e-5)
    rows = torch.tensor([4, 0])
    targets = torch.tensor([[0.25, 0.75, 0.0], [1.0, 0.0, 0.0]])
    assert torch.equal(
        hook.transform(targets, rows), targets * table.weights[rows][:, None]
    )
    assert torch.equal(table.selected, table.weights > 0)


def test_label_file_names_the_wrong_labels(tmp_path):
    hook = run(tmp_path, sinet(start_epoch=3), **dict(LONG, default_hooks=None))
    file = read_label_file(tmp_path / 'cleaned_labels.csv')
    assert torch.equal(torch.from_numpy(file.weights).float(), hook.table.weights)
    assert torch.equal(torch.from_numpy(file.scores).float(), hook.table.scores)
    wrong = file.given_labels != torch.arange(300).numpy() % NUM_CLASSES
    worst = file.scores.argsort()[: wrong.sum()]
    assert wrong[worst].mean() > 0.9
    words = {True: 'drop', False: 'weight'}
    assert file.recommended.tolist() == [words[w == 0] for w in file.weights.tolist()]


def test_refreshed_every_interval(tmp_path):
    seen = []

    class Counting(SINetHook):
        def estimate(self, runner):
            seen.append(runner.epoch)
            super().estimate(runner)

    runner = build(
        tmp_path,
        [],
        train_cfg=dict(by_epoch=True, max_epochs=7, val_interval=100),
        **QUIET,
    )
    runner.register_hook(Counting(IDENTITY, start_epoch=2, interval=3))
    runner.train()
    assert seen == [1, 4]


def test_confident_images_only(tmp_path):
    hook = run(tmp_path, sinet(threshold=0.6, start_epoch=3), **LONG)
    weights = hook.table.weights
    assert set(weights.tolist()) == {0.0, 1.0}
    soft = distance_weights(2 * (1 - hook.table.scores))
    clear = (soft - 0.6).abs() > 1e-4
    assert torch.equal(weights[clear] == 1, soft[clear] >= 0.6)
    assert torch.equal(hook.table.selected, weights == 1)


def test_the_best_matched_samples_make_other_prototypes(tmp_path):
    tables = [
        run(tmp_path / str(count), sinet(HUES, num_matched=count), **QUIET).table
        for count in (None, 2)
    ]
    assert not torch.allclose(tables[0].weights, tables[1].weights, atol=1e-3)


def test_features_beyond_the_memory_lie_in_a_file(tmp_path):
    tables = [
        run(tmp_path / str(limit), sinet(memory_limit=limit), **QUIET).table
        for limit in (1 << 30, 0)
    ]
    assert torch.equal(tables[0].weights, tables[1].weights)


@DATASETS.register_module(force=True)
class AllWrong(ToyImages):
    """Labels that say nothing: each is that of the next class."""

    def load_data_list(self):
        infos = super().load_data_list()
        for info in infos:
            info['gt_label'] = (info['true_label'] + 1) % NUM_CLASSES
        return infos


@DATASETS.register_module(force=True)
class AllRight(ToyImages):
    """Clean labels."""

    def load_data_list(self):
        infos = super().load_data_list()
        return [dict(info, gt_label=info['true_label']) for info in infos]


def test_a_clean_dataset_makes_the_prototypes(tmp_path):
    clean = dict(type='AllRight', num_samples=12, seed=5, pipeline=PIPELINE)
    wrong = dict(QUIET, train_dataloader=loader(dict(toy(), type='AllWrong')))
    table = run(tmp_path / 'a', sinet(clean_dataset=clean), **wrong).table
    assert (table.suggested_labels == TRUE).all()
    table = run(tmp_path / 'b', sinet(), **wrong).table
    assert (table.suggested_labels != TRUE).all()


def test_clean_classes_must_all_be_there(tmp_path):
    clean = dict(type='AllRight', num_samples=2, pipeline=PIPELINE)
    runner = build(tmp_path, [sinet(clean_dataset=clean)], **QUIET)
    with pytest.raises(ValueError, match=r'2 samples and none of the classes \[2\]'):
        runner.train()


def test_verified_samples_make_the_prototypes(tmp_path):
    data = loader(toy(verified=True, num_samples=90))
    hook = run(tmp_path, sinet(num_confident=5), train_dataloader=data, **QUIET)
    verification = hook.training_set.verification
    assert torch.equal(hook.made_from()[1], verification == 1)
    hook.weighting.num_confident = 1000
    assert torch.equal(hook.made_from()[1], verification != 0)


def test_labels_known_to_be_wrong_weigh_nothing(tmp_path):
    data = loader(toy(verified=True, num_samples=90))
    hook = run(tmp_path, sinet(start_epoch=2), train_dataloader=data, **QUIET)
    wrong = hook.training_set.verification == 0
    assert wrong.any()
    assert (hook.table.weights[wrong] == 0).all()
    assert not hook.table.selected[wrong].any()
    assert (hook.table.weights[~wrong] > 0).any()


def test_cycle_is_logged_to_the_visualizer(tmp_path):
    runner = build(tmp_path, [sinet()], **QUIET)
    logged = {}
    runner.visualizer.add_scalars = lambda scalars, *_, **__: logged.update(scalars)
    runner.train()
    table = hook_of(runner, SINetHook).table
    right = table.given_labels == TRUE
    assert logged['sinet/mean_weight'] == pytest.approx(float(table.weights.mean()))
    expected = float(table.weights[~right].mean())
    assert logged['sinet/wrong_label_weight'] == pytest.approx(expected)
    accuracy = float((table.suggested_labels == TRUE).float().mean())
    assert logged['sinet/suggested_accuracy'] == pytest.approx(accuracy)
    auc = wrong_label_auc(table.weights, table.given_labels, TRUE)
    assert logged['sinet/weight_auc'] == pytest.approx(auc)


def test_images_that_do_not_load_keep_their_weight(tmp_path):
    from mmpretrain.registry import TRANSFORMS

    @TRANSFORMS.register_module(force=True)
    class BrokenSome:
        def __call__(self, results):
            return None if results['sample_idx'] in (0, 7) else results

    pipeline = [dict(type='BrokenSome'), dict(type='PackInputs')]
    table = run(tmp_path, sinet(pipeline=pipeline), **QUIET).table
    assert table.weights[[0, 7]].tolist() == [1, 1]
    assert table.scores[[0, 7]].tolist() == [1, 1]
    assert table.suggested_labels[[0, 7]].tolist() == [1, 1]


def test_graphs_are_kept_where_the_user_says(tmp_path):
    run(tmp_path / 'a', sinet(HUES), **QUIET)
    assert len(list((tmp_path / 'a' / 'class_graphs').iterdir())) == 1
    folder = tmp_path / 'graphs'
    for name in 'bc':
        run(tmp_path / name, sinet(HUES, graph_folder=str(folder)), **QUIET)
        assert not (tmp_path / name / 'class_graphs').exists()
    assert len(list(folder.iterdir())) == 1


def test_a_hierarchy_from_a_file(tmp_path):
    path = tmp_path / 'tree.json'
    path.write_text(json.dumps(dict(warm=['red'], cold=['green', 'blue'])))
    graph = dict(type='tree', tree=str(path))
    tables = [
        run(tmp_path / str(i), sinet(each), **QUIET).table
        for i, each in enumerate([graph, HUES])
    ]
    assert torch.equal(tables[0].weights, tables[1].weights)


def test_a_graph_of_other_classes_is_refused(tmp_path):
    graph = dict(type='tree', classes=['a', 'b'], parents={})
    runner = build(tmp_path, [sinet(graph)], **QUIET)
    with pytest.raises(ValueError, match='graph has 2 classes, but the model 3'):
        runner.train()


@pytest.mark.parametrize(
    ('settings', 'message'),
    [
        (dict(num_confident=0), 'num_confident.*got 0'),
        (dict(num_matched=0), 'num_matched.*got 0'),
        (dict(graph=None, num_matched=3), '`num_matched` needs a graph'),
        (dict(gamma=-1), 'gamma.*-1'),
        (dict(eps=0), 'eps.*0'),
        (dict(normalize='l1'), "normalize.*'l1'"),
        (dict(alpha=0.0), 'alpha.*0.0'),
        (dict(beta=float('nan')), 'beta.*nan'),
        (dict(threshold=2.0), r'threshold must lie in \(0, .* = 1.315\], got 2.0'),
        (dict(interval=0), 'interval.*0'),
    ],
)
def test_bad_settings(settings, message):
    with pytest.raises(ValueError, match=message):
        SINetHook(**dict(dict(graph=IDENTITY), **settings))


def test_the_weight_scales_the_given_label_and_smp_adds_the_corrected_one(tmp_path):
    smp = dict(type='SMPHook', start_epoch=2, alpha=0.4, num_prototypes=2)
    runner = build(tmp_path, [sinet(start_epoch=2), dict(smp, holdout_fraction=0)])
    runner.train()
    first, second = hook_of(runner, SINetHook), hook_of(runner, SMPHook)
    batch = next(iter(runner.train_dataloader))
    rows = torch.tensor([sample.sample_idx for sample in batch['data_samples']])
    for hook in (first, second):
        hook.supervise(batch)
    targets = runner.model.data_preprocessor(batch, True)['data_samples']
    given = torch.nn.functional.one_hot(first.table.given_labels.long(), NUM_CLASSES)
    corrected = torch.nn.functional.one_hot(
        second.table.suggested_labels.long(), NUM_CLASSES
    )
    expected = 0.6 * first.table.weights[:, None] * given + 0.4 * corrected
    got = torch.stack([sample.gt_score for sample in targets])
    assert torch.allclose(got, expected[rows], atol=1e-6)
    assert (first.table.weights[rows] < 1).any()
    assert (tmp_path / 'cleaned_labels.csv').exists()
    assert (tmp_path / 'cleaned_labels_SMPHook.csv').exists()


def test_an_alpha_that_leaves_nothing_to_train_on_is_told(tmp_path):
    hook = sinet(start_epoch=2, alpha=1e-3)
    run(tmp_path, hook, **QUIET)
    log = next(tmp_path.rglob('*.log')).read_text()
    assert 'every weight is 0 and nothing is left to train on: alpha=0.001' in log
