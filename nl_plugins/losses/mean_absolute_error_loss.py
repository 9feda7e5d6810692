"""The mean absolute error of the predicted probabilities."""

from mmpretrain.registry import MODELS
from torch import Tensor

from .class_cost_loss import ClassCostLoss, off_probs

__all__ = ['MeanAbsoluteErrorLoss']


@MODELS.register_module()
class MeanAbsoluteErrorLoss(ClassCostLoss):
    r""":math:`\|e_k - p\|_1 = 2 (1 - p_k)`, Ghosh, Kumar & Sastry 2017 (AAAI).

    Symmetric: the costs of all classes add up to the constant 2 (K - 1), which makes
    the risk robust to symmetric noise (their Theorem 1). Learns slowly.

    Args:
        **kwargs: See :class:`ClassCostLoss`.

    >>> import torch
    >>> loss = MODELS.build(dict(type='MeanAbsoluteErrorLoss'))
    >>> loss(torch.tensor([[0.0, 0.0]]), torch.tensor([1]))
    tensor(1.)
    """

    def class_costs(self, logits: Tensor) -> Tensor:
        """(N, K): the formula above, for each class k."""
        return 2 * off_probs(logits)
