"""When the consistency loss counts and how much."""

import math

import pytest
from mmengine.hooks import Hook
from toy import build
from toy_two_stage import two_stage

from nl_plugins.methods.two_stage.consistency_hook import ConsistencyHook

QUIET = dict(default_hooks=dict(checkpoint=None))


class Losses(Hook):
    """The losses and the model's scale in every iteration."""

    def __init__(self):
        self.seen = []

    def after_train_iter(self, runner, batch_idx, data_batch, outputs):
        scale = runner.model.consistency_scale
        self.seen.append((runner.epoch + 1, scale, outputs))


def run(tmp_path, **kwargs):
    watcher = Losses()
    runner = two_stage(tmp_path, **QUIET, **kwargs)
    runner.register_hook(watcher)
    runner.train()
    return watcher.seen


def test_begins_with_its_epoch(tmp_path):
    seen = run(tmp_path, switch=3, epochs=4)
    assert {epoch for epoch, _, _ in seen} == {1, 2, 3, 4}
    for epoch, scale, losses in seen:
        assert scale == (0.0 if epoch < 3 else 1.0)
        assert ('loss_consistency' in losses) == (epoch >= 3)


def test_ramps_by_hand():
    hook = ConsistencyHook(start_epoch=11, ramp_up=10, ramp_down=4)
    scales = {step: hook.scale(step, 40) for step in (10, 11, 16, 21, 36, 38, 40)}
    assert scales == {
        10: 0.0,
        11: pytest.approx(math.exp(-5)),
        16: pytest.approx(math.exp(-1.25)),
        21: 1.0,
        36: 1.0,
        38: pytest.approx(math.exp(-3.125)),
        40: pytest.approx(math.exp(-12.5)),
    }
    fixed = ConsistencyHook(start_epoch=3)
    assert [fixed.scale(step, 4) for step in (1, 2, 3, 4)] == [0, 0, 1, 1]


def test_the_ramp_is_followed(tmp_path):
    seen = run(
        tmp_path,
        switch=2,
        epochs=4,
        consistency=dict(type='ConsistencyHook', ramp_up=2, ramp_down=1),
    )
    scales = {epoch: scale for epoch, scale, _ in seen}
    assert scales[1] == 0
    assert scales[2] == pytest.approx(math.exp(-5))
    assert scales[3] == pytest.approx(math.exp(-1.25))
    assert scales[4] == pytest.approx(math.exp(-12.5))


def test_counts_iterations_if_asked(tmp_path):
    watcher = Losses()
    runner = two_stage(
        tmp_path,
        **QUIET,
        train_cfg=dict(by_epoch=False, max_iters=6, val_interval=100),
        consistency=dict(type='ConsistencyHook', by_epoch=False),
        switch=4,
    )
    selection = next(h for h in runner.hooks if type(h).__name__.startswith('Label'))
    selection.by_epoch = False
    runner.register_hook(watcher)
    runner.train()
    assert [scale for _, scale, _ in watcher.seen] == [0, 0, 0, 1, 1, 1]


@pytest.mark.parametrize(
    ('settings', 'message'),
    [
        (dict(start_epoch=0), 'start_epoch must be an integer >= 1'),
        (dict(ramp_up=-1), 'ramp_up must be an integer >= 0'),
        (dict(ramp_down=2.5), 'ramp_down must be an integer >= 0'),
    ],
)
def test_bad_arguments(settings, message):
    with pytest.raises(ValueError, match=message):
        ConsistencyHook(**settings)


def test_a_plain_classifier_is_refused(tmp_path):
    runner = build(tmp_path, [dict(type='ConsistencyHook')], **QUIET)
    with pytest.raises(ValueError, match='ImageClassifier has no consistency loss'):
        runner.train()


def test_epochs_of_an_iteration_based_loop_are_refused(tmp_path):
    loop = dict(by_epoch=False, max_iters=2, val_interval=100)
    runner = two_stage(tmp_path, **QUIET, train_cfg=loop)
    runner._hooks = [h for h in runner.hooks if 'Label' not in type(h).__name__]
    with pytest.raises(ValueError, match='IterBasedTrainLoop has no epochs'):
        runner.train()
