"""Features of the training samples that one process has seen."""

import tempfile
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from .predictions import check_converging

__all__ = ['FeatureBank', 'as_slice']


def as_slice(places: Tensor) -> Tensor | slice:
    """Places (m,) >= 0 as a slice where they follow each other, which spares a copy.

    >>> as_slice(torch.tensor([3, 4, 5])), as_slice(torch.tensor([3, 5]))
    (slice(3, 6, None), tensor([3, 5]))
    """
    if len(places) == 0 or bool((places.diff() != 1).any()):
        return places
    return slice(int(places[0]), int(places[-1]) + 1)


class FeatureBank:
    """Unit feature vectors in half precision with their norms, by sample.

    A sample takes a slot when it is first added and keeps it; adding it again
    overwrites the features. Beyond ``memory_limit`` bytes the vectors lie in a
    memory-mapped temporary file that vanishes with the bank.

    Args:
        num_samples: N, the size of the training set.
        capacity: The most samples that will be added; defaults to N.
        memory_limit: Bytes of vectors in memory.
        directory: Folder of the temporary file; the system's default if None.

    >>> bank = FeatureBank(num_samples=5)
    >>> bank.add(torch.tensor([4, 1]), torch.tensor([[3.0, 4.0], [0.0, 2.0]]))
    >>> bank.rows.tolist(), bank.norms.tolist()
    ([1, 4], [2.0, 5.0])
    """

    def __init__(
        self,
        num_samples: int,
        capacity: int | None = None,
        memory_limit: int = 4 << 30,
        directory: str | None = None,
    ) -> None:
        self.capacity = num_samples if capacity is None else capacity
        self.memory_limit, self.directory = memory_limit, directory
        self._slots = torch.full((num_samples,), -1, dtype=torch.int64)
        self._rows = torch.empty(self.capacity, dtype=torch.int64)
        self._norms = torch.empty(self.capacity)
        self._units: Tensor | None = None
        self._size = 0

    @property
    def rows(self) -> Tensor:
        """(n,) int64, the samples in the order in which they came."""
        return self._rows[: self._size]

    @property
    def norms(self) -> Tensor:
        """(n,) float32; 0 marks a sample whose feature vector is zero."""
        return self._norms[: self._size]

    @property
    def units(self) -> Tensor:
        """(n, d) float16 unit vectors (zero where the norm is 0)."""
        if self._units is None:
            raise RuntimeError('the feature bank is empty')
        return self._units[: self._size]

    def slots(self, rows: Tensor) -> Tensor:
        """(len(rows),) int64, where the samples lie; -1 if they were not added."""
        return self._slots[rows]

    def add(self, rows: Tensor, features: Tensor) -> None:
        """Keep the features (B, d), which must be finite, of the samples ``rows``."""
        features = features.detach().float()
        norms = torch.linalg.vector_norm(features, dim=1).cpu()
        check_converging('feature vector of', rows, norms)
        units = features.cpu() / norms.clamp_min(1e-30)[:, None]
        if self._units is None:
            self._units = self._allocate(features.size(1))
        slots = as_slice(self._claim(rows))
        self._norms[slots], self._units[slots] = norms, units.half()

    def clear(self) -> None:
        """Forget all samples; the memory stays for the next round."""
        self._slots.fill_(-1)
        self._size = 0

    def _claim(self, rows: Tensor) -> Tensor:
        fresh = torch.unique(rows[self._slots[rows] < 0])
        start, self._size = self._size, self._size + len(fresh)
        self._slots[fresh] = torch.arange(start, self._size)
        self._rows[start : self._size] = fresh
        return self._slots[rows]

    def _allocate(self, dim: int) -> Tensor:
        shape = (self.capacity, dim)
        if self.capacity * dim * 2 <= self.memory_limit:
            return torch.empty(shape, dtype=torch.float16)
        if self.directory is not None:
            Path(self.directory).mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=self.directory) as file:
            return torch.from_numpy(np.memmap(file, np.float16, 'w+', shape=shape))
