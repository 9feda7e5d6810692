"""Two gloo processes hold the table that one process makes."""

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
from nl_plugins.engine import SMPHook
from nl_plugins.engine.cpu_processes import prepare_cpu_processes
from toy import config, hook_of, loader, toy

out, rank, world = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
online = sys.argv[4]
hook = dict(type='SMPHook', start_epoch=2, alpha=0.5, num_prototypes=2,
            candidate_fraction=0.5, online=online == 'online', holdout_fraction=0.1)
# lr 0 and frozen statistics: both walk the same network; 31 samples: uneven shards
data = loader(toy(num_samples=31), batch_size=8 // world)
cfg = config(
    out / 'run', [hook], train_dataloader=data,
    train_cfg=dict(by_epoch=True, max_epochs=2, val_interval=100),
    optim_wrapper=dict(optimizer=dict(type='SGD', lr={lr})))
if world > 1:
    os.environ.update(RANK=str(rank), LOCAL_RANK=str(rank), WORLD_SIZE=str(world),
                      MASTER_ADDR='localhost', MASTER_PORT=sys.argv[5])
    cfg.launcher = 'pytorch'
    cfg.experiment_name = 'two'
    prepare_cpu_processes(cfg)
runner = Runner.from_cfg(cfg)
assert is_model_wrapper(runner.model) == (world > 1)
if {lr} == 0:
    for module in runner.model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.momentum = 0.0
runner.train()
state = hook_of(runner, SMPHook).state_dict()
torch.save(state, out / f'table_{{rank}}_of_{{world}}.pth')
"""


def run(tmp_path, world, online, lr):
    with socket.socket() as free:
        free.bind(('localhost', 0))
        port = free.getsockname()[1]
    env = dict(os.environ, PYTHONPATH=os.pathsep.join([str(TESTS.parent), str(TESTS)]))
    processes = [
        subprocess.Popen(
            [sys.executable, '-c', SCRIPT.format(lr=lr), str(tmp_path), str(rank)]
            + [str(world), online, str(port)],
            env=env,
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
        )
        for rank in range(world)
    ]
    for process in processes:
        _, errors = process.communicate(timeout=300)
        assert process.returncode == 0, errors.decode()[-3000:]
    return [
        torch.load(tmp_path / f'table_{rank}_of_{world}.pth', weights_only=True)
        for rank in range(world)
    ]


def same_table(one, other):
    for name in ('suggested_labels', 'weights', 'selected'):
        assert torch.equal(one['table'][name], other['table'][name]), name
    assert torch.allclose(one['table']['scores'], other['table']['scores'], atol=2e-3)
    assert torch.equal(one['holdout'], other['holdout'])


def test_two_processes_make_the_table_of_one(tmp_path):
    (single,) = run(tmp_path, 1, 'offline', 0.0)
    first, second = run(tmp_path, 2, 'offline', 0.0)
    same_table(first, single)
    same_table(second, single)
    given = torch.tensor([(i % 3 + 1) % 3 if i % 5 == 0 else i % 3 for i in range(31)])
    assert (single['table']['suggested_labels'] != given).any()


@pytest.mark.parametrize('online', ['offline', 'online'])
def test_both_ranks_hold_the_same_table_after_training(tmp_path, online):
    first, second = run(tmp_path, 2, online, 0.05)
    same_table(first, second)
    assert torch.equal(first['table']['scores'], second['table']['scores'])
