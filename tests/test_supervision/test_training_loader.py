import random
from types import SimpleNamespace
from unittest.mock import Mock

import numpy as np
import pytest
import torch
from mmengine.dataset import InfiniteSampler
from mmengine.runner import Runner
from mmpretrain.registry import DATASETS, MODELS
from noise_layer_toy import noise_layer_model
from torch.utils.data import DataLoader
from toy import NUM_SAMPLES, TinyNet, build, loader, tiny_model, toy

from nl_plugins.datasets.samplers.labeled_unlabeled_sampler import (
    LabeledUnlabeledSampler,
)
from nl_plugins.supervision.training_loader import (
    EpochSeeds,
    check_last_batch,
    prepare_loader,
)

ONE_LEFT = NUM_SAMPLES - 1


@MODELS.register_module()
class VectorNorm(TinyNet):
    """Batch norm of vectors, which one image cannot train."""

    def __init__(self):
        super().__init__()
        self.norm = torch.nn.BatchNorm1d(8)

    def forward(self, x):
        return (self.norm(super().forward(x)[0]),)


def network(backbone='VectorNorm'):
    return dict(tiny_model(), backbone=dict(type=backbone))


def data(batch_size=ONE_LEFT, sampler=None, **kwargs):
    dataset = DATASETS.build(toy())
    sampler = sampler and sampler(dataset)
    return DataLoader(dataset, batch_size, sampler=sampler, **kwargs)


@pytest.mark.parametrize('name', ['SMPHook', 'TrainingLoaderHook'])
def test_a_last_batch_of_one_is_told_at_the_start(tmp_path, name):
    start = dict(start_epoch=2) if name == 'SMPHook' else {}
    runner = build(
        tmp_path,
        [dict(type=name, **start)],
        network(),
        train_dataloader=loader(toy(), batch_size=ONE_LEFT),
        default_hooks=dict(checkpoint=None),
    )
    with pytest.raises(ValueError, match=r'30 samples .* of 29 .*`drop_last=True`'):
        runner.train()
    assert runner.iter == 0


def test_a_second_network_is_tried_as_well():
    def model(backbone):
        types = dict(backbone=dict(type=backbone), head=tiny_model()['head'])
        return MODELS.build(noise_layer_model(type_network=types))

    check_last_batch(data(), model('TinyNet'))
    with pytest.raises(ValueError, match='30 samples in batches of 29'):
        check_last_batch(data(), model('VectorNorm'))


def test_batches_of_one_are_told():
    with pytest.raises(ValueError, match='in batches of 1 end'):
        check_last_batch(data(1), MODELS.build(network()))


def test_what_can_be_trained_is_left_alone():
    model = MODELS.build(network())
    check_last_batch(data(28), model)
    check_last_batch(data(drop_last=True), model)
    check_last_batch(data(sampler=InfiniteSampler), model)
    check_last_batch(data(), MODELS.build(network('TinyNet')))


def test_the_trial_leaves_model_and_random_numbers_alone():
    model = MODELS.build(network('TinyNet'))
    before = {name: value.clone() for name, value in model.state_dict().items()}
    states = random.getstate(), np.random.get_state()[1].tolist(), torch.get_rng_state()
    check_last_batch(data(), model)
    assert random.getstate() == states[0]
    assert np.random.get_state()[1].tolist() == states[1]
    assert torch.equal(torch.get_rng_state(), states[2])
    assert all(torch.equal(v, before[k]) for k, v in model.state_dict().items())


def test_a_network_that_loses_the_dimension_of_images():
    class Squeezing(TinyNet):
        def forward(self, x):
            return (super().forward(x)[0].squeeze(),)

    model = MODELS.build(network())
    model.backbone = Squeezing()
    with pytest.raises(ValueError, match='no dimension of images'):
        check_last_batch(data(), model)


def test_a_selection_is_warned_about_and_then_told():
    model, logger = MODELS.build(network()), Mock()
    train = data(8, LabeledUnlabeledSampler)  # 30 = 3 * 8 + 6
    check_last_batch(train, model, logger)
    assert 'a selection of samples may end' in logger.warning.call_args[0][0]
    train.sampler.set_mask(torch.arange(NUM_SAMPLES) < 9)  # and 9 others: 18
    check_last_batch(train, model)
    train.sampler.set_mask(torch.arange(NUM_SAMPLES) >= 5)  # all: 30
    check_last_batch(train, model)
    train = data(17, LabeledUnlabeledSampler)
    train.sampler.set_mask(torch.arange(NUM_SAMPLES) < 9)
    with pytest.raises(ValueError, match='18 samples in batches of 17'):
        check_last_batch(train, model)
    other = Mock()
    check_last_batch(train, MODELS.build(network('TinyNet')), other)
    assert not other.warning.called


def draws(init, worker):
    torch.manual_seed(0)
    init(worker)
    return random.random(), np.random.rand(), float(torch.rand(()))


def test_workers_draw_something_else_in_each_epoch():
    cfg = loader(toy(), num_workers=2, persistent_workers=False)
    train, logger = Runner.build_dataloader(cfg, seed=3), Mock()
    mmengine = [draws(train.worker_init_fn, 0) for train.sampler.epoch in (0, 1)]
    assert mmengine[0] == mmengine[1], 'no longer needed'
    runner = SimpleNamespace(train_dataloader=train, max_iters=9, logger=logger, seed=3)
    for _ in range(2):  # of two hooks
        prepare_loader(runner, None)
    assert 'persistent_workers' in logger.warning.call_args[0][0]
    assert logger.warning.call_count == 1
    seeds = train.worker_init_fn
    keys = [(e, r, w) for e in (0, 1, 2) for r in (0, 1) for w in (0, 1)]
    found = []
    for train.sampler.epoch, seeds.rank, worker in keys:
        found.append(draws(seeds, worker))
        assert draws(seeds, worker) == found[-1]  # as a resumed run
    for column in zip(*found, strict=True):
        assert len(set(column)) == len(keys)


def test_other_loaders_keep_their_seeds():
    persistent = loader(toy(), num_workers=2, persistent_workers=True)
    for cfg in (persistent, loader(toy())):
        train = Runner.build_dataloader(cfg, seed=3)
        runner = SimpleNamespace(
            train_dataloader=train, max_iters=9, logger=Mock(), seed=3
        )
        prepare_loader(runner, None)
        assert not isinstance(train.worker_init_fn, EpochSeeds)
        assert not runner.logger.warning.called
