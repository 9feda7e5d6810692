"""The teacher is MMEngine's averaged model."""

import pytest
import torch
from mmengine.hooks import EMAHook, Hook
from mmengine.runner import CheckpointLoader
from toy import hook_of
from toy_two_stage import pi_model, two_stage

EMA = dict(type='EMAHook', momentum=0.25, begin_epoch=2)
TEACHER = dict(type='MeanTeacher')


class Compare(Hook):
    """Keeps what the loss compared, and a teacher of its own."""

    def __init__(self):
        self.calls = []

    def before_train(self, runner):
        (term,) = runner.model.terms
        keep = term.second_prediction

        def second(batch):
            random = torch.get_rng_state()
            target = keep(batch)
            self.calls.append((self.mine(runner, batch.views[0], random), target))
            return target

        term.second_prediction = second
        self.average, self.updates = None, 0

    def after_train_iter(self, runner, batch_idx, data_batch, outputs):
        weights = {k: v.clone() for k, v in runner.model.named_parameters()}
        self.updates += runner.epoch + 1 >= 2
        if self.updates <= 1:
            self.average = weights  # MMEngine's average begins as the student
        else:
            for key, value in self.average.items():
                value.data.mul_(0.75).add_(0.25 * weights[key].data)

    def mine(self, runner, inputs, random):
        state = torch.get_rng_state()
        torch.set_rng_state(random)
        student, buffers = runner.model, {}
        for key, value in student.named_buffers():
            buffers[key] = value.clone()
        with torch.no_grad():
            probs = torch.func.functional_call(
                student, {**self.average, **buffers}, (inputs,), dict(mode='tensor')
            )
        torch.set_rng_state(state)
        return probs.softmax(1)


def test_compares_with_the_averaged_weights(tmp_path):
    runner = two_stage(
        tmp_path,
        [EMA],
        switch=2,
        epochs=5,
        consistency=TEACHER,
        model=pi_model(noise=None),
    )
    watcher = Compare()
    runner.register_hook(watcher, priority='VERY_LOW')
    runner.train()
    assert len(watcher.calls) >= 4
    for mine, target in watcher.calls:
        assert not target.requires_grad
        torch.testing.assert_close(target, mine, atol=1e-5, rtol=1e-4)


def test_the_teacher_is_no_part_of_the_model(tmp_path):
    runner = two_stage(tmp_path, [EMA], switch=2, epochs=3, consistency=TEACHER)
    runner.train()
    checkpoint = CheckpointLoader.load_checkpoint(str(tmp_path / 'epoch_3.pth'), 'cpu')
    assert list(checkpoint['state_dict']) == list(runner.model.state_dict())
    teacher = hook_of(runner, EMAHook).ema_model.module.state_dict()
    for key, value in checkpoint['state_dict'].items():
        assert torch.equal(value, teacher[key])


@pytest.mark.parametrize('averages', [[], [EMA, dict(EMA, priority=60)]])
def test_it_needs_one_averaging_hook(tmp_path, averages):
    runner = two_stage(tmp_path, averages, consistency=TEACHER)
    with pytest.raises(ValueError, match=f'has {len(averages)} of them'):
        runner.train()
