"""What a process of :func:`processes.run_processes` has to know and do."""

import os
import sys
from pathlib import Path

import torch
from mmengine.config import Config
from mmengine.model import is_model_wrapper
from mmengine.runner import Runner

from nl_plugins.running.cpu_processes import prepare_cpu_processes

torch.set_num_threads(1)
out, (rank, world, port) = Path(sys.argv[1]), map(int, sys.argv[2:5])
arguments = sys.argv[5:]


def runner_of(cfg: Config) -> Runner:
    """The runner, in a group of gloo processes if there are several."""
    if world > 1:
        os.environ.update(RANK=str(rank), LOCAL_RANK=str(rank), WORLD_SIZE=str(world))
        os.environ.update(MASTER_ADDR='localhost', MASTER_PORT=str(port))
        cfg.launcher = 'pytorch'
        cfg.experiment_name = f'{Path(cfg.work_dir).name}_{world}'
        prepare_cpu_processes(cfg)
    runner = Runner.from_cfg(cfg)
    assert is_model_wrapper(runner.model) == (world > 1)
    return runner


def plain(runner: Runner) -> torch.nn.Module:
    """The model without its wrapper."""
    return runner.model.module if world > 1 else runner.model


def fix_statistics(runner: Runner) -> None:
    """Ranks see different batches: batch norm keeps the statistics that it has."""
    for module in runner.model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.momentum = 0.0


def save(state: dict) -> None:
    """Give the result back."""
    torch.save(state, out / f'{rank}_of_{world}.pth')
