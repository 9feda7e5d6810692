"""Every class equally often."""

from typing import Any

import torch
from mmpretrain.registry import DATA_SAMPLERS
from torch import Generator, Tensor

from ..columns import gt_labels
from .class_balance import balanced_order, balanced_size
from .epoch_sampler import EpochSampler

__all__ = ['ClassBalancedSampler']


@DATA_SAMPLERS.register_module()
class ClassBalancedSampler(EpochSampler):
    """Shuffles, and repeats the samples of small classes: Ding et al. 2018, §3.3.

    An epoch holds every class as often as the largest one has samples, and every
    sample at least once. Which samples are repeated once more than others of their
    class is drawn anew in every epoch.

    MMEngine's ``ClassBalancedDataset`` balances less (by the square root of the
    frequency), and it repeats the same samples in every epoch.

    Args:
        dataset: With one integer ``gt_label`` a sample.
        seed: See :class:`EpochSampler`.
        shuffle: Likewise.

    Raises:
        ValueError: If the dataset is empty or a sample has not one label (naming
            its row).
    """

    def __init__(
        self, dataset: Any, seed: int | None = None, shuffle: bool = True
    ) -> None:
        super().__init__(dataset, seed, shuffle)
        self.labels = torch.from_numpy(gt_labels(dataset))
        self._size = balanced_size(self.labels)

    def draw(self, generator: Generator) -> Tensor:
        """The samples (len(self),) of this rank."""
        return self.take_share(balanced_order(self.labels, generator), len(self))

    def __len__(self) -> int:
        """How many samples this rank has in an epoch."""
        return self.share(self._size)
