"""When terms count and how much, and for whom their state is."""

import math

import pytest
from mmengine.hooks import Hook
from toy import build, loader, toy
from toy_two_stage import two_stage

from nl_plugins.methods.two_stage.pi_consistency import PiConsistency

QUIET = dict(default_hooks=dict(checkpoint=None))
ENSEMBLES = dict(type='TemporalEnsembling')


class Losses(Hook):
    """The losses and the scale of the term in every iteration."""

    def __init__(self):
        self.seen = []

    def after_train_iter(self, runner, batch_idx, data_batch, outputs):
        (term,) = runner.model.terms
        self.seen.append((runner.epoch + 1, term.scale, outputs))


def run(tmp_path, **kwargs):
    watcher = Losses()
    runner = two_stage(tmp_path, **QUIET, **kwargs)
    runner.register_hook(watcher)
    runner.train()
    return watcher.seen


def without(runner, name):
    """Leave out the hooks with such a name."""
    runner._hooks = [h for h in runner.hooks if name not in type(h).__name__]
    return runner


def test_begins_with_its_epoch(tmp_path):
    seen = run(tmp_path, switch=3, epochs=4)
    assert {epoch for epoch, _, _ in seen} == {1, 2, 3, 4}
    for epoch, scale, losses in seen:
        assert scale == (0.0 if epoch < 3 else 1.0)
        assert ('loss_consistency' in losses) == (epoch >= 3)


def test_ramps_by_hand():
    term = PiConsistency(start_epoch=11, ramp_up=10, ramp_down=4)
    scales = {step: term.scale_at(step, 40) for step in (10, 11, 16, 21, 36, 38, 40)}
    assert scales == {
        10: 0.0,
        11: pytest.approx(math.exp(-5)),
        16: pytest.approx(math.exp(-1.25)),
        21: 1.0,
        36: 1.0,
        38: pytest.approx(math.exp(-3.125)),
        40: pytest.approx(math.exp(-12.5)),
    }
    fixed = PiConsistency(start_epoch=3)
    assert [fixed.scale_at(step, 4) for step in (1, 2, 3, 4)] == [0, 0, 1, 1]


def test_the_ramp_is_followed(tmp_path):
    seen = run(tmp_path, switch=2, epochs=4, consistency=dict(ramp_up=2, ramp_down=1))
    scales = {epoch: scale for epoch, scale, _ in seen}
    assert scales[1] == 0
    assert scales[2] == pytest.approx(math.exp(-5))
    assert scales[3] == pytest.approx(math.exp(-1.25))
    assert scales[4] == pytest.approx(math.exp(-12.5))


def test_counts_iterations_if_asked(tmp_path):
    loop = dict(by_epoch=False, max_iters=6, val_interval=100)
    seen = run(tmp_path, train_cfg=loop, by_epoch=False, switch=4)
    assert [scale for _, scale, _ in seen] == [0, 0, 0, 1, 1, 1]


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
        PiConsistency(**settings)


def test_a_plain_classifier_is_refused(tmp_path):
    runner = build(tmp_path, [dict(type='TermsHook')], **QUIET)
    with pytest.raises(ValueError, match='ImageClassifier has no terms'):
        runner.train()


def test_epochs_of_an_iteration_based_loop_are_refused(tmp_path):
    loop = dict(by_epoch=False, max_iters=2, val_interval=100)
    runner = without(two_stage(tmp_path, **QUIET, train_cfg=loop), 'Label')
    with pytest.raises(ValueError, match='IterBasedTrainLoop has no epochs'):
        runner.train()


@pytest.mark.parametrize(
    'term', [dict(type='PiConsistency', ramp_up=2), ENSEMBLES, dict(type='MeanTeacher')]
)
def test_without_the_hook_the_first_step_fails(tmp_path, term):
    runner = two_stage(tmp_path, **QUIET, switch=1, consistency=term)
    with pytest.raises(RuntimeError, match=rf'{term["type"]} .* add .*"TermsHook"'):
        without(runner, 'TermsHook').train()


def test_a_term_without_a_state_asks_for_no_identity(tmp_path):
    pipeline = [dict(type='PackInputs', meta_keys=())]
    data = loader(toy(size=8, pipeline=pipeline))
    runner = two_stage(tmp_path, **QUIET, epochs=1, train_dataloader=data)
    without(runner, 'Label').train()
    runner = two_stage(tmp_path, consistency=ENSEMBLES, train_dataloader=data)
    with pytest.raises(ValueError, match='drops `sample_idx`'):
        without(runner, 'Label').train()


def test_the_state_of_another_training_set_is_refused(tmp_path):
    two_stage(tmp_path, switch=1, epochs=1, consistency=ENSEMBLES).train()
    data = loader(toy(size=8, num_samples=33))
    changes = dict(epochs=2, train_dataloader=data, resume=True)
    runner = two_stage(tmp_path, switch=1, consistency=ENSEMBLES, **changes)
    with pytest.raises(ValueError, match='another training set or other terms'):
        without(runner, 'Label').train()
