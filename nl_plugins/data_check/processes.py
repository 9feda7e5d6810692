"""Go through the samples of a dataset in several processes, with a progress bar."""

import os
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any

import numpy as np
from mmengine import ProgressBar

from ..checks import check_count

__all__ = ['default_workers', 'map_indices', 'number_of_workers']

CHUNK = 256

Work = Callable[[Any, np.ndarray], np.ndarray]
_work: Work
_subject: Any


def default_workers() -> int:
    """The number of processors that this process may use."""
    if hasattr(os, 'sched_getaffinity'):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def number_of_workers(workers: int | None) -> int:
    """``workers``, by default that of processors; a ValueError if it is negative."""
    return default_workers() if workers is None else check_count(workers, 'workers', 0)


def map_indices(
    work: Work, subject: Any, indices: np.ndarray, workers: int, title: str
) -> np.ndarray:
    """(n,) records in the order of the indices: ``work(subject, chunk)`` of each chunk.

    Args:
        work: A function of a module, which returns one record for each index.
        subject: What the indices belong to; it goes to each process once.
        indices: (n,) int64.
        workers: The number of processes; with 0, all is done in this one.
        title: Stands before the progress bar, on the standard error stream.

    Raises:
        RuntimeError: If a process dies.
    """
    size = max(1, min(CHUNK, -(-len(indices) // (4 * max(workers, 1)))))
    chunks = [indices[i : i + size] for i in range(0, len(indices), size)]
    sys.stderr.write(f'{title}\n')
    bar, step = ProgressBar(len(indices), file=sys.stderr), len(chunks) // 100 + 1
    results: list[np.ndarray] = []
    try:
        for number, result in enumerate(_results(work, subject, chunks, workers), 1):
            results.append(result)
            if number % step == 0 or number == len(chunks):
                bar.update(sum(map(len, results)) - bar.completed)
    except BrokenProcessPool as error:
        first = int(chunks[len(results)][0])
        raise RuntimeError(
            f'{title}: a process died after sample {first}: it was killed, perhaps '
            'for want of memory (use fewer --workers), or an image crashed the decoder'
        ) from error
    sys.stderr.write('\n')
    return np.concatenate(results)


def _results(
    work: Work, subject: Any, chunks: list[np.ndarray], workers: int
) -> Iterator[np.ndarray]:
    if workers == 0:
        yield from (work(subject, chunk) for chunk in chunks)
        return
    workers = min(workers, len(chunks))
    with ProcessPoolExecutor(workers, None, _start, (work, subject)) as executor:
        yield from executor.map(_run, chunks)


def _start(work: Work, subject: Any) -> None:
    global _work, _subject
    _work, _subject = work, subject
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # decoders tell every damaged image


def _run(chunk: np.ndarray) -> np.ndarray:
    return _work(_subject, chunk)
