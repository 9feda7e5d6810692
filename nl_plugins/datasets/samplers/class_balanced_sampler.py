"""Every class equally often."""

from typing import Any

import torch
from mmpretrain.registry import DATA_SAMPLERS
from torch import Generator, Tensor

from ..columns import gt_labels
from .epoch_sampler import EpochSampler, balanced_order, balanced_size

__all__ = ['ClassBalancedSampler']


@DATA_SAMPLERS.register_module()
class ClassBalancedSampler(EpochSampler):
    """Shuffles, and repeats the samples of small classes: Ding et al. 2018, §3.3.

    An epoch holds every class as often as the largest one has samples, and every sample
    at least once. Which are repeated once more than others of their class is drawn in
    every epoch. MMEngine's ``ClassBalancedDataset`` balances less (by the square root
    of the frequency), and it repeats the same samples in every epoch.

    Args:
        dataset: Dataset whose samples have one integer ``gt_label``; a ValueError names
            one that has not.
        seed, shuffle: See :class:`EpochSampler`.

    >>> from mmpretrain.registry import DATASETS
    >>> digits = DATASETS.build(dict(type='Digits', indices=[1, 10, 2]))
    >>> digits.get_gt_labels().tolist()
    [1, 1, 2]
    >>> sorted(ClassBalancedSampler(digits, seed=0))
    [0, 1, 2, 2]
    """

    def __init__(
        self, dataset: Any, seed: int | None = None, shuffle: bool = True
    ) -> None:
        super().__init__(dataset, seed, shuffle)
        self.labels = torch.from_numpy(gt_labels(dataset))
        self.size = balanced_size(self.labels)

    def draw(self, generator: Generator) -> Tensor:
        """The samples (len(self),) of this rank."""
        return self.take_share(balanced_order(self.labels, generator), len(self))
