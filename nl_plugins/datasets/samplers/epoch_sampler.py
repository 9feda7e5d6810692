"""What the samplers share: seeds, epochs, ranks, and classes of equal size."""

from collections.abc import Iterator
from typing import Any

import torch
from mmengine.dist import get_dist_info, sync_random_seed
from torch import Generator, Tensor
from torch.utils.data import Sampler

__all__ = ['EpochSampler', 'balanced_order', 'balanced_size']


class EpochSampler(Sampler):
    """A random order that is drawn from ``seed + epoch`` in every epoch.

    All ranks draw the same order and take turns in it; where they do not divide its
    length, its first samples fill the end. A resumed run continues as an uninterrupted
    one, because MMEngine calls :meth:`set_epoch`. In an iteration-based loop each pass
    over the data is an epoch.

    A subclass gives :meth:`draw` and sets ``size``, how many samples all ranks have
    together in an epoch.

    Args:
        dataset: Dataset; a ValueError if it is empty.
        seed: Random seed of the orders, for all ranks; drawn and shared if None.
        shuffle: True, else a ValueError; configs give it to ``DefaultSampler``.
    """

    size: int

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
        return self.share(self.size)

    def set_epoch(self, epoch: int) -> None:
        """Choose the epoch whose order is drawn next."""
        self.epoch = epoch

    def share(self, size: int) -> int:
        """This rank's part of so many samples."""
        return -(-size // self.world_size)

    def take_share(self, order: Tensor, size: int) -> Tensor:
        """This rank's ``size`` samples of an order that repeats if it is too short."""
        places = torch.arange(size * self.world_size) % len(order)
        return order[places][self.rank :: self.world_size]


def balanced_order(labels: Tensor, generator: Generator) -> Tensor:
    """Positions in random order, every class as often as the largest (Ding §3.3).

    (``balanced_size(labels)``,) int64 for (n,) integer labels. The samples of a class
    are repeated equally often, give or take one; the generator also draws which are
    repeated once more. Classes without samples are left out.
    """
    order = torch.randperm(len(labels), generator=generator)
    by_class = order[torch.sort(labels[order], stable=True).indices]
    counts = torch.unique(labels, return_counts=True)[1].tolist()
    turns = torch.arange(max(counts))
    repeated = torch.cat([part[turns % len(part)] for part in by_class.split(counts)])
    return repeated[torch.randperm(len(repeated), generator=generator)]


def balanced_size(labels: Tensor) -> int:
    """How many samples there are when every class is as large as the largest."""
    counts = torch.unique(labels, return_counts=True)[1]
    return len(counts) * int(counts.max())
