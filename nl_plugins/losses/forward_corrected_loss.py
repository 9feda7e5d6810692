"""Forward correction by the matrix of label noise."""

import torch
from mmpretrain.registry import MODELS
from torch import Tensor

from .class_cost_loss import log_probs
from .corrected_loss import CorrectedLoss

__all__ = ['ForwardCorrectedLoss', 'forward_costs']


@MODELS.register_module()
class ForwardCorrectedLoss(CorrectedLoss):
    r""":math:`-\log \sum_i p_i T_{ik}`, Patrini et al. 2017 (CVPR), Theorem 2.

    The network predicts the true label, the loss compares what noise makes of it with
    the given one. The minimiser is that on clean labels. With T = I it is cross
    entropy.

    Args:
        num_classes, transition, **kwargs: See :class:`CorrectedLoss`.

    >>> noise = [[0.75, 0.25], [0.25, 0.75]]
    >>> loss = dict(type='ForwardCorrectedLoss', num_classes=2, transition=noise)
    >>> loss = MODELS.build(loss)
    >>> loss(torch.tensor([[99.0, 0.0]]), torch.tensor([1])).exp()
    tensor(4.)
    """

    def class_costs(self, logits: Tensor) -> Tensor:
        """(N, K): the formula above, for each class k."""
        return forward_costs(logits, self.transition.to(logits.dtype))


def forward_costs(logits: Tensor, transition: Tensor) -> Tensor:
    """(N, K) costs of the noisy labels by a transition (K, K)."""
    logs, kept = log_probs(logits), transition.diagonal()
    # The diagonal in log space: there the loss is cross entropy, however unlikely.
    moved = logs.exp() @ (transition - kept.diag())
    moved = moved.clamp_min(torch.finfo(moved.dtype).tiny).log()
    return -torch.logaddexp(logs + kept.log(), moved)
