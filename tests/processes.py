"""The same script in one process, or in several that train together."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import torch

TESTS = Path(__file__).parent


def run_processes(script: str, folder: Path, world: int, *arguments) -> list[dict]:
    """Run it, and load what each rank saved.

    Args:
        script: Imports what it needs from ``one_rank`` and ends with its ``save``.
        folder: ``one_rank.out``.
        world: Number of processes.
        arguments: ``one_rank.arguments``, as strings.

    Raises:
        RuntimeError: With the errors of all ranks, if one fails.
    """
    with socket.socket() as free:
        free.bind(('localhost', 0))
        port = free.getsockname()[1]
    paths = [TESTS.parent, TESTS, TESTS / 'test_supervision']
    env = dict(os.environ, PYTHONPATH=os.pathsep.join(map(str, paths)))
    processes = [
        subprocess.Popen(
            [sys.executable, '-c', script]
            + [str(part) for part in (folder, rank, world, port, *arguments)],
            env=env,
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
        )
        for rank in range(world)
    ]
    errors = [process.communicate(timeout=300)[1].decode() for process in processes]
    if any(process.returncode for process in processes):
        raise RuntimeError('\n'.join(error[-3000:] for error in errors))
    return [
        torch.load(folder / f'{rank}_of_{world}.pth', weights_only=True)
        for rank in range(world)
    ]
