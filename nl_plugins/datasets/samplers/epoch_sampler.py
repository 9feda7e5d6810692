"""What the samplers share: seeds, epochs and ranks."""

from collections.abc import Iterator
from typing import Any

import torch
from mmengine.dist import get_dist_info, sync_random_seed
from torch import Generator, Tensor
from torch.utils.data import Sampler

__all__ = ['EpochSampler']


class EpochSampler(Sampler):
    """An order drawn anew from ``seed + epoch`` in every epoch.

    All ranks draw the same order and take turns in it; where they do not divide
    its length, its first samples fill the end. A resumed run goes on as an
    uninterrupted one, because MMEngine calls :meth:`set_epoch`. In an
    iteration-based loop each pass over the data is an epoch.

    Args:
        dataset: Not empty.
        seed: The same on all ranks; drawn and shared if None.
        shuffle: True, the only choice; configs give it to ``DefaultSampler``.

    Raises:
        ValueError: If the dataset is empty or ``shuffle`` is not True.
    """

    def __init__(
        self, dataset: Any, seed: int | None = None, shuffle: bool = True
    ) -> None:
        name = type(self).__name__
        if len(dataset) == 0:
            raise ValueError(f'{name}: the dataset has no samples')
        if not shuffle:
            raise ValueError(f'{name} always shuffles: remove shuffle={shuffle!r}')
        self.rank, self.world_size = get_dist_info()
        self.dataset = dataset
        self.seed = sync_random_seed() if seed is None else seed
        self.epoch = 0

    def draw(self, generator: Generator) -> Tensor:
        """The samples (len(self),) of this rank."""
        raise NotImplementedError

    def __iter__(self) -> Iterator[int]:
        """This rank's samples of the present epoch."""
        generator = torch.Generator().manual_seed(self.seed + self.epoch)
        return iter(self.draw(generator).tolist())

    def __len__(self) -> int:
        """How many samples this rank has in an epoch."""
        raise NotImplementedError

    def set_epoch(self, epoch: int) -> None:
        """Choose the epoch whose order is drawn next."""
        self.epoch = epoch

    def share(self, size: int) -> int:
        """This rank's part of so many samples."""
        return -(-size // self.world_size)

    def take_share(self, order: Tensor, size: int) -> Tensor:
        """This rank's ``size`` samples of an order that repeats if it is too short."""
        return cycled(order, size * self.world_size)[self.rank :: self.world_size]


def cycled(rows: Tensor, length: int) -> Tensor:
    """The first ``length`` of the rows repeated over and over."""
    return rows[torch.arange(length) % len(rows)]
