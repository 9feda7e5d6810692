"""Algorithm 2 of Laine & Aila against a dictionary of running means."""

import pytest
import torch
from mmengine.hooks import Hook
from mmengine.runner import CheckpointLoader
from mmpretrain.structures import DataSample
from toy import NUM_SAMPLES, hook_of, loader, toy
from toy_two_stage import two_stage

from nl_plugins.methods.two_stage.temporal_ensembling_hook import TemporalEnsemblingHook

K = 3


def samples(rows):
    return [DataSample(metainfo=dict(sample_idx=row)) for row in rows]


def alone(num_samples=6, **kwargs):
    """The hook without a run."""
    hook = TemporalEnsemblingHook(**kwargs)
    hook.training_set = type(
        'Set', (), dict(__len__=lambda self: num_samples, fingerprint='f')
    )()
    return hook


def draw(count, seed):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(count, K, generator=generator).softmax(1)


@pytest.mark.parametrize('momentum', [0.0, 0.6, 0.95])
def test_equals_the_running_means_by_hand(momentum):
    hook, totals, counts = alone(momentum=momentum), {}, {}
    for step, rows in enumerate([[0, 3], [3, 5, 1], [0, 3, 1], [2], [0, 3]]):
        probs = draw(len(rows), step)
        got = hook.second_prediction(probs, None, samples(rows))
        for row, z, target in zip(rows, probs, got):
            t = counts.get(row, 0)
            want = totals[row] / (1 - momentum**t) if t else z
            torch.testing.assert_close(target, want)
            old = totals.get(row, torch.zeros(K))
            totals[row] = momentum * old + (1 - momentum) * z
            counts[row] = t + 1
    assert hook.counts.tolist() == [3, 2, 1, 4, 0, 1]


def test_one_evaluation_is_its_own_ensemble():
    """Without the bias correction it would be a (1 - momentum)th of it."""
    hook, probs = alone(momentum=0.9), draw(2, 0)
    hook.second_prediction(probs, None, samples([1, 4]))
    torch.testing.assert_close(
        hook.second_prediction(draw(2, 1), None, samples([4, 1])), probs[[1, 0]]
    )


def test_a_sample_twice_in_a_batch_counts_once_with_its_mean():
    hook, probs = alone(), draw(3, 0)
    hook.second_prediction(probs, None, samples([2, 0, 2]))
    assert hook.counts.tolist() == [1, 0, 1, 0, 0, 0]
    got = hook.second_prediction(draw(1, 1), None, samples([2]))
    torch.testing.assert_close(got[0], (probs[0] + probs[2]) / 2)


def test_half_precision_stays_near():
    full, half = alone(), alone(dtype='float16')
    for step in range(20):
        probs = draw(6, step)
        exact = full.second_prediction(probs, None, samples(range(6)))
        near = half.second_prediction(probs, None, samples(range(6)))
        assert near.dtype == torch.float32
        torch.testing.assert_close(near, exact, atol=2e-3, rtol=0)
    assert half.ensemble.dtype == torch.float16


def test_there_is_no_gradient_through_the_target():
    hook = alone()
    logits = torch.zeros(2, K, requires_grad=True)
    for _ in range(2):
        target = hook.second_prediction(logits.softmax(1), None, samples([0, 1]))
        assert not target.requires_grad


def test_one_pass_an_iteration_and_no_loss_for_the_unseen(tmp_path):
    class Watch(Hook):
        losses, passes = [], []

        def before_train(self, runner):
            def count(module, args):
                if module.training:
                    self.passes.append(1)

            runner.model.backbone.register_forward_pre_hook(count)

        def after_train_iter(self, runner, batch_idx, data_batch, outputs):
            if 'loss_consistency' in outputs:
                loss = float(outputs['loss_consistency'])
                self.losses.append((runner.epoch + 1, loss))

    runner = two_stage(
        tmp_path,
        switch=2,
        epochs=3,
        consistency=dict(type='TemporalEnsemblingHook'),
        train_dataloader=loader(toy(size=8)),
    )
    runner.register_hook(Watch())
    runner.train()
    assert len(Watch.passes) == runner.iter
    assert {epoch for epoch, _ in Watch.losses} == {2, 3}
    for epoch, loss in Watch.losses:
        assert (loss > 1e-5) == (epoch == 3)
    hook = hook_of(runner, TemporalEnsemblingHook)
    assert hook.counts.tolist() == [2] * NUM_SAMPLES
    state = CheckpointLoader.load_checkpoint(str(tmp_path / 'epoch_3.pth'), 'cpu')
    saved = state['nl_plugins']['TemporalEnsemblingHook']
    assert torch.equal(saved['ensemble'], hook.ensemble)
    assert not any('ensemble' in key for key in state['state_dict'])


def test_samples_without_an_identity_are_refused(tmp_path):
    pipeline = [dict(type='PackInputs', meta_keys=())]
    runner = two_stage(
        tmp_path,
        consistency=dict(type='TemporalEnsemblingHook'),
        train_dataloader=loader(toy(size=8, pipeline=pipeline)),
    )
    runner._hooks = [h for h in runner.hooks if 'Label' not in type(h).__name__]
    with pytest.raises(ValueError, match='drops `sample_idx`'):
        runner.train()


def test_the_ensemble_of_another_training_set_is_refused(tmp_path):
    second = dict(type='TemporalEnsemblingHook')
    two_stage(tmp_path, switch=1, epochs=1, consistency=second).train()
    runner = two_stage(
        tmp_path,
        switch=1,
        epochs=2,
        consistency=second,
        train_dataloader=loader(toy(size=8, num_samples=33)),
        resume=True,
    )
    runner._hooks = [h for h in runner.hooks if 'Label' not in type(h).__name__]
    with pytest.raises(ValueError, match='ensemble of another training set'):
        runner.train()


@pytest.mark.parametrize(
    ('settings', 'message'),
    [
        (dict(momentum=1.0), r'momentum must lie in \[0, 1\)'),
        (dict(momentum=-0.1), r'momentum must lie in \[0, 1\)'),
        (dict(dtype='int8'), "dtype must be 'float32' or 'float16'"),
    ],
)
def test_bad_arguments(settings, message):
    with pytest.raises(ValueError, match=message):
        TemporalEnsemblingHook(**settings)
