"""A run in a process of its own that kills itself between two checkpoints."""

import os
import subprocess
import sys
from pathlib import Path

import torch
from toy import config

TESTS = Path(__file__).parent

SCRIPT = """
import os, sys
from mmengine.config import Config
from mmengine.hooks import Hook
from mmengine.registry import HOOKS
from mmengine.runner import Runner
import torch
import toy

@HOOKS.register_module()
class Killer(Hook):
    priority = 'VERY_HIGH'
    def after_train_iter(self, runner, *args, **kwargs):
        if runner.iter == int(sys.argv[2]):
            os.kill(os.getpid(), 9)

torch.set_num_threads(int(sys.argv[3]))
cfg = Config.fromfile(sys.argv[1])
cfg.custom_hooks.append(dict(type='Killer'))
Runner.from_cfg(cfg).train()
"""


def run_and_kill(work_dir: Path, hooks: list, kill_at: int, *model, **changes) -> None:
    """Train until iteration ``kill_at`` (from 0) and die; a checkpoint is left.

    The other arguments are those of ``toy.build``.
    """
    work_dir.mkdir(parents=True, exist_ok=True)
    path = work_dir / 'killed.py'
    config(work_dir, hooks, *model, **changes).dump(path)
    env = dict(os.environ, PYTHONPATH=os.pathsep.join([str(TESTS.parent), str(TESTS)]))
    arguments = [str(path), str(kill_at), str(torch.get_num_threads())]
    done = subprocess.run(
        [sys.executable, '-c', SCRIPT, *arguments],
        env=env,
        capture_output=True,
        timeout=300,
    )
    assert done.returncode == -9, done.stderr.decode()[-2000:]
    assert (work_dir / 'last_checkpoint').exists()
