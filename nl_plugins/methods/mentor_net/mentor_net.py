"""MentorNet's predefined curriculum (Jiang et al.; ICML 2018)."""

import torch
from mmpretrain.registry import MODELS
from torch import Tensor

from ...checks import check_count, check_fraction, check_nonnegative
from ...functional import self_paced_weights
from ...supervision.term import Term
from ...supervision.term_batch import TermBatch

__all__ = ['MentorNet']


@MODELS.register_module()
class MentorNet(Term):
    r"""Weighs the images of a batch by their losses.

    The weights are those of :func:`~nl_plugins.functional.self_paced_weights`, whose
    :math:`\lambda_1` is the moving average of a percentile of the losses in a batch, so
    that the threshold follows the training (Algorithm 1, SPADE). The paper trains a
    small network to say these weights; here they come from the formula itself.
    MentorNet PD is, in the authors' code, all images for a fifth of the training, then
    those up to the threshold, and in the last tenth a straight line: ``width=1``,
    ``width_epoch`` there. MentorNet DD, which learns the weights from another data set
    with clean labels, is not here.

    Departures: the paper divides the weighted sum by all images of the batch, its code
    the weight decay likewise; here an image of weight 0 has no label (Ding et al.'s
    terms use it so), and the sum is divided by the others: as a learning rate that does
    not fall with the share that is kept. The paper drops images at random in the
    burn-in; its code, half of them then and 5 % later. In the code the average begins
    at 0 and follows the burn-in; here it begins with the first batch of
    ``start_epoch``.

    The loss is that of the head, for a target of mass 1; images without a label are not
    counted. All ranks share the threshold.

    Args:
        percentile: p, in (0, 1]: the share of a batch whose losses lie below. In the
            authors' commands 0.75 for 20 and 40 % of wrong labels, 0.5 for 80 %; their
            program spells this flag in another way, and its default is 0.7.
        width: :math:`\lambda_2`, at least 0.
        momentum: Of the moving average, in [0, 1); 0.5 in the authors' code, where the
            average is that of fewer batches.
        width_epoch: First epoch (or iteration) with ``width``; 0 counts before it.
        **schedule: See :class:`Term`; before ``start_epoch`` all weights are 1 (the
            paper's burn-in: a fifth of the training).

    >>> term = MODELS.build(dict(type='MentorNet', percentile=0.5, start_epoch=7))
    >>> term.make_state(num_samples=100, num_classes=10)
    {'threshold': tensor([nan])}
    """

    def __init__(
        self,
        percentile: float = 0.7,
        width: float = 0.0,
        momentum: float = 0.95,
        width_epoch: int = 1,
        **schedule,
    ) -> None:
        super().__init__(**schedule)
        self.percentile = check_fraction(percentile, 'percentile')
        self.width = check_nonnegative(width, 'width')
        self.momentum = check_fraction(momentum, 'momentum', zero=True, one=False)
        self.width_epoch = check_count(width_epoch, 'width_epoch')
        self._width = self.width

    def scale_at(self, step: int, last: int) -> float:
        """As of any term; the width changes with the steps, too."""
        self._width = self.width if step >= self.width_epoch else 0.0
        return super().scale_at(step, last)

    def make_state(self, num_samples: int, num_classes: int) -> dict[str, Tensor]:
        """``threshold`` (1,), lambda_1; nan before the first batch."""
        return dict(threshold=torch.full((1,), torch.nan))

    def before_supervised(self, batch: TermBatch) -> None:
        """Weigh the targets."""
        targets = batch.targets
        losses = batch.each_loss(targets)
        labelled = targets.sum(dim=1) > 0
        threshold = self._follow(batch, losses, labelled)
        weights = torch.ones_like(losses)
        if threshold.isfinite():
            weights = self_paced_weights(losses, float(threshold), self._width)
        self._mean_weight = (
            weights[labelled].mean() if labelled.any() else weights.mean()
        )
        batch.targets = targets * weights[:, None]

    def losses(self, batch: TermBatch) -> dict[str, Tensor]:
        """No further loss; the mean weight and the threshold are logged."""
        threshold = self.state(batch)['threshold'][0]
        return dict(mean_weight=self._mean_weight, threshold=threshold.clone())

    def _follow(self, batch: TermBatch, losses: Tensor, labelled: Tensor) -> Tensor:
        """The threshold after the batches of all ranks."""
        threshold = self.state(batch)['threshold']
        _, means = batch.over_ranks(torch.stack([losses, labelled.float()], dim=1))
        seen = means[means[:, 1] > 0, 0]
        if len(seen):
            now = seen.quantile(self.percentile)
            before = torch.where(threshold.isnan(), now, threshold)
            threshold.copy_(before.lerp(now.expand(1), 1 - self.momentum))
        return threshold[0]
