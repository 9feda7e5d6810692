"""The sigmoid of the negative margin."""

from mmpretrain.registry import MODELS
from torch import Tensor

from ..checks import check_positive
from .margin_loss import MarginLoss

__all__ = ['SigmoidLoss']


@MODELS.register_module()
class SigmoidLoss(MarginLoss):
    r""":math:`\phi(v) = 1 / (1 + e^{\beta v})`, Ghosh, Manwani & Sastry 2015.

    A bounded loss that is robust to symmetric noise.

    Args:
        beta: Positive.
        **kwargs: See :class:`MarginLoss`.

    >>> import torch
    >>> loss = MODELS.build(dict(type='SigmoidLoss'))
    >>> loss(torch.tensor([[3.0, 0.0]]), torch.tensor([1]))
    tensor(0.9526)
    """

    def __init__(self, beta: float = 1.0, **kwargs) -> None:
        super().__init__(**kwargs)
        self.beta = check_positive(beta, 'beta')

    def margin_loss(self, margins: Tensor) -> Tensor:
        """Phi."""
        return (-self.beta * margins).sigmoid()
