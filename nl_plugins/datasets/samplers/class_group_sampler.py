"""Several samples of a class one after the other."""

from typing import Any

import torch
from mmpretrain.registry import DATA_SAMPLERS
from torch import Generator, Tensor

from ...checks import check_count
from ..columns import gt_labels
from .epoch_sampler import EpochSampler

__all__ = ['ClassGroupSampler']


@DATA_SAMPLERS.register_module()
class ClassGroupSampler(EpochSampler):
    """Every sample once, in groups with one label: for ``MetaCleaner``.

    Which samples are in a group, and the order of the groups, are drawn in each epoch.
    Where the group size does not divide the number of a class, one group is smaller.
    A batch whose size is a multiple of the group size may cut a group in two. Each rank
    has a part of the order, instead of taking turns.

    Args:
        dataset: Dataset whose samples have one integer ``gt_label``; a ValueError names
            one that has not.
        group_size: Samples in a group.
        seed, shuffle: See :class:`EpochSampler`.

    >>> from mmpretrain.registry import DATASETS
    >>> digits = DATASETS.build(dict(type='Digits', indices=40))
    >>> order = list(ClassGroupSampler(digits, group_size=4, seed=0))
    >>> sorted(order) == list(range(40))
    True
    """

    def __init__(
        self,
        dataset: Any,
        group_size: int = 5,
        seed: int | None = None,
        shuffle: bool = True,
    ) -> None:
        super().__init__(dataset, seed, shuffle)
        self.group_size = check_count(group_size, 'group_size')
        self.labels = torch.from_numpy(gt_labels(dataset))
        self.size = len(self.labels)

    def draw(self, generator: Generator) -> Tensor:
        """The samples (len(self),) of this rank."""
        order = torch.randperm(self.size, generator=generator)
        order = order[self.labels[order].sort(stable=True).indices]  # class by class
        counts = torch.unique(self.labels, return_counts=True)[1]
        starts = (counts.cumsum(0) - counts).repeat_interleave(counts)
        place = torch.arange(self.size) - starts
        groups = (place % self.group_size == 0).cumsum(0) - 1
        turns = torch.randperm(int(groups[-1]) + 1, generator=generator)
        order = order[turns[groups].sort(stable=True).indices]
        share = torch.arange(len(self)) + self.rank * len(self)
        return order[share % self.size]
