"""Features of any size, read a chunk at a time."""

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from ..checks import check_features, check_finite

__all__ = ['FeatureRows']

_CHUNK_BYTES = 32 << 20  # more, and the allocator asks the system for each chunk


class FeatureRows:
    """(N >= 1, d >= 1) features: a tensor, or a NumPy array such as a memory map.

    Args:
        features: Numbers; whether they are finite is not looked at.
    """

    def __init__(self, features: Tensor | np.ndarray) -> None:
        if not isinstance(features, np.ndarray):
            features = check_features(features)
        elif (
            features.ndim != 2
            or 0 in features.shape
            or features.dtype.kind not in 'fiu'
        ):
            found = f'{features.dtype} of shape {features.shape}'
            raise ValueError(
                f'features must be numbers of rank 2, not empty: got {found}'
            )
        self._features = features
        self.shape = len(features), int(features.shape[1])
        self.device = torch.device('cpu')
        if isinstance(features, Tensor):
            self.device = features.device

    def __len__(self) -> int:
        return len(self._features)

    def __getitem__(self, rows: slice | Tensor) -> Tensor:
        if isinstance(self._features, Tensor):
            return self._features[rows]
        return torch.from_numpy(np.array(self._features[rows]))  # may be read-only

    def chunks(self, dtype: torch.dtype, extra: int = 0) -> Iterator[slice]:
        """Slices of rows that are worked on at a time.

        Args:
            dtype: What they are computed in.
            extra: How many other numbers each row needs.
        """
        size = max(1, _CHUNK_BYTES // (dtype.itemsize * (self.shape[1] + extra)))
        for start in range(0, len(self), size):
            yield slice(start, start + size)

    def moments(self) -> tuple[Tensor, Tensor]:
        """Mean (d,) and one over the standard deviation (d,), 0 where that is 0."""
        origin = self[slice(1)][0].double()
        sums = origin.new_zeros(2, len(origin))
        for rows in self.chunks(torch.float64):
            chunk = check_finite(self[rows], 'features', rows.start) - origin
            sums += torch.stack([chunk.sum(dim=0), chunk.square().sum(dim=0)])
        mean, square = sums / len(self)
        deviation = (square - mean.square()).clamp_min(0).sqrt()
        return origin + mean, torch.where(deviation > 0, 1 / deviation, 0.0)
