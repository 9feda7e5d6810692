import random

import numpy as np
import torch
from mmengine.hooks import Hook
from toy import build

from nl_plugins.supervision.training_loader import seed_everything


class Draws(Hook):
    """Numbers of all generators, drawn as an augmentation and as dropout would."""

    def __init__(self):
        self.epochs, self.steps = [], []

    def draw(self):
        return random.random(), np.random.rand(), torch.rand(1).item()

    def before_train_epoch(self, runner):
        self.epochs.append(self.draw())

    def before_train_iter(self, runner, batch_idx, data_batch):
        self.steps.append(self.draw())


def run(tmp_path, disturb=False, **changes):
    draws = Draws()
    runner = build(tmp_path, [dict(type='StepSeedHook')], **changes)
    runner.register_hook(draws)
    if disturb:

        class Disturb(Hook):
            def after_train_iter(self, *args, **kwargs):
                torch.rand(3), np.random.rand(2), random.random()

        runner.register_hook(Disturb())
    runner.train()
    return draws


def test_what_was_drawn_before_does_not_matter(tmp_path):
    plain, disturbed = run(tmp_path / 'a'), run(tmp_path / 'b', disturb=True)
    assert plain.steps == disturbed.steps
    assert plain.epochs == disturbed.epochs


def test_every_step_and_epoch_draws_other_numbers(tmp_path):
    draws = run(tmp_path)
    assert len(set(draws.steps + draws.epochs)) == len(draws.steps) + 2


def test_a_resumed_run_draws_what_the_uninterrupted_one_does(tmp_path):
    whole = run(tmp_path)
    half = len(whole.steps) // 2
    checkpoint = dict(load_from=str(tmp_path / 'epoch_1.pth'), resume=True)
    resumed = run(tmp_path / 'resumed', **checkpoint)
    assert resumed.steps == whole.steps[half:]
    assert resumed.epochs == whole.epochs[1:]


def test_seeds_and_ranks_differ(tmp_path):
    numbers = set()
    for key in [(0, 5, 0, 1), (1, 5, 0, 1), (0, 6, 0, 1), (0, 5, 1, 1), (0, 5, 0, 0)]:
        seed_everything(*key)
        numbers.add((random.random(), np.random.rand(), torch.rand(1).item()))
    assert len(numbers) == 5
