"""Two gloo processes train what one process trains."""

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
from nl_plugins.engine.cpu_processes import prepare_cpu_processes
import toy, toy_two_stage
from toy import hook_of, loader

out, rank, world = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
sampler, second = sys.argv[4], sys.argv[5]

def runner_of(work_dir, hooks, **changes):
    cfg = toy.config(work_dir, hooks, **changes)
    if world > 1:
        os.environ.update(RANK=str(rank), LOCAL_RANK=str(rank), WORLD_SIZE=str(world),
                          MASTER_ADDR='localhost', MASTER_PORT=sys.argv[6])
        cfg.launcher = 'pytorch'
        cfg.experiment_name = 'two'
        prepare_cpu_processes(cfg)
    return toy.Runner.from_cfg(cfg)

toy_two_stage.build = runner_of
clean = dict(toy.toy(size=8, num_samples=7, seed=4))
runner = toy_two_stage.two_stage(
    out / 'run',
    [dict(type='EMAHook', momentum=0.2, begin_epoch=3)] if 'Teacher' in second else [],
    epochs=6,
    consistency=dict(type=second),
    model=toy_two_stage.pi_model(
        # nothing that depends on the batch or on random numbers of a process
        backbone=dict(type='FullyConnected', in_channels=192, hidden_channels=[16],
                      dropout=0.0),
        neck=None, noise=None),
    train_dataloader=loader(toy.toy(size=8), batch_size=8 // world,
                            sampler=dict(type=sampler, shuffle=True)),
    optim_wrapper=dict(optimizer=dict(type='SGD', lr=0.01, momentum=0.9)))
selection = hook_of(runner, nl_plugins.engine.LabelSelectionHook)
if sampler == 'DefaultSampler':
    selection.clean_dataset = clean
else:  # an even number, so that no sampler fills up
    selection.threshold, selection.min_fraction = 1.0, 0.4
runner.train()
assert is_model_wrapper(runner.model) == (world > 1)
model = runner.model.module if world > 1 else runner.model
state = {hook.name(runner): hook.state_dict()
         for hook in runner.hooks if hasattr(hook, 'load_state_dict')}
torch.save(dict(model=model.state_dict(), state=state), out / f'{rank}_of_{world}.pth')
"""


def run(tmp_path, world, sampler, second):
    with socket.socket() as free:
        free.bind(('localhost', 0))
        port = free.getsockname()[1]
    env = dict(os.environ, PYTHONPATH=os.pathsep.join([str(TESTS.parent), str(TESTS)]))
    arguments = [str(world), sampler, second, str(port)]
    processes = [
        subprocess.Popen(
            [sys.executable, '-c', SCRIPT, str(tmp_path), str(rank), *arguments],
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


@pytest.mark.parametrize(
    ('sampler', 'second'),
    [
        ('LabeledUnlabeledSampler', 'TemporalEnsemblingHook'),
        # as many labelled samples on each rank as chance has it; with a clean set
        ('DefaultSampler', 'MeanTeacherHook'),
    ],
)
def test_two_processes_are_one(tmp_path, sampler, second):
    (single,) = run(tmp_path, 1, sampler, second)
    selected = single['state']['LabelSelectionHook']['table']['selected']
    assert 0 < int(selected.sum()) < len(selected)
    ranks = run(tmp_path, 2, sampler, second)
    for rank in ranks:
        for key, value in single['model'].items():
            assert torch.allclose(rank['model'][key], value, atol=1e-5), key
        table = rank['state']['LabelSelectionHook']['table']
        assert torch.equal(table['selected'], selected)
        if second == 'TemporalEnsemblingHook':
            want = single['state'][second]
            assert int(want['counts'].max()) > 1
            got = rank['state'][second]
            assert torch.equal(got['counts'], want['counts'])
            assert torch.allclose(got['ensemble'], want['ensemble'], atol=1e-5)
    for key, value in ranks[0]['model'].items():
        assert torch.equal(ranks[1]['model'][key], value)
