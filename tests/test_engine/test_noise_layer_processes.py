"""Two gloo processes train the networks that one process trains."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import torch

TESTS = Path(__file__).parents[1]

SCRIPT = """
import os, sys
from pathlib import Path
import torch
torch.set_num_threads(1)
import nl_plugins
from mmengine.model import is_model_wrapper
from mmengine.runner import Runner
from nl_plugins.engine import NoiseLayerHook
from nl_plugins.engine.cpu_processes import prepare_cpu_processes
from noise_layer_toy import clean_and_noisy, noise_layer_model
from toy import config, hook_of, loader, toy

out, rank, world = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
estimate, unused = sys.argv[5], sys.argv[6] == 'unused'
if estimate == 'clean':  # 12 clean, 20 noisy ones: an epoch of 32, nothing is repeated
    data = clean_and_noisy(fraction=0.375, num_samples=32)
    phases = dict(classes=1, types=2, joint=3)
else:
    data, phases = loader(toy(num_samples=32)), dict(given=1, joint=3)
data.update(batch_size=8 // world)
data['sampler'].update(seed=0)
hook = dict(type='NoiseLayerHook', phases=phases, estimate=estimate)
cfg = config(
    out / 'run', [hook], noise_layer_model(), train_dataloader=data,
    train_cfg=dict(by_epoch=True, max_epochs=4, val_interval=100),
    find_unused_parameters=unused)
if world > 1:
    os.environ.update(RANK=str(rank), LOCAL_RANK=str(rank), WORLD_SIZE=str(world),
                      MASTER_ADDR='localhost', MASTER_PORT=sys.argv[4])
    cfg.launcher = 'pytorch'
    cfg.experiment_name = 'two'
    prepare_cpu_processes(cfg)
runner = Runner.from_cfg(cfg)
assert is_model_wrapper(runner.model) == (world > 1)
model = runner.model.module if world > 1 else runner.model
for module in model.modules():  # ranks see different batches: no batch statistics
    if isinstance(module, torch.nn.BatchNorm2d):
        module.train = lambda mode=True, module=module: module
        module.training = False
runner.train()
table = hook_of(runner, NoiseLayerHook).table.state_dict()
torch.save(dict(model.state_dict(), **table), out / f'{rank}_of_{world}.pth')
"""


def run(tmp_path, world, estimate='clean', unused='unused'):
    with socket.socket() as free:
        free.bind(('localhost', 0))
        port = free.getsockname()[1]
    env = dict(os.environ, PYTHONPATH=os.pathsep.join([str(TESTS.parent), str(TESTS)]))
    arguments = [str(world), str(port), estimate, unused]
    processes = [
        subprocess.Popen(
            [sys.executable, '-c', SCRIPT, str(tmp_path), str(rank), *arguments],
            env=env,
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
        )
        for rank in range(world)
    ]
    errors = [process.communicate(timeout=300)[1].decode() for process in processes]
    if any(process.returncode for process in processes):
        raise RuntimeError('\n'.join(errors)[-3000:])
    return [
        torch.load(tmp_path / f'{rank}_of_{world}.pth', weights_only=True)
        for rank in range(world)
    ]


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
        run(tmp_path, 2, unused='used')
