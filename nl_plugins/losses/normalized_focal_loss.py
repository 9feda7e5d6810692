"""Normalised cross entropy and focal loss."""

import torch
from mmpretrain.registry import MODELS
from torch import Tensor

from ..checks import check_nonnegative
from .class_cost_loss import ClassCostLoss, log_probs

__all__ = ['NormalizedFocalLoss']


@MODELS.register_module()
class NormalizedFocalLoss(ClassCostLoss):
    r""":math:`\ell_k / \sum_j \ell_j`, Ma et al. 2020 (ICML), Eq. 7 and 9.

    :math:`\ell_k = -(1 - p_k)^\gamma \log p_k`; with gamma = 0 it is the normalised
    cross entropy. Symmetric, as the costs of all classes add up to 1. It seldom fits
    well alone: see :class:`ActivePassiveLoss`.

    Args:
        gamma: At least 0; the paper takes 0.5.
        **kwargs: See :class:`ClassCostLoss`.

    >>> loss = MODELS.build(dict(type='NormalizedFocalLoss', gamma=0.0))
    >>> loss(torch.zeros(1, 4), torch.tensor([1]))
    tensor(0.2500)
    """

    def __init__(self, gamma: float = 0.5, **kwargs) -> None:
        super().__init__(**kwargs)
        self.gamma = check_nonnegative(gamma, 'gamma')

    def class_costs(self, logits: Tensor) -> Tensor:
        """(N, K): the formula above, for each class k."""
        logs = log_probs(logits)
        # Not below the rounding of p: the slope of the power would be infinite.
        off = -logs.expm1().clamp_max(-torch.finfo(logs.dtype).eps)
        costs = -(off**self.gamma) * logs
        total = costs.sum(dim=1, keepdim=True)  # 0 where there is a single class
        return costs / total.clamp_min(torch.finfo(costs.dtype).tiny)
