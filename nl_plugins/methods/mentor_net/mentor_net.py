"""MentorNet's predefined curriculum (Jiang et al.; ICML 2018)."""

import torch
from mmpretrain.registry import MODELS
from torch import Tensor

from ...checks import check_fraction, check_nonnegative
from ...functional import self_paced_weights
from ...supervision.each_loss import each_loss
from ...supervision.term import Term
from ...supervision.term_batch import TermBatch

__all__ = ['MentorNet']


@MODELS.register_module()
class MentorNet(Term):
    r"""Weighs the images of a batch by their losses.

    MentorNet PD: the weights are those of
    :func:`~nl_plugins.functional.self_paced_weights`, whose :math:`\lambda_1` is the
    moving average of a percentile of the losses in a batch, so that the threshold
    follows the training (Algorithm 1, SPADE). The paper trains a small network to
    say these weights; here they come from the formula itself. Its MentorNet DD, which
    learns the weights from another data set with clean labels, is not here. The
    authors' code also drops images at random, half of them in the burn-in, and lets
    the average follow the losses of the burn-in; here it begins with ``start_epoch``.

    The loss is that of the head, for a target of mass 1. An image of weight 0 has no
    label (Ding et al.'s terms use it so), and the supervised loss is a mean over the
    others; images without a label are not counted. All ranks share the threshold.

    Args:
        percentile: p, in (0, 1]: the share of a batch whose losses lie below.
        width: :math:`\lambda_2`, at least 0.
        momentum: Of the moving average, in [0, 1); it begins with the first batch.
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
        **schedule,
    ) -> None:
        super().__init__(**schedule)
        self.percentile = check_fraction(percentile, 'percentile')
        self.width = check_nonnegative(width, 'width')
        if not 0 <= momentum < 1:
            raise ValueError(f'momentum must lie in [0, 1), got {momentum!r}')
        self.momentum = momentum

    def make_state(self, num_samples: int, num_classes: int) -> dict[str, Tensor]:
        """``threshold`` (1,), lambda_1; nan before the first batch."""
        return dict(threshold=torch.full((1,), torch.nan))

    def before_supervised(self, batch: TermBatch) -> None:
        """Weigh the targets."""
        targets = batch.targets
        losses = each_loss(batch, targets)
        labelled = targets.sum(dim=1) > 0
        threshold = self._follow(batch, losses, labelled)
        weights = torch.ones_like(losses)
        if threshold.isfinite():
            weights = self_paced_weights(losses, float(threshold), self.width)
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
