"""Go through the samples of a dataset in several processes, with a progress bar."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any

import numpy as np
from mmengine import ProgressBar

__all__ = ['default_workers', 'map_rows']

CHUNK = 256

_work: Callable
_subject: Any


def default_workers() -> int:
    """The processors that this process may use."""
    if hasattr(os, 'sched_getaffinity'):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def map_rows(
    work: Callable[[Any, np.ndarray], np.ndarray],
    subject: Any,
    rows: np.ndarray,
    workers: int,
    title: str,
) -> np.ndarray:
    """Apply ``work(subject, rows)`` to chunks of the rows.

    The subject goes to the processes once; where they are forked it is not copied.

    Args:
        work: A function of a module, which returns one record a row.
        subject: What the rows belong to.
        rows: (n,) int64.
        workers: The number of processes; with 0, all is done in this one.
        title: Stands before the progress bar, on the standard error stream.

    Returns:
        (n,) records in the order of the rows.

    Raises:
        RuntimeError: If a process dies.
    """
    chunk = max(1, min(CHUNK, -(-len(rows) // (4 * max(workers, 1)))))
    chunks = [rows[i : i + chunk] for i in range(0, len(rows), chunk)]
    sys.stderr.write(f'{title}\n')
    progress = _Progress(len(rows))
    results: list[np.ndarray] = []
    try:
        for result in _results(work, subject, chunks, workers):
            results.append(result)
            progress.advance(len(result))
    except BrokenProcessPool as error:
        first = int(chunks[len(results)][0])
        raise RuntimeError(
            f'{title}: a process died after sample {first}: it was killed, perhaps '
            'for want of memory (use fewer --workers), or an image crashed the decoder'
        ) from error
    return np.concatenate(results)


def _results(
    work: Callable, subject: Any, chunks: list[np.ndarray], workers: int
) -> Iterator[np.ndarray]:
    if workers == 0:
        yield from (work(subject, rows) for rows in chunks)
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


def _run(rows: np.ndarray) -> np.ndarray:
    return _work(_subject, rows)


class _Progress:
    """MMEngine's progress bar, drawn now and then."""

    def __init__(self, total: int) -> None:
        self.bar = ProgressBar(total, file=sys.stderr)
        self.pause = 0.2 if sys.stderr.isatty() else 20.0
        self.drawn = time.monotonic()
        self.done = 0

    def advance(self, count: int) -> None:
        self.done += count
        finished = self.bar.completed + self.done == self.bar.task_num
        if finished or time.monotonic() - self.drawn > self.pause:
            self.bar.update(self.done)
            self.drawn, self.done = time.monotonic(), 0
        if finished:
            sys.stderr.write('\n')
