"""Two gloo processes make the weights of one, and fix features as one does."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import torch

TESTS = Path(__file__).parents[1]

SCRIPT = """
import os, sys
from pathlib import Path
import torch
torch.set_num_threads(1)
from mmengine.model import is_model_wrapper
from mmengine.runner import Runner
from cleannet_toy import cleannet_hook
from nl_plugins.engine import CleanNetHook
from nl_plugins.engine.cpu_processes import prepare_cpu_processes
from toy import config, hook_of, loader, toy

out, rank, world = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
lr = float(sys.argv[5])
# 61 samples: uneven shards
data = loader(toy(verified=True, num_samples=61), batch_size=8 // world)
cfg = config(
    out / 'run', [cleannet_hook(interval=1)], train_dataloader=data,
    train_cfg=dict(by_epoch=True, max_epochs=4, val_interval=100),
    optim_wrapper=dict(optimizer=dict(type='SGD', lr=lr)))
if world > 1:
    os.environ.update(RANK=str(rank), LOCAL_RANK=str(rank), WORLD_SIZE=str(world),
                      MASTER_ADDR='localhost', MASTER_PORT=sys.argv[4])
    cfg.launcher = 'pytorch'
    cfg.experiment_name = 'two'
    prepare_cpu_processes(cfg)
runner = Runner.from_cfg(cfg)
model = runner.model.module if world > 1 else runner.model
if lr == 0:  # with frozen statistics both walk the same network
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.momentum = 0.0
features = []
hook = hook_of(runner, CleanNetHook)
estimate = hook.estimate
def watched(runner):
    estimate(runner)
    features.append(model.backbone.layers[0].weight.detach().clone())
hook.estimate = watched
runner.train()
assert is_model_wrapper(runner.model) == (world > 1)
assert hook.num_rounds == 3
torch.save(
    dict(state=hook.state_dict(), features=features,
         end=model.backbone.layers[0].weight.detach(),
         head=model.head.fc.weight.detach()),
    out / f'{rank}_of_{world}.pth')
"""


def run(tmp_path, world, lr):
    with socket.socket() as free:
        free.bind(('localhost', 0))
        port = free.getsockname()[1]
    env = dict(os.environ, PYTHONPATH=os.pathsep.join([str(TESTS.parent), str(TESTS)]))
    processes = [
        subprocess.Popen(
            [sys.executable, '-c', SCRIPT, str(tmp_path), str(rank), str(world)]
            + [str(port), str(lr)],
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
        torch.load(tmp_path / f'{rank}_of_{world}.pth', weights_only=True)
        for rank in range(world)
    ]


def same_table(one, other, tolerance):
    one, other = one['state']['table'], other['state']['table']
    for name in ('weights', 'scores'):
        assert torch.allclose(one[name], other[name], atol=tolerance), name
    assert torch.equal(one['suggested_labels'], other['suggested_labels'])


def test_two_processes_make_the_weights_of_one(tmp_path):
    (single,) = run(tmp_path, 1, 0.0)
    first, second = run(tmp_path, 2, 0.0)
    same_table(first, single, 1e-3)
    same_table(second, first, 0)
    assert single['state']['table']['weights'].unique().numel() > 10


def test_both_ranks_agree_while_training_and_after_the_features_are_fixed(tmp_path):
    first, second = run(tmp_path, 2, 0.05)
    same_table(first, second, 0)
    assert torch.equal(first['head'], second['head'])
    one, two, three = first['features']  # rounds before epochs 2, 3, 4
    assert not torch.equal(one, two)
    assert torch.equal(two, three)
    assert torch.equal(two, first['end'])
