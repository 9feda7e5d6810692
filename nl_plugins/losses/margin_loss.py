"""Losses of a margin, for any number of classes."""

import torch
from torch import Tensor

from .class_cost_loss import ClassCostLoss

__all__ = ['MarginLoss']


class MarginLoss(ClassCostLoss):
    r"""A binary loss :math:`\phi` of the margins between a label and the other classes.

    :math:`\ell_k = \frac1{K-1} \sum_{j \ne k} \phi(z_k - z_j)` of the logits z. The
    papers state :math:`\phi` for two classes, where this is their loss of the log-odds.
    One against one keeps for K classes what makes these losses robust: if
    :math:`\phi(v) + \phi(-v)` is constant, so is the sum of the costs (Charoenphakdee
    et al. 2019). Takes N K^2 numbers of memory.

    Args:
        pairwise: False takes :math:`\ell_k = \phi(z_k)`, which is not symmetric: the
            published program of Patrini et al. 2017, which normalises the last layer
            over the batch, so that a logit that rises for some images falls for others.
        **kwargs: See :class:`ClassCostLoss`.
    """

    def __init__(self, pairwise: bool = True, **kwargs) -> None:
        super().__init__(**kwargs)
        self.pairwise = pairwise

    def margin_loss(self, margins: Tensor) -> Tensor:
        """To override: phi, of margins of any shape."""
        raise NotImplementedError

    def class_costs(self, logits: Tensor) -> Tensor:
        """(N, K): the formula above, for each class k."""
        if not self.pairwise:
            return self.margin_loss(logits)
        losses = self.margin_loss(logits[:, :, None] - logits[:, None, :])
        same = torch.eye(logits.size(1), dtype=torch.bool, device=logits.device)
        return losses.masked_fill(same, 0).sum(dim=2) / max(logits.size(1) - 1, 1)
