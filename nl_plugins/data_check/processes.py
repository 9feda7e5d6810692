"""Go through the samples of a dataset in several processes, with a progress bar."""

import os
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any

import numpy as np
from mmengine import ProgressBar

__all__ = ['default_workers', 'map_indices']

CHUNK = 256

_work: Callable
_subject: Any


def default_workers() -> int:
    """The processors that this process may use."""
    if hasattr(os, 'sched_getaffinity'):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def map_indices(
    work: Callable[[Any, np.ndarray], np.ndarray],
    subject: Any,
    indices: np.ndarray,
    workers: int,
    title: str,
) -> np.ndarray:
    """Apply ``work(subject, indices)`` to chunks of the indices.

    Args:
        work: A function of a module, which returns one record for each index.
        subject: What the indices belong to; it goes to each process once.
        indices: (n,) int64.
        workers: The number of processes; with 0, all is done in this one.
        title: Stands before the progress bar, on the standard error stream.

    Returns:
        (n,) records in the order of the indices.

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
    work: Callable, subject: Any, chunks: list[np.ndarray], workers: int
) -> Iterator[np.ndarray]:
    if workers == 0:
        yield from (work(subject, chunk) for chunk in chunks)
        return
    executor = ProcessPoolExecutor(
        min(workers, len(chunks)), initializer=_start, initargs=(work, subject)
    )
    try:
        yield from executor.map(_run, chunks)
    finally:
        executor.shutdown(cancel_futures=True)


def _start(work: Callable, subject: Any) -> None:
    global _work, _subject
    _work, _subject = work, subject
    # The decoders write a line for every damaged image.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)


def _run(chunk: np.ndarray) -> np.ndarray:
    return _work(_subject, chunk)
