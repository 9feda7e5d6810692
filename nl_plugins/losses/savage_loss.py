"""The loss of SavageBoost."""

from mmpretrain.registry import MODELS
from torch import Tensor

from .margin_loss import MarginLoss

__all__ = ['SavageLoss']


@MODELS.register_module()
class SavageLoss(MarginLoss):
    r""":math:`\phi(v) = 1 / (1 + e^v)^2`, Masnadi-Shirazi & Vasconcelos 2009 (NIPS).

    Their :math:`1 / (1 + e^{2v})^2` is a function of half the log-odds, the logit of a
    sigmoid is the whole. Bounded, though not symmetric.

    Args:
        **kwargs: See :class:`MarginLoss`.

    >>> import torch
    >>> loss = MODELS.build(dict(type='SavageLoss'))
    >>> loss(torch.tensor([[0.0, 0.0]]), torch.tensor([1]))
    tensor(0.2500)
    """

    def margin_loss(self, margins: Tensor) -> Tensor:
        """Phi."""
        return (-margins).sigmoid() ** 2
