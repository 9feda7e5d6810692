"""Two gloo processes train the networks that one process trains."""

import pytest
import torch
from noise_layer_toy import clean_and_noisy, noise_layer_model
from processes import run_processes
from toy import config, hook_of, loader, toy

from nl_plugins.methods.noise_layer.noise_layer_hook import NoiseLayerHook


def train(rank, estimate, find_unused_parameters):
    if estimate == 'clean':  # 12 clean, 20 noisy: an epoch of 32, nothing is repeated
        data = clean_and_noisy(fraction=0.375, num_samples=32)
        phases = dict(classes=1, types=2, joint=3)
    else:
        data, phases = loader(toy(num_samples=32)), dict(given=1, joint=3)
    data.update(batch_size=8 // rank.world)
    data['sampler'].update(seed=0)
    cfg = config(
        rank.folder / 'run',
        [dict(type='NoiseLayerHook', phases=phases, estimate=estimate)],
        noise_layer_model(),
        train_dataloader=data,
        train_cfg=dict(by_epoch=True, max_epochs=4, val_interval=100),
        find_unused_parameters=find_unused_parameters,
    )
    runner = rank.runner(cfg)
    model = rank.plain(runner)
    for module in model.modules():  # ranks see different batches: no batch statistics
        if isinstance(module, torch.nn.BatchNorm2d):
            module.train = lambda mode=True, module=module: module
            module.training = False
    runner.train()
    table = hook_of(runner, NoiseLayerHook).table.state_dict()
    return dict(model.state_dict(), **table)


def run(tmp_path, world, estimate='clean', find_unused_parameters=True):
    return run_processes(train, tmp_path, world, estimate, find_unused_parameters)


@pytest.mark.parametrize('estimate', ['clean', 'predictions'])
def test_two_processes_are_one(tmp_path, estimate):
    (single,) = run(tmp_path, 1, estimate)
    first, second = run(tmp_path, 2, estimate)
    assert single['noise_layer.confusion'].any()
    for name, value in single.items():
        if name == 'fingerprint':
            assert first[name] == second[name] == value
        elif value.is_floating_point():
            assert torch.allclose(first[name], value, atol=1e-4), name
            assert torch.equal(first[name], second[name]), name
        else:
            assert torch.equal(first[name], value), name
            assert torch.equal(second[name], value), name


def test_a_wrapper_that_would_stop_in_the_first_phase_is_refused(tmp_path):
    with pytest.raises(RuntimeError, match='set `find_unused_parameters = True`'):
        run(tmp_path, 2, find_unused_parameters=False)
