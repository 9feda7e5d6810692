"""The tools in processes of their own: forked, or started as a user does."""

import os
import runpy
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from processes import forked_group

ROOT = Path(__file__).parents[1]
TOOLS = ROOT / 'tools'


def run_tool(
    name: str, *arguments, prepare: Callable[[], object] | None = None, world: int = 1
) -> subprocess.CompletedProcess:
    """``python -m nl_plugins NAME ARGUMENTS`` without Python's start.

    Args:
        name: Of the tool.
        arguments: Its command line.
        prepare: Called there first.
        world: Number of processes; what the first one said is returned.
    """

    def job(rank: int) -> None:
        if prepare is not None:
            prepare()
        sys.argv = ['nl_plugins', name, *map(str, arguments)]
        runpy.run_module('nl_plugins', run_name='__main__', alter_sys=True)

    return forked_group(job, world)[0]


def print_of_tool(*arguments, **kwargs) -> str:
    """What ``run_tool`` printed; it must succeed."""
    return _printed(run_tool(*arguments, **kwargs))


def start(*command, cwd: Path | None = None, **env) -> str:
    """Run a command without a GPU; return what it printed, fail if it failed."""
    settings = dict(PYTHONWARNINGS='ignore', PYTHON=sys.executable)
    done = subprocess.run(
        [str(part) for part in command],
        env={**os.environ, **settings, 'PYTHONPATH': str(ROOT), **env},
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    return _printed(done)


def _printed(done: subprocess.CompletedProcess) -> str:
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout + done.stderr
