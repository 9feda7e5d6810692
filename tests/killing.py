"""A run in a process of its own that kills itself between two checkpoints."""

import os
import signal
from pathlib import Path

from mmengine.hooks import Hook
from processes import forked
from toy import build


class Killer(Hook):
    """Kills the process that trains."""

    priority = 'VERY_HIGH'

    def __init__(self, kill_at: int):
        self.kill_at = kill_at

    def after_train_iter(self, runner, *args, **kwargs):
        if runner.iter == self.kill_at:
            os.kill(os.getpid(), signal.SIGKILL)


def run_and_kill(work_dir: Path, hooks: list, kill_at: int, *model, **changes) -> None:
    """Train until iteration ``kill_at`` (from 0) and die; a checkpoint is left.

    The other arguments are those of ``toy.build``.
    """

    def job() -> None:
        runner = build(work_dir, hooks, *model, **changes)
        runner.register_hook(Killer(kill_at))
        runner.train()

    (done,) = forked(job)
    assert done.returncode == -signal.SIGKILL, done.stderr[-2000:]
    assert (work_dir / 'last_checkpoint').exists()
