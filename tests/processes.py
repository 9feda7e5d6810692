"""Processes forked from this one: what is imported here need not be imported again."""

import gc
import multiprocessing
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from subprocess import CompletedProcess
from tempfile import TemporaryDirectory

import torch
from matplotlib import figure  # noqa: F401  (a runner imports it late)
from matplotlib.backends import backend_agg  # noqa: F401
from mmengine.config import Config
from mmengine.logging import MessageHub, MMLogger
from mmengine.model import is_model_wrapper
from mmengine.registry import DefaultScope
from mmengine.runner import Runner
from mmengine.visualization import Visualizer
from sklearn import datasets, metrics  # noqa: F401  (the digits load it late)
from torch import distributed

from nl_plugins.running.cpu_processes import prepare_cpu_processes

FORK = multiprocessing.get_context('fork')
GRACE = 10  # seconds: without one of them, others may wait forever


def forked(*jobs: Callable[[], object], timeout: float = 180) -> list[CompletedProcess]:
    """Call every job in a process of its own, all at once.

    A job ends as a script does: by returning, an exception, ``SystemExit`` or a signal.
    Processes that are not done in ``timeout`` seconds, or soon after one that failed,
    are killed.
    """
    with TemporaryDirectory() as folder:
        logs = [Path(folder, str(number)) for number in range(len(jobs))]
        processes = [
            FORK.Process(target=_call, args=parts) for parts in zip(jobs, logs)
        ]
        for process in processes:
            process.start()
        try:
            _wait(processes, timeout)
        finally:
            for process in processes:
                process.kill()
                process.join()
        return [
            CompletedProcess(
                job,
                process.exitcode,
                *(log.with_suffix(end).read_text() for end in ('.out', '.err')),
            )
            for job, process, log in zip(jobs, processes, logs)
        ]


def _wait(processes: list, timeout: float) -> None:
    deadline = time.monotonic() + timeout
    while any(process.exitcode is None for process in processes):
        if any(process.exitcode for process in processes):
            deadline = min(deadline, time.monotonic() + GRACE)
        if time.monotonic() > deadline:
            return
        time.sleep(0.01)


def _call(job: Callable[[], object], log: Path) -> None:
    """Call the job as if it were the first thing that this process does."""
    gc.freeze()  # what earlier tests have left is not to be finalised here
    for kind in (DefaultScope, MessageHub, MMLogger, Visualizer):
        kind._instance_dict.clear()
    for number, name, end in ((1, 'stdout', '.out'), (2, 'stderr', '.err')):
        stream = log.with_suffix(end).open('w', buffering=1)
        os.dup2(stream.fileno(), number)
        setattr(sys, name, stream)
    torch.set_num_threads(1)
    job()


def forked_group(
    job: Callable[[int], object], world: int, **kwargs
) -> list[CompletedProcess]:
    """Call ``job(rank)`` in each of ``world`` processes, as ``torchrun`` would."""
    store = distributed.TCPStore('localhost', 0, is_master=True, wait_for_workers=False)
    env = dict(
        MASTER_ADDR='localhost',
        MASTER_PORT=str(store.port),
        WORLD_SIZE=str(world),
        TORCHELASTIC_USE_AGENT_STORE='True',
        TORCHELASTIC_RESTART_COUNT='0',
    )

    def member(rank: int) -> None:
        os.environ.update(env, RANK=str(rank), LOCAL_RANK=str(rank))
        job(rank)
        if distributed.is_initialized():
            distributed.destroy_process_group()

    return forked(*(partial(member, rank) for rank in range(world)), **kwargs)


@dataclass
class Rank:
    """What one of several processes that train together knows."""

    rank: int
    world: int
    folder: Path

    def runner(self, cfg: Config) -> Runner:
        """The runner, in a group of gloo processes if there are several."""
        if self.world > 1:
            cfg.launcher = 'pytorch'
            cfg.experiment_name = f'{Path(cfg.work_dir).name}_{self.world}'
            prepare_cpu_processes(cfg)
        runner = Runner.from_cfg(cfg)
        assert is_model_wrapper(runner.model) == (self.world > 1)
        return runner

    def plain(self, runner: Runner) -> torch.nn.Module:
        """The model without its wrapper."""
        return runner.model.module if self.world > 1 else runner.model


def fix_statistics(runner: Runner) -> None:
    """Ranks see different batches: batch norm keeps the statistics that it has."""
    for module in runner.model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.momentum = 0.0


def run_processes(job: Callable, folder: Path, world: int, *arguments) -> list[dict]:
    """Call ``job(Rank(...), *arguments)`` in each process; return what they return.

    Raises:
        RuntimeError: With the errors of all ranks, if one fails.
    """

    def call(rank: int) -> None:
        state = job(Rank(rank, world, folder), *arguments)
        torch.save(state, folder / f'{rank}_of_{world}.pth')

    done = forked_group(call, world)
    if any(process.returncode for process in done):
        raise RuntimeError('\n'.join(process.stderr[-3000:] for process in done))
    return [
        torch.load(folder / f'{rank}_of_{world}.pth', weights_only=True)
        for rank in range(world)
    ]
