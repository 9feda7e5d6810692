"""Half of each batch with a label, half without."""

from fractions import Fraction
from typing import Any

import torch
from mmpretrain.registry import DATA_SAMPLERS
from torch import Generator, Tensor

from ...checks import check_fraction
from ..columns import gt_labels
from .epoch_sampler import EpochSampler, balanced_order, balanced_size

__all__ = ['LabeledUnlabeledSampler']


@DATA_SAMPLERS.register_module()
class LabeledUnlabeledSampler(EpochSampler):
    """Mixes labelled and unlabelled samples evenly: Ding et al. 2018, §3.2.

    Which samples count as labelled is a mask that a hook sets before an epoch and,
    being its state, again after a resume. Until then, and when the mask leaves no
    sample out, this is an ordinary shuffle. Otherwise an epoch is one pass over the
    labelled samples (the paper's sub-epoch), with as many unlabelled ones at random
    between them as ``labeled_share`` says: at 0.5 every other sample is labelled. So
    every batch on every rank has its share, whatever the batch size, off by less than
    one sample; with ``drop_last`` an epoch needs enough labelled samples for one batch.
    Where there are too few unlabelled samples for that, an epoch has each of them once:
    no sample without a label comes more often than those with one.

    ``len()`` follows the mask, but an epoch-based loop multiplies it by the number of
    epochs only once, before the training: schedules counted in iterations and the time
    left in the log are estimates. In iteration-based loops a mask takes effect in the
    next pass, and a resumed run repeats its passes with the last mask.

    Args:
        dataset: Dataset of N samples.
        labeled_share: Least share, in (0, 1], of labelled samples in each batch; 1
            leaves out the unlabelled.
        balance_classes: Whether to repeat labelled samples of small classes, as in
            :class:`ClassBalancedSampler`.
        seed, shuffle: See :class:`EpochSampler`.

    >>> sampler = LabeledUnlabeledSampler(range(6), seed=0)
    >>> sampler.set_mask(torch.tensor([True, True, False, False, False, False]))
    >>> [index in (0, 1) for index in sampler]
    [True, False, True, False]
    """

    def __init__(
        self,
        dataset: Any,
        labeled_share: float = 0.5,
        balance_classes: bool = False,
        seed: int | None = None,
        shuffle: bool = True,
    ) -> None:
        super().__init__(dataset, seed, shuffle)
        share = check_fraction(labeled_share, 'labeled_share')
        # The number that was meant: floats miss 0.1 and 1/3 by a little.
        self.labeled_share = Fraction(share).limit_denominator(10**6)
        self.labels = torch.from_numpy(gt_labels(dataset)) if balance_classes else None
        self.set_mask(torch.ones(len(dataset), dtype=torch.bool))

    def set_mask(self, labeled: Tensor) -> None:
        """Say which of the N samples, (N,) bool, one at least, count as labelled."""
        if labeled.dtype != torch.bool or labeled.shape != (len(self.dataset),):
            raise ValueError(
                f'the mask must be ({len(self.dataset)},) bool, one for each sample, '
                f'but is {tuple(labeled.shape)} {labeled.dtype}: RepeatDataset and '
                'the like cannot go around the dataset'
            )
        if not labeled.any():
            raise ValueError('the mask leaves no sample labelled: nothing to train on')
        self._labeled = labeled.nonzero().flatten().cpu()
        self._unlabeled = (~labeled).nonzero().flatten().cpu()
        size = len(self._labeled)
        if self.labels is not None:
            size = balanced_size(self.labels[self._labeled])
        natural = Fraction(size, size + len(self._unlabeled))
        self._present_share = max(self.labeled_share, natural)
        self._length = int(self.share(size) / self._present_share)

    def draw(self, generator: Generator) -> Tensor:
        """The samples (len(self),) of this rank."""
        if self.labels is None:
            order = torch.randperm(len(self._labeled), generator=generator)
        else:
            order = balanced_order(self.labels[self._labeled], generator)
        share, below = self._present_share.as_integer_ratio()
        # labelled are the places where ceil(place * share) is about to rise
        places = (torch.arange(len(self)) * -share) % below < share
        samples = torch.empty(len(places), dtype=torch.int64)
        samples[places] = self.take_share(self._labeled[order], int(places.sum()))
        if not places.all():
            shuffle = torch.randperm(len(self._unlabeled), generator=generator)
            unlabeled = self._unlabeled[shuffle]
            samples[~places] = self.take_share(unlabeled, int((~places).sum()))
        return samples

    def __len__(self) -> int:
        """How many samples this rank has in an epoch."""
        return self._length
