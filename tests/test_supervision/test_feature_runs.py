"""Every method trains a head on a feature file, by config alone."""

import pytest
import torch
from cleannet_toy import cleannet_hook
from feature_toy import DIM, build_on_features, feature_model, features, write_features
from killing import run_and_kill
from mmengine.registry import init_default_scope
from processes import run_processes
from states import assert_same
from toy import NUM_CLASSES, config, hook_of, loader

from nl_plugins.methods.smp.smp_hook import SMPHook
from nl_plugins.supervision.table_hook import TableHook

SMP = dict(type='SMPHook', start_epoch=2, num_prototypes=2, candidate_fraction=0.5)
TWO_VIEWS = [
    dict(
        type='MultiView',
        num_views=2,
        transforms=[[dict(type='PickView', view='random')]],
    ),
    dict(type='PackInputs'),
]
BACKBONE = dict(type='FeatureVectors', in_channels=DIM)
LINEAR = dict(type='LinearClsHead', num_classes=NUM_CLASSES, in_channels=DIM)
PI_MODEL = dict(
    type='PiModelClassifier',
    consistency=dict(type='ConsistencyLoss', loss_weight=0.1),
    noise=dict(type='GaussianNoise', std=0.1),
)
NOISE_LAYER = dict(
    type='NoiseLayerClassifier',
    noise_layer=dict(type='NoiseLayerHead', num_classes=NUM_CLASSES),
    type_network=dict(backbone=BACKBONE, head=dict(LINEAR, num_classes=3)),
)
METHODS = {  # hooks, changes of the model, pipeline, wrapper, sampler
    'smp': ([SMP], {}, None, None, None),
    'smp online': ([dict(SMP, online=True)], {}, None, None, None),
    'sinet': ([dict(type='SINetHook', graph=None, start_epoch=2)], {}, *[None] * 3),
    'cleannet': ([cleannet_hook()], {}, None, 'VerificationLabels', None),
    'selection': ([dict(type='LabelSelectionHook', start_epoch=2)], {}, *[None] * 3),
    'pi model': ([], PI_MODEL, TWO_VIEWS, None, None),
    'noise layer': (
        [dict(type='NoiseLayerHook', phases=dict(classes=1, types=2, joint=3))],
        NOISE_LAYER,
        None,
        'CleanLabels',
        'CleanNoisySampler',
    ),
}
WRAPPERS = dict(VerificationLabels=dict(share=0.7), CleanLabels=dict(fraction=0.5))


@pytest.mark.parametrize('name', METHODS)
def test_each_method_trains_by_config_alone(tmp_path, name):
    hooks, model, pipeline, wrapper, sampler = METHODS[name]
    path = write_features(tmp_path / 'train', views=2)
    dataset = features(path, pipeline=pipeline)
    if wrapper is not None:
        dataset = dict(type=wrapper, dataset=dataset, **WRAPPERS[wrapper])
    sampler = dict(type=sampler) if sampler else dict(type='DefaultSampler')
    runner = build_on_features(
        tmp_path,
        hooks,
        feature_model(path, **model),
        train_dataloader=loader(dataset, sampler=sampler),
        train_cfg=dict(by_epoch=True, max_epochs=4, val_interval=4),
        optim_wrapper=dict(optimizer=dict(type='AdamW', lr=0.03)),
    )
    assert runner.train()
    metrics = runner.val_loop.run()
    assert metrics['accuracy/top1'] > 60
    for hook in runner.hooks:
        if isinstance(hook, TableHook):
            assert hook.active


def test_smp_corrects_planted_labels(tmp_path):
    runner = build_on_features(
        tmp_path,
        [SMP],
        train_cfg=dict(by_epoch=True, max_epochs=6, val_interval=100),
    )
    runner.train()
    hook = hook_of(runner, SMPHook)
    true = hook.training_set.true_labels
    assert (hook.table.suggested_labels == true).float().mean() > 0.9
    assert (hook.training_set.given_labels == true).float().mean() == 0.8
    lines = (tmp_path / 'work' / 'cleaned_labels.csv').read_text().splitlines()
    assert lines[1].startswith('0,a/0.png,1,')


def state(runner):
    weights = {k: v.clone() for k, v in runner.model.state_dict().items()}
    return weights, hook_of(runner, SMPHook).state_dict()


def test_a_resumed_run_ends_where_an_uninterrupted_one_does(tmp_path):
    changes = dict(train_cfg=dict(by_epoch=True, max_epochs=4, val_interval=100))
    whole = build_on_features(tmp_path, [SMP], work_dir=tmp_path / 'whole', **changes)
    whole.train()
    again = dict(
        train_dataloader=loader(features(tmp_path / 'train')),
        val_dataloader=loader(
            features(tmp_path / 'val'),
            sampler=dict(type='DefaultSampler', shuffle=False),
        ),
        **changes,
    )
    model = feature_model(tmp_path / 'train')
    run_and_kill(tmp_path / 'killed', [SMP], 10, model, **again)
    # the statistics come from the checkpoint, whatever lies there now
    resumed = build_on_features(
        tmp_path, [SMP], work_dir=tmp_path / 'killed', resume=True, **changes
    )
    resumed.train()
    for got, want in zip(state(resumed), state(whole)):
        assert_same(got, want)


def job(rank):
    init_default_scope('mmpretrain')
    sets = (rank.folder / 'train', rank.folder / 'val')
    ordered = dict(type='DefaultSampler', shuffle=False)
    cfg = config(
        rank.folder / f'work_{rank.world}',
        [SMP],
        feature_model(sets[0], head=LINEAR),
        train_dataloader=loader(features(sets[0]), batch_size=30 // rank.world),
        val_dataloader=loader(features(sets[1]), sampler=ordered),
        train_cfg=dict(by_epoch=True, max_epochs=4, val_interval=100),
    )
    runner = rank.runner(cfg)
    runner.train()
    table = hook_of(runner, SMPHook).table
    weights = {k: v.clone() for k, v in rank.plain(runner).state_dict().items()}
    return dict(weights, suggested=table.suggested_labels.clone())


def test_two_processes_end_where_one_does(tmp_path):
    write_features(tmp_path / 'train')
    write_features(tmp_path / 'val', count=15, seed=1)
    (one,) = run_processes(job, tmp_path, 1)
    for other in run_processes(job, tmp_path, 2):
        assert torch.equal(other.pop('suggested'), one['suggested'])
        for name, weight in other.items():
            assert torch.allclose(weight, one[name], atol=1e-5), name
