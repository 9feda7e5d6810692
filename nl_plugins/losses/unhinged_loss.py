"""The hinge loss without its hinge."""

from mmpretrain.registry import MODELS
from torch import Tensor

from .margin_loss import MarginLoss

__all__ = ['UnhingedLoss']


@MODELS.register_module()
class UnhingedLoss(MarginLoss):
    r""":math:`\phi(v) = 1 - v`, van Rooyen, Menon & Williamson 2015 (NIPS).

    Not bounded below: weight decay, and batch normalisation of the last layer (Patrini
    et al. 2017), keep the logits small.

    Args:
        **kwargs: See :class:`MarginLoss`.

    >>> import torch
    >>> loss = MODELS.build(dict(type='UnhingedLoss'))
    >>> loss(torch.tensor([[3.0, 1.0, 0.0]]), torch.tensor([1]))  # 1 + (2 - 1) / 2
    tensor(1.5000)
    """

    def margin_loss(self, margins: Tensor) -> Tensor:
        """Phi."""
        return 1 - margins
