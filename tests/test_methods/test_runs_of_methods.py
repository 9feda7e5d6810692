"""Every method by its settings: exact when resumed, and the same on two processes."""

from typing import NamedTuple

import pytest
import torch
from mmengine.hooks import EMAHook, Hook
from mmpretrain.registry import HOOKS
from processes import run_processes
from states import assert_same
from toy import NUM_CLASSES, build, config, loader, tiny_model, toy

from nl_plugins.supervision.stateful_hook import StatefulHook


@HOOKS.register_module()
class HideLabels(Hook):
    """Every third sample has no label."""

    def before_train_iter(self, runner, batch_idx, data_batch=None):
        for sample in data_batch['data_samples']:
            target = torch.eye(NUM_CLASSES)[sample.gt_label[0]]
            sample.set_gt_score(target * (sample.sample_idx % 3 > 0))


class Method(NamedTuple):
    hooks: list
    terms: list = []
    loss: dict = dict(type='CrossEntropyLoss')
    peer: dict = {}
    tolerance: float = 1e-5  # of two processes; labels of a walk are in half precision
    data: dict = {}  # what else is known of the training set
    local: bool = False  # ranks choose or draw on their own: one network, another one


TERMS = [dict(type='TermsHook')]
PEER = dict(type='CoTeaching', ramp=2)
STAGES = dict(noisy_epoch=3, highly_noisy_epoch=4)
METHODS = {
    'co-teaching': Method(TERMS, peer=PEER, local=True),
    'co-teaching, no loss left out': Method(TERMS, peer=dict(PEER, forget_rate=0.0)),
    'early-learning regularisation': Method(
        TERMS, [dict(type='EarlyLearningRegularization')]
    ),
    'MentorNet': Method(TERMS, [dict(type='MentorNet', percentile=0.5)]),
    'MLNT': Method(
        [dict(type='StepSeedHook'), *TERMS, dict(type='EMAHook', momentum=0.1)],
        [dict(type='MLNT', num_steps=2, neighbours=3)],
        local=True,
    ),
    'MetaCleaner': Method([], [dict(type='MetaCleaner', in_channels=8)], local=True),
    'CurriculumNet': Method(
        [
            dict(
                type='CurriculumHook',
                start_epoch=2,
                noisy_epoch=3,
                highly_noisy_epoch=4,
            )
        ]
    ),
    'joint optimization': Method(
        [dict(type='JointOptimizationHook', start_epoch=2, memory=2)],
        [dict(type='JointRegularization')],
        tolerance=2e-3,
    ),
    'confident learning': Method([dict(type='ConfidentLearningHook', start_epoch=2)]),
    'label propagation': Method(
        [dict(type='LabelPropagationHook', start_epoch=2, neighbours=3)],
        tolerance=2e-3,
        data=dict(verified=True),
    ),
    'loss correction': Method(
        [dict(type='TransitionHook', start_epoch=2)],
        loss=dict(type='ForwardCorrectedLoss', num_classes=NUM_CLASSES),
        tolerance=1e-4,
    ),
    'pseudo-label': Method([dict(type='HideLabels')], [dict(type='PseudoLabel')]),
}


STATELESS = 'pseudo-label', 'MetaCleaner'


def model_of(method: Method, **parts) -> dict:
    """The network with the terms of a method, and its peer."""
    model = dict(tiny_model(loss=method.loss), **parts)
    terms = list(method.terms)
    if method.peer:
        peer = {key: model[key] for key in ('backbone', 'head')}
        terms.append(dict(method.peer, peer=peer))
    return dict(model, type='NoisyLabelClassifier', terms=terms) if terms else model


def states_of(runner) -> dict:
    """Of all hooks that have one, and of the moving average of the weights."""
    hooks = [hook for hook in runner.hooks if isinstance(hook, StatefulHook)]
    states = {type(hook).__name__: hook.state_dict() for hook in hooks}
    for hook in runner.hooks:
        if isinstance(hook, EMAHook):
            states['EMAHook'] = hook.ema_model.module.state_dict()
    return states


@pytest.mark.parametrize('name', METHODS)
def test_resumes_exactly(tmp_path, name):
    method = METHODS[name]

    def run(folder, epochs, **changes):
        epochs = dict(by_epoch=True, max_epochs=epochs, val_interval=100)
        model = model_of(method)
        if method.data:
            changes['train_dataloader'] = loader(toy(**method.data))
        runner = build(folder, method.hooks, model, train_cfg=epochs, **changes)
        runner.train()
        return runner

    whole = run(tmp_path / 'whole', 4)
    run(tmp_path / 'part', 3)
    checkpoint = str(tmp_path / 'part' / 'epoch_3.pth')
    resumed = run(tmp_path / 'part', 4, resume=True, load_from=checkpoint)
    assert_same(resumed.model.state_dict(), whole.model.state_dict())
    assert_same(states_of(resumed), states_of(whole))
    assert any(states_of(whole).values()) or name in STATELESS


def train(rank, name):
    method = METHODS[name]
    backbone = dict(
        type='FullyConnected', in_channels=192, hidden_channels=[8], dropout=0.0
    )
    cfg = config(
        rank.folder / 'run',
        method.hooks,
        model_of(method, backbone=backbone),
        train_dataloader=loader(toy(size=8, **method.data), batch_size=8 // rank.world),
        val_dataloader=loader(toy(size=8, test_mode=True)),
        optim_wrapper=dict(optimizer=dict(type='SGD', lr=0.01)),
    )
    runner = rank.runner(cfg)
    runner.train()
    return dict(model=rank.plain(runner).state_dict(), **states_of(runner))


def assert_near(got, want, tolerance, place=''):
    """All numbers of nested dicts."""
    if isinstance(want, dict):
        for key, value in want.items():
            assert_near(got[key], value, tolerance, f'{place}/{key}')
    elif isinstance(want, torch.Tensor):
        torch.testing.assert_close(got, want, rtol=0, atol=tolerance, msg=place)
    else:
        assert got == want or abs(got - want) <= tolerance, place


@pytest.mark.parametrize('name', METHODS)
def test_two_processes_are_one(tmp_path, name):
    first, second = run_processes(train, tmp_path, 2, name)
    assert_near(first['model'], second['model'], 0)
    if not METHODS[name].local:
        (single,) = run_processes(train, tmp_path, 1, name)
        assert_near(first, single, METHODS[name].tolerance)
