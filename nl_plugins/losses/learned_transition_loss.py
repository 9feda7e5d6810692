"""A matrix of label noise that is learned with the network."""

import torch
from mmpretrain.registry import MODELS
from torch import Tensor, nn

from ..checks import check_count, check_fraction, check_nonnegative
from ..functional.synthetic_noise import symmetric_noise
from .class_cost_loss import ClassCostLoss
from .forward_corrected_loss import forward_costs

__all__ = ['LearnedTransitionLoss']


@MODELS.register_module()
class LearnedTransitionLoss(ClassCostLoss):
    r"""Forward correction by a learned T, Sukhbaatar et al. 2015 (ICLR workshop).

    :math:`-\log \sum_i p_i T_{ik} + \lambda\, tr(T)`: a linear layer Q on top of the
    softmax that is learned with it. Alone, the network would learn the noise and Q stay
    the identity; among the Q that explain the labels the true one has the smallest
    trace, so the trace is made small.

    The authors project Q on the stochastic matrices after each step; here the rows of
    :attr:`transition` are softmaxes of parameters, which weight decay pulls towards
    uniform noise, as theirs does. They keep Q = I until the network has learnt
    something; a softmax is never the identity, so it starts with a ``diagonal`` below
    1. The parameters are ``head.loss_module.scores`` in the checkpoint.

    Args:
        num_classes: K.
        trace_weight: lambda, at least 0. A large one exchanges the classes.
        diagonal: Share of the labels that are right at the start, in (0, 1).
        **kwargs: See :class:`ClassCostLoss`.

    >>> loss = dict(type='LearnedTransitionLoss', num_classes=3, diagonal=0.8)
    >>> MODELS.build(loss).transition.detach()
    tensor([[0.8000, 0.1000, 0.1000],
            [0.1000, 0.8000, 0.1000],
            [0.1000, 0.1000, 0.8000]])
    """

    def __init__(
        self,
        num_classes: int,
        trace_weight: float = 0.1,
        diagonal: float = 0.9,
        **kwargs,
    ) -> None:
        super().__init__(**kwargs)
        num_classes = check_count(num_classes, 'num_classes', minimum=2)
        self.trace_weight = check_nonnegative(trace_weight, 'trace_weight')
        if check_fraction(diagonal, 'diagonal') == 1:
            raise ValueError('diagonal must be below 1: nothing moves a 1')
        start = symmetric_noise(num_classes, 1 - diagonal).log()
        self.scores = nn.Parameter(start.to(torch.get_default_dtype()))

    @property
    def transition(self) -> Tensor:
        """(K, K), T[i, j] = p(noisy label j | true label i), with gradient."""
        return self.scores.softmax(dim=1)

    def class_costs(self, logits: Tensor) -> Tensor:
        """(N, K): the formula above, for each class k."""
        transition = self.transition.to(logits.dtype)
        costs = forward_costs(logits, transition)
        return costs + self.trace_weight * transition.trace()
