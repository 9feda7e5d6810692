import random

import numpy as np
import pytest
import torch
from mmcv.transforms import BaseTransform
from mmengine.hooks import Hook
from mmengine.runner import loops
from mmpretrain.registry import TRANSFORMS
from toy import PIPELINE, build, loader, toy

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


@TRANSFORMS.register_module()
class Jitter(BaseTransform):
    """Noise on the whole image, of NumPy's generator."""

    def transform(self, results):
        image = results['img'] + np.random.normal(0, 40, results['img'].shape)
        return dict(results, img=image.clip(0, 255).astype(np.uint8))


class Images(Hook):
    """Which samples each step sees, and the sum of their pixels."""

    def __init__(self):
        self.steps = []

    def before_train_iter(self, runner, batch_idx, data_batch):
        rows = [sample.sample_idx for sample in data_batch['data_samples']]
        pixels = sum(int(image.sum()) for image in data_batch['inputs'])
        self.steps.append((rows, pixels))


def iterations(tmp_path, data, **changes):
    images = Images()
    runner = build(
        tmp_path,
        [dict(type='StepSeedHook'), dict(type='TrainingLoaderHook')],
        train_dataloader=data,
        train_cfg=dict(by_epoch=False, max_iters=9, val_interval=100),
        default_hooks=dict(
            checkpoint=dict(type='CheckpointHook', by_epoch=False, interval=6)
        ),
        **changes,
    )
    runner.register_hook(images)
    runner.train()
    return images.steps


@pytest.mark.parametrize('sampler', ['DefaultSampler', 'InfiniteSampler'])
@pytest.mark.parametrize('workers', [0, 1])
def test_an_iteration_based_loop_goes_on_exactly(
    tmp_path, monkeypatch, sampler, workers
):
    monkeypatch.setattr(loops.time, 'sleep', lambda seconds: None)
    data = loader(
        toy(pipeline=[dict(type='Jitter'), *PIPELINE]),
        num_workers=workers,
        persistent_workers=False,
        sampler=dict(type=sampler, shuffle=True),
    )
    whole = iterations(tmp_path, data)
    checkpoint = dict(load_from=str(tmp_path / 'iter_6.pth'), resume=True)
    assert iterations(tmp_path / 'b', data, **checkpoint) == whole[6:]
    assert len({pixels for _, pixels in whole}) == 9


def test_passes_of_an_iteration_based_loop_are_augmented_differently(
    tmp_path, monkeypatch
):
    """The same order of samples in each pass: what differs is the augmentation."""
    monkeypatch.setattr(loops.time, 'sleep', lambda seconds: None)
    data = loader(
        toy(pipeline=[dict(type='Jitter'), *PIPELINE]),
        batch_size=10,
        num_workers=1,
        persistent_workers=False,
        sampler=dict(type='DefaultSampler', shuffle=False),
    )
    steps = iterations(tmp_path, data)
    assert [rows for rows, _ in steps[:3]] * 3 == [rows for rows, _ in steps]
    assert len({pixels for _, pixels in steps}) == 9
