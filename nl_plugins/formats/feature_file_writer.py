"""Writes a feature file, by several processes and with interruptions."""

import os
import shutil
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from .atomic_file import write_json
from .feature_file import (
    FACTS,
    FEATURES,
    FORMAT,
    SAMPLES,
    STATISTICS,
    FeatureFile,
    part_of,
)
from .json_file import read_json

__all__ = ['FeatureFileWriter']

DONE = 'done.npy'
SECONDS_BETWEEN_FLUSHES = 10
CHUNK = 4096


class FeatureFileWriter:
    """Begins a feature file, or goes on with one that was interrupted.

    All lies in ``PATH.part`` until :meth:`finish` renames it, so a reader never sees a
    part of it. A process that is killed loses at most the last seconds. Several may
    write, the first of which must have made its writer before the others do.

    Args:
        path: The folder to be.
        shape: (V, N, d).
        names: N names of samples.
        columns: Integers (N,) by name, see :class:`FeatureFile`.
        classes: Names of the classes.
        identity: Fingerprints; those of a file that is there must be the same.
        about: Facts for people.

    Attributes:
        complete: Whether the file is there already, and finished.

    Raises:
        ValueError: If features of another network, pipeline or data are there, or the
            columns do not have N entries.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     writer = FeatureFileWriter(
    ...         Path(folder, 'toy'), (1, 2, 3), names=['a.png', 'b.png'],
    ...         columns=dict(labels=np.array([0, 1])), classes=['cat', 'dog'],
    ...         identity=dict(network='5f1e'), about={})
    ...     writer.write(0, np.array([1, 0]), np.arange(6.0).reshape(2, 3))
    ...     writer.missing(0).tolist(), writer.finish().features[0, 0].tolist()
    ([], [3.0, 4.0, 5.0])
    """

    def __init__(
        self,
        path: str | os.PathLike,
        shape: tuple[int, int, int],
        names: Sequence[str],
        columns: Mapping[str, np.ndarray],
        classes: Sequence[str],
        identity: Mapping[str, str],
        about: Mapping[str, Any],
    ) -> None:
        self.path, self.shape, self.names = Path(path), shape, names
        counts = {'names': len(names), **{n: len(c) for n, c in columns.items()}}
        if set(counts.values()) != {shape[1]}:
            raise ValueError(f'{shape[1]} samples, but {counts}')
        facts = dict(
            format=FORMAT,
            shape=list(shape),
            classes=[*classes],
            identity=dict(identity),
            about=dict(about),
        )
        self.part = part_of(self.path)
        self.complete = self._same(self.path, facts)
        if self.complete:
            return
        if not self._same(self.part, facts):
            self._begin(facts, columns)
        self._features = np.load(self.part / FEATURES, mmap_mode='r+')
        self._done = np.load(self.part / DONE, mmap_mode='r+')
        self._waiting: list[tuple[int, np.ndarray]] = []
        self._flushed = time.monotonic()

    def missing(self, view: int) -> np.ndarray:
        """The samples that have no features of a view yet, ascending."""
        if self.complete:
            return np.empty(0, np.int64)
        self.flush()
        return np.flatnonzero(~self._done[view])

    def write(self, view: int, rows: np.ndarray, features: np.ndarray) -> None:
        """Keep the features (n, d) of samples (n,) integers.

        Raises:
            ValueError: Naming the sample, if a feature is NaN or beyond float16.
        """
        with np.errstate(over='ignore'):
            half = np.asarray(features).astype(np.float16)
        bad = np.argwhere(~np.isfinite(half))
        if len(bad):
            row, value = rows[bad[0, 0]], features[tuple(bad[0])]
            raise ValueError(
                f'sample {row} ({self.names[row]!r}) has the feature {value}, which '
                'is not finite in half precision: has the network diverged?'
            )
        self._features[view, rows] = half
        self._waiting.append((view, rows))
        if time.monotonic() - self._flushed > SECONDS_BETWEEN_FLUSHES:
            self.flush()

    def flush(self) -> None:
        """Bring what was written to the disk, and only then say that it is there."""
        self._features.flush()
        for view, rows in self._waiting:
            self._done[view, rows] = True
        self._done.flush()
        self._waiting.clear()
        self._flushed = time.monotonic()

    def finish(self) -> FeatureFile:
        """Give the folder its name. Only one process may, when all have flushed.

        Raises:
            RuntimeError: Naming the first sample without features, if any is.
        """
        if self.complete:
            return FeatureFile(self.path)
        for view in range(self.shape[0]):
            rows = self.missing(view)
            if len(rows):
                raise RuntimeError(
                    f'{len(rows)} samples have no features, the first is {rows[0]} '
                    f'({self.names[rows[0]]!r}): its pipeline gives no image; leave '
                    'these samples out of the data set (tools/check_data.py lists them)'
                )
        np.save(self.part / STATISTICS, _statistics(self._features[0]))
        del self._features, self._done
        (self.part / DONE).unlink()
        os.rename(self.part, self.path)
        return FeatureFile(self.path)

    def _begin(self, facts: dict, columns: Mapping[str, np.ndarray]) -> None:
        shutil.rmtree(self.part, ignore_errors=True)
        self.part.mkdir(parents=True)
        encoded = [name.encode('utf-8', 'surrogateescape') for name in self.names]
        arrays: Any = dict(
            columns,
            names=np.frombuffer(b''.join(encoded), np.uint8),
            name_ends=np.cumsum([0, *map(len, encoded)], dtype=np.int64),
        )
        np.savez(self.part / SAMPLES, **arrays)
        _allocate(self.part / FEATURES, np.float16, self.shape)
        _allocate(self.part / DONE, np.bool_, self.shape[:2])
        write_json(self.part / FACTS, facts, indent=1)

    def _same(self, folder: Path, facts: dict) -> bool:
        """Whether features are there; they must be those that are to be written."""
        path = folder / FACTS
        if not path.is_file():
            if folder == self.path and folder.exists():
                raise ValueError(f'{folder} exists, and is no feature file')
            return False
        found = read_json(str(path))
        there = {**found.get('identity', {}), 'shape': found.get('shape')}
        wanted = {**facts['identity'], 'shape': facts['shape']}
        other = [name for name in wanted if there.get(name) != wanted[name]]
        if other:
            raise ValueError(
                f'{folder} holds features with another {", another ".join(other)}: '
                'remove it, or write to another place'
            )
        return True


def _allocate(path: Path, dtype: Any, shape: tuple[int, ...]) -> None:
    """Make a file of zeros that has its place on the disk: a full disk is told now."""
    np.lib.format.open_memmap(path, 'w+', dtype, shape).flush()
    if hasattr(os, 'posix_fallocate'):
        with open(path, 'r+b') as file:
            os.posix_fallocate(file.fileno(), 0, os.path.getsize(path))


def _statistics(features: np.ndarray) -> np.ndarray:
    """(2, d) float64, mean and standard deviation of (N, d)."""
    chunks = range(0, len(features), CHUNK)
    parts = (features[i : i + CHUNK].astype(np.float64) for i in chunks)
    mean = sum(part.sum(axis=0) for part in parts) / len(features)
    parts = (features[i : i + CHUNK].astype(np.float64) for i in chunks)
    variance = sum(((part - mean) ** 2).sum(axis=0) for part in parts) / len(features)
    return np.stack([mean, np.sqrt(variance)])
