"""Backward correction by the matrix of label noise."""

import math
from collections.abc import Sequence

import torch
from mmpretrain.registry import MODELS
from torch import Tensor

from ..checks import check_fraction
from .class_cost_loss import log_probs
from .corrected_loss import CorrectedLoss

__all__ = ['BackwardCorrectedLoss']

_SINGULAR = 1e4  # a condition number beyond which rounding and noise rule


@MODELS.register_module()
class BackwardCorrectedLoss(CorrectedLoss):
    r""":math:`\sum_j (T^{-1})_{kj} \ell_j`, Patrini et al. 2017 (CVPR), Theorem 1.

    :math:`\ell` is the cross entropy. The expectation over the noisy labels of an image
    is the cross entropy of its true one. It is not bounded below, and overconfident
    networks drive it to minus infinity, unless probabilities are: the authors'
    published program takes no logarithm of less than 1e-7, of which the paper has no
    word. The loss can be negative, where ``ReduceOnPlateauLR`` never lowers the
    learning rate: let it monitor an accuracy, or set ``threshold_rule='abs'``.

    Args:
        num_classes: See :class:`CorrectedLoss`.
        transition: See :class:`CorrectedLoss`.
        min_prob: In [0, 1]; smaller probabilities count as this, without gradient. 0 is
            the paper's formula.
        **kwargs: See :class:`CorrectedLoss`.

    Raises:
        ValueError: If T has no stable inverse.

    >>> noise = [[0.75, 0.25], [0.25, 0.75]]  # its inverse: [[1.5, -0.5], [-0.5, 1.5]]
    >>> loss = dict(type='BackwardCorrectedLoss', num_classes=2, transition=noise)
    >>> loss = MODELS.build(loss)
    >>> loss(torch.tensor([[0.0, 0.0]]), torch.tensor([1])).exp()
    tensor(2.)
    """

    def __init__(
        self,
        num_classes: int,
        transition: Sequence[Sequence[float]] | str | None = None,
        min_prob: float = 1e-7,
        **kwargs,
    ) -> None:
        super().__init__(num_classes, transition, **kwargs)
        min_prob = check_fraction(min_prob, 'min_prob', zero=True)
        self.max_cost = -math.log(min_prob) if min_prob else math.inf

    def set_transition(self, transition: Tensor, name: str = 'transition') -> None:
        """Take this T; a ValueError if it is none, or has no stable inverse."""
        super().set_transition(transition, name)
        if (condition := float(torch.linalg.cond(transition.double()))) > _SINGULAR:
            self.transition.zero_()
            raise ValueError(
                f'{name} has no stable inverse (condition {condition:.3g}), as classes '
                'are exchanged too often to be told apart: use ForwardCorrectedLoss'
            )

    def class_costs(self, logits: Tensor) -> Tensor:
        """(N, K): the formula above, for each class k."""
        transition = self.transition.to(logits.dtype)
        costs = (-log_probs(logits)).clamp(max=self.max_cost)
        return torch.linalg.solve(transition, costs.T).T
