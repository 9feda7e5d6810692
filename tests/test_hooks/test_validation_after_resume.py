"""Plateaus and early stopping in a resumed run, and the test split's curve."""

import json
import logging
from types import SimpleNamespace

import pytest
from mmengine.hooks import Hook
from mmpretrain.registry import HOOKS
from toy import build, loader, toy

from nl_plugins.hooks.report_test_split_hook import ReportTestSplitHook

STOP = dict(
    type='ResumableEarlyStoppingHook',
    monitor='accuracy/top1',
    rule='greater',
    patience=3,
    min_delta=1000.0,  # never an improvement
)
PLATEAU = dict(
    type='ReduceOnPlateauLR', monitor='accuracy/top1', rule='greater', patience=1,
    factor=0.5, threshold=1000.0,
)  # fmt: skip


class Rates(Hook):
    def __init__(self):
        self.rates = {}

    def before_train_epoch(self, runner):
        group = runner.optim_wrapper.optimizer.param_groups[0]
        self.rates[runner.epoch + 1] = group['lr']


def run(tmp_path, hooks, epochs=8, **changes):
    watcher = Rates()
    runner = build(
        tmp_path,
        hooks,
        train_cfg=dict(by_epoch=True, max_epochs=epochs, val_interval=1),
        param_scheduler=PLATEAU,
        **changes,
    )
    runner.register_hook(watcher)
    runner.train()
    return watcher.rates


@pytest.mark.parametrize('epoch', [1, 2, 3, 4, 5])
def test_a_resumed_run_waits_for_the_plateau_like_an_uninterrupted_one(tmp_path, epoch):
    hooks = [dict(type='ValidateResumedHook')]
    whole = run(tmp_path, hooks, 6)
    assert len(set(whole.values())) > 2
    checkpoint = str(tmp_path / f'epoch_{epoch}.pth')
    resumed = run(tmp_path / 'b', hooks, 6, load_from=checkpoint, resume=True)
    assert resumed == {e: rate for e, rate in whole.items() if e > epoch}


@pytest.mark.parametrize('epoch', [1, 2, 3])
def test_a_resumed_run_stops_where_an_uninterrupted_one_does(tmp_path, epoch):
    hooks = [STOP, dict(type='ValidateResumedHook')]
    whole = run(tmp_path, hooks)
    assert max(whole) == 4  # the first is the best, then three without improvement
    checkpoint = str(tmp_path / f'epoch_{epoch}.pth')
    resumed = run(tmp_path / 'b', hooks, load_from=checkpoint, resume=True)
    assert max(resumed) == 4


@pytest.mark.parametrize('iteration', [2, 3, 4, 6])
def test_so_it_is_in_a_loop_of_iterations(tmp_path, iteration):
    def stopped(folder, **changes):
        runner = build(
            folder,
            [STOP, dict(type='ValidateResumedHook')],
            train_cfg=dict(by_epoch=False, max_iters=30, val_interval=2),
            default_hooks=dict(
                checkpoint=dict(type='CheckpointHook', by_epoch=False, interval=1)
            ),
            **changes,
        )
        runner.train()
        return runner.iter

    assert stopped(tmp_path) == 8  # the first is the best, then three without
    checkpoint = str(tmp_path / f'iter_{iteration}.pth')
    assert stopped(tmp_path / 'b', load_from=checkpoint, resume=True) == 8


def test_a_run_that_had_stopped_stays_stopped(tmp_path):
    hooks = [STOP, dict(type='ValidateResumedHook')]
    run(tmp_path, hooks)
    assert run(tmp_path, hooks, resume=True) == {}


def test_nothing_is_validated_in_a_fresh_run_or_out_of_turn(tmp_path):
    class Count(Hook):
        epochs = []

        def before_val_epoch(self, runner):
            self.epochs.append(runner.epoch)

    settings = dict(
        train_cfg=dict(by_epoch=True, max_epochs=5, val_interval=2),
        default_hooks=dict(checkpoint=dict(type='CheckpointHook', interval=1)),
    )
    runner = build(tmp_path, [dict(type='ValidateResumedHook')], **settings)
    runner.register_hook(Count())
    runner.train()
    assert Count.epochs == [2, 4, 5]
    for epoch, validated in ((1, [2, 4, 5]), (2, [2, 4, 5]), (3, [4, 5]), (5, [5])):
        Count.epochs.clear()
        resumed = dict(load_from=str(tmp_path / f'epoch_{epoch}.pth'), resume=True)
        hooks = [dict(type='ValidateResumedHook')]
        runner = build(tmp_path / f'from_{epoch}', hooks, **settings, **resumed)
        runner.register_hook(Count())
        runner.train()
        assert Count.epochs == validated


@pytest.mark.parametrize('by_epoch', [True, False])
def test_the_test_splits_curve_is_logged_beside_the_validations(tmp_path, by_epoch):
    def split(count):
        sampler = dict(type='DefaultSampler', shuffle=False)
        return loader(toy(num_samples=count, test_mode=True), sampler=sampler)

    last = dict(by_epoch=True, max_epochs=5) if by_epoch else dict(max_iters=5)
    build(
        tmp_path,
        [dict(type='ReportTestSplitHook', interval=2)],
        train_cfg=dict(dict(by_epoch=by_epoch, val_interval=1), **last),
        val_dataloader=split(6),
        val_evaluator=dict(type='Accuracy', prefix='validation'),
        test_dataloader=split(11),
        test_evaluator=dict(type='Accuracy'),
        test_cfg=dict(),
        default_hooks=dict(
            logger=dict(type='LoggerHook', log_metric_by_epoch=by_epoch)
        ),
    ).train()
    lines = next(tmp_path.glob('*/vis_data/scalars.json')).read_text().splitlines()
    curve = {'validation/top1': {}, 'accuracy/top1': {}}
    for scalars in map(json.loads, lines):
        for key, values in curve.items():
            if key in scalars:
                values[scalars['step']] = scalars[key]
    assert list(curve['validation/top1']) == [1, 2, 3, 4, 5]
    assert list(curve['accuracy/top1']) == [2, 4, 5]
    for value in curve['accuracy/top1'].values():  # elevenths
        assert value * 11 / 100 == pytest.approx(round(value * 11 / 100), abs=1e-3)


@pytest.mark.parametrize(('rule', 'sign'), [('greater', 1), ('less', -1)])
@pytest.mark.parametrize('min_delta', [0.0, 0.5])
def test_a_tie_is_no_improvement(rule, sign, min_delta):
    settings = dict(STOP, rule=rule, min_delta=min_delta)
    stop = HOOKS.build(settings)
    stopped = []
    for score in (50, 49, 50, 49, 51, 51, 50, 51):
        loop = SimpleNamespace(stop_training=False)
        runner = SimpleNamespace(train_loop=loop, logger=logging.getLogger('stop'))
        stop.after_val_epoch(runner, {'accuracy/top1': sign * float(score)})
        stopped.append(loop.stop_training)
    assert stopped == [False, False, False, True, False, False, False, True]
    assert stop.best_score == sign * 51


def test_bad_interval():
    with pytest.raises(ValueError, match='interval must be an integer >= 1'):
        ReportTestSplitHook(0)
