import pytest
import torch
from mmengine.hooks import Hook
from toy import build

from nl_plugins.hooks.optimizer_restart_hook import OptimizerRestartHook

KINDS = dict(
    momentum=dict(type='SGD', lr=0.05, momentum=0.9),
    adagrad=dict(type='Adagrad', lr=0.05),
    adam=dict(type='Adam', lr=0.05),
    adamw=dict(type='AdamW', lr=0.05),
)


class Weights(Hook):
    """The optimizer's state and the rate at the beginning of each epoch."""

    priority = 'VERY_LOW'

    def __init__(self):
        self.starts = {}

    def before_train_epoch(self, runner):
        optimizer = runner.optim_wrapper.optimizer
        sums = [
            float(value.sum())
            for state in optimizer.state.values()
            for key, value in state.items()
            if isinstance(value, torch.Tensor) and key != 'step'
        ]
        self.starts[runner.epoch + 1] = sums, optimizer.param_groups[0]['lr']


def run(tmp_path, hook, optimizer, scheduler=None, epochs=4):
    watcher = Weights()
    runner = build(
        tmp_path,
        [hook],
        optim_wrapper=dict(optimizer=optimizer),
        param_scheduler=scheduler or dict(type='StepLR', step_size=1, gamma=0.5),
        train_cfg=dict(by_epoch=True, max_epochs=epochs, val_interval=1),
        default_hooks=dict(checkpoint=None),
    )
    runner.register_hook(watcher)
    runner.train()
    return watcher.starts, runner


@pytest.mark.parametrize('kind', list(KINDS))
def test_state_and_rate_are_those_of_the_beginning(tmp_path, kind):
    hook = dict(type='OptimizerRestartHook', epoch=3)
    starts, runner = run(tmp_path, hook, KINDS[kind])
    before, after = starts[2][0], starts[3][0]
    assert any(before)
    assert not any(after)
    assert any(starts[4][0])  # and it trains on
    rates = [starts[epoch][1] for epoch in (1, 2, 3, 4)]
    assert rates == pytest.approx([0.05, 0.025, 0.05, 0.025])
    optimizer = runner.optim_wrapper.optimizer
    known = {id(p) for p in runner.model.parameters()}
    assert all(id(p) in known for p in optimizer.state)


def test_gradients_that_wait_for_their_step_are_forgotten(tmp_path):
    waiting = {}

    class Gradients(Hook):
        priority = 'VERY_LOW'

        def before_train_epoch(self, runner):
            found = [p.grad for p in runner.model.parameters() if p.grad is not None]
            waiting[runner.epoch + 1] = any(grad.any() for grad in found)

    runner = build(
        tmp_path,
        [dict(type='OptimizerRestartHook', epoch=3)],
        optim_wrapper=dict(optimizer=KINDS['momentum'], accumulative_counts=3),
        train_cfg=dict(by_epoch=True, max_epochs=3, val_interval=9),
        default_hooks=dict(checkpoint=None),
    )
    runner.register_hook(Gradients())
    runner.train()
    assert waiting == {1: False, 2: True, 3: False}


def test_another_rate(tmp_path):
    hook = dict(type='OptimizerRestartHook', epoch=2, lr=0.01)
    starts, _ = run(tmp_path, hook, KINDS['momentum'])
    assert starts[2][1] == pytest.approx(0.01)


def test_a_plateau_is_waited_for_again(tmp_path):
    plateau = dict(
        type='ReduceOnPlateauLR', monitor='accuracy/top1', rule='greater', patience=1,
        factor=0.5, threshold=100.0,
    )  # fmt: skip
    starts, _ = run(tmp_path / 'a', dict(type='StepSeedHook'), KINDS['momentum'],
                    plateau, epochs=8)  # fmt: skip
    rates = [starts[epoch][1] for epoch in range(1, 9)]
    # the first counts as better, then the second bad one in a row halves
    assert rates == [0.05, 0.05, 0.05, 0.025, 0.025, 0.0125, 0.0125, 0.00625]
    hook = dict(type='OptimizerRestartHook', epoch=5)
    starts, _ = run(tmp_path / 'b', hook, KINDS['momentum'], plateau, epochs=8)
    rates = [starts[epoch][1] for epoch in range(1, 9)]
    assert rates == [0.05, 0.05, 0.05, 0.025, 0.05, 0.05, 0.05, 0.025]


def test_counts_iterations_if_asked(tmp_path):
    hook = dict(type='OptimizerRestartHook', epoch=3, lr=0.01)
    settings = dict(
        optim_wrapper=dict(optimizer=KINDS['momentum']),
        train_cfg=dict(by_epoch=False, max_iters=4, val_interval=100),
        default_hooks=dict(checkpoint=None),
    )
    with pytest.raises(ValueError, match='no epochs: give OptimizerRestartHook'):
        build(tmp_path / 'epochs', [hook], **settings).train()
    seen = []

    class Rates(Hook):
        priority = 'VERY_LOW'

        def before_train_iter(self, runner, batch_idx, data_batch=None):
            group = runner.optim_wrapper.param_groups[0]
            seen.append((group['lr'], bool(runner.optim_wrapper.optimizer.state)))

    runner = build(tmp_path, [dict(hook, by_epoch=False)], **settings)
    runner.register_hook(Rates())
    runner.train()
    assert seen == [(0.05, False), (0.05, True), (0.01, False), (0.01, True)]


def test_the_rate_keeps_its_factors(tmp_path):
    wrapper = dict(
        optimizer=dict(type='SGD', lr=0.05),
        paramwise_cfg=dict(custom_keys=dict(backbone=dict(lr_mult=0.1))),
    )
    runner = build(
        tmp_path,
        [dict(type='OptimizerRestartHook', epoch=2, lr=0.01)],
        optim_wrapper=wrapper,
        default_hooks=dict(checkpoint=None),
    )
    runner.train()
    backbone = {id(p) for p in runner.model.backbone.parameters()}
    for group in runner.optim_wrapper.optimizer.param_groups:
        factor = 0.1 if id(group['params'][0]) in backbone else 1.0
        assert group['lr'] == pytest.approx(0.01 * factor)
    assert runner.optim_wrapper.get_lr()['base_lr'] == [pytest.approx(0.01)]


@pytest.mark.parametrize(
    ('settings', 'message'),
    [
        (dict(epoch=0), 'epoch must be'),
        (dict(epoch=2, lr=0), 'lr must be a positive'),
    ],
)
def test_bad_arguments(settings, message):
    with pytest.raises(ValueError, match=message):
        OptimizerRestartHook(**settings)
