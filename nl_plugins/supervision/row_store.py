"""Values of a few chosen samples, kept by ``sample_idx``."""

import torch
from torch import Tensor

__all__ = ['RowStore']


class RowStore:
    """Keeps a vector for each of the chosen samples and ignores all others.

    Attributes:
        rows: (m,) int64, the chosen samples.
        have: (m,) bool, which of them were added.
        values: (m, k) float32.

    Args:
        rows: (m,) int64, the chosen samples.
        num_samples: N, the size of the training set.
        dim: k.
    """

    def __init__(self, rows: Tensor, num_samples: int, dim: int) -> None:
        self.rows = rows
        self.have = torch.zeros(len(rows), dtype=torch.bool)
        self.values = torch.zeros(len(rows), dim)
        self._slots = torch.full((num_samples,), -1, dtype=torch.int64)
        self._slots[rows] = torch.arange(len(rows))

    def add(self, rows: Tensor, values: Tensor) -> None:
        """Keep the values (B, k) of those samples of ``rows`` (B,) that are chosen."""
        slots = self._slots[rows]
        chosen = slots >= 0
        if chosen.any():
            self.values[slots[chosen]] = values[chosen.to(values.device)].float().cpu()
            self.have[slots[chosen]] = True

    def clear(self) -> None:
        """Forget the values."""
        self.have.fill_(False)
