"""Cross entropy with label and prediction exchanged."""

from mmpretrain.registry import MODELS
from torch import Tensor

from ..checks import check_positive
from .class_cost_loss import ClassCostLoss, off_probs

__all__ = ['ReverseCrossEntropyLoss']


@MODELS.register_module()
class ReverseCrossEntropyLoss(ClassCostLoss):
    r""":math:`-\sum_j p_j \log e_{kj} = -A (1 - p_k)`, Wang et al. 2019 (ICCV), Eq. 6.

    The logarithm of zero is defined as A < 0. A = -2 is
    :class:`MeanAbsoluteErrorLoss`.

    Args:
        log_zero: A; -4 in the paper, -9.21 in the program of Ma et al. 2020.
        **kwargs: See :class:`ClassCostLoss`.

    >>> import torch
    >>> loss = MODELS.build(dict(type='ReverseCrossEntropyLoss'))
    >>> loss(torch.tensor([[0.0, 0.0]]), torch.tensor([1]))
    tensor(2.)
    """

    def __init__(self, log_zero: float = -4.0, **kwargs) -> None:
        super().__init__(**kwargs)
        self.factor = check_positive(-log_zero, '-log_zero')

    def class_costs(self, logits: Tensor) -> Tensor:
        """(N, K): the formula above, for each class k."""
        return self.factor * off_probs(logits)
