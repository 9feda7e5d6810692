"""Algorithm 2 of Laine & Aila against a dictionary of running means."""

from types import SimpleNamespace

import pytest
import torch
from mmengine.hooks import Hook
from mmengine.runner import CheckpointLoader
from mmpretrain.structures import DataSample
from toy import NUM_SAMPLES, loader, toy
from toy_two_stage import two_stage

from nl_plugins.methods.two_stage.temporal_ensembling import TemporalEnsembling
from nl_plugins.supervision.term_batch import TermBatch

K = 3
TERM = dict(type='TemporalEnsembling')


def alone(**kwargs):
    """The term of six samples, without a run."""
    term = TemporalEnsembling(**kwargs)
    term.num_samples = 6
    return term


def batch(probs, rows):
    samples = [DataSample(metainfo=dict(sample_idx=row)) for row in rows]
    model = SimpleNamespace(head=torch.log)
    return TermBatch(model, [], samples, None, probs)


def draw(count, seed):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(count, K, generator=generator).softmax(1)


@pytest.mark.parametrize('momentum', [0.0, 0.6, 0.95])
def test_equals_the_running_means_by_hand(momentum):
    term, totals, counts = alone(momentum=momentum), {}, {}
    for step, rows in enumerate([[0, 3], [3, 5, 1], [0, 3, 1], [2], [0, 3]]):
        probs = draw(len(rows), step)
        got = term.second_prediction(batch(probs, rows))
        for row, z, target in zip(rows, probs, got):
            t = counts.get(row, 0)
            want = totals[row] / (1 - momentum**t) if t else z
            torch.testing.assert_close(target, want)
            old = totals.get(row, torch.zeros(K))
            totals[row] = momentum * old + (1 - momentum) * z
            counts[row] = t + 1
    assert term.sample_state['counts'].tolist() == [3, 2, 1, 4, 0, 1]


def test_one_evaluation_is_its_own_ensemble():
    """Without the bias correction it would be a (1 - momentum)th of it."""
    term, probs = alone(momentum=0.9), draw(2, 0)
    term.second_prediction(batch(probs, [1, 4]))
    got = term.second_prediction(batch(draw(2, 1), [4, 1]))
    torch.testing.assert_close(got, probs[[1, 0]])


def test_a_sample_twice_in_a_batch_counts_once_with_its_mean():
    term, probs = alone(), draw(3, 0)
    term.second_prediction(batch(probs, [2, 0, 2]))
    assert term.sample_state['counts'].tolist() == [1, 0, 1, 0, 0, 0]
    got = term.second_prediction(batch(draw(1, 1), [2]))
    torch.testing.assert_close(got[0], (probs[0] + probs[2]) / 2)


def test_half_precision_stays_near():
    full, half = alone(), alone(dtype='float16')
    for step in range(20):
        probs = draw(6, step)
        exact = full.second_prediction(batch(probs, range(6)))
        near = half.second_prediction(batch(probs, range(6)))
        assert near.dtype == torch.float32
        torch.testing.assert_close(near, exact, atol=2e-3, rtol=0)
    assert half.sample_state['ensemble'].dtype == torch.float16


def test_there_is_no_gradient_through_the_target():
    term, logits = alone(), torch.zeros(2, K, requires_grad=True)
    for _ in range(2):
        target = term.second_prediction(batch(logits.softmax(1), [0, 1]))
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
        consistency=TERM,
        train_dataloader=loader(toy(size=8)),
    )
    runner.register_hook(Watch())
    runner.train()
    assert len(Watch.passes) == runner.iter
    assert {epoch for epoch, _ in Watch.losses} == {2, 3}
    for epoch, loss in Watch.losses:
        assert (loss > 1e-5) == (epoch == 3)
    kept = runner.model.terms[0].sample_state
    assert kept['counts'].tolist() == [2] * NUM_SAMPLES
    state = CheckpointLoader.load_checkpoint(str(tmp_path / 'epoch_3.pth'), 'cpu')
    saved = state['nl_plugins']['TermsHook']['terms']['TemporalEnsembling_0']
    assert torch.equal(saved['ensemble'], kept['ensemble'])
    assert not any('ensemble' in key for key in state['state_dict'])


@pytest.mark.parametrize(
    ('settings', 'message'),
    [
        (dict(momentum=1.0), r'momentum must lie in \[0, 1\)'),
        (dict(momentum=-0.1), r'momentum must lie in \[0, 1\)'),
        (dict(dtype='int8'), "dtype must be one of .*float16.* but is 'int8'"),
    ],
)
def test_bad_arguments(settings, message):
    with pytest.raises(ValueError, match=message):
        TemporalEnsembling(**settings)
