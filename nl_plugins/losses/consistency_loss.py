"""The unsupervised loss of the Pi-model and its relatives."""

from mmpretrain.registry import MODELS
from torch import Tensor, nn

from ..checks import check_nonnegative
from ..functional.consistency import squared_distance

__all__ = ['ConsistencyLoss']


@MODELS.register_module()
class ConsistencyLoss(nn.Module):
    r""":math:`\alpha / N \sum_i \|z^1_i - z^2_i\|_2^2`, Ding et al. Eq. 1 and 2.

    Args:
        loss_weight: Weight :math:`\alpha`, at least 0; 100 on Clothing1M.
        class_mean: Divide by the number of classes as well, like Laine & Aila (2017).
            Their weight is at most 30 M/N, M of the N images being labelled, beside a
            cross entropy divided by the whole batch; beside one divided by the M
            labelled images, as in Eq. 2, it is 30.

    >>> import torch
    >>> loss = MODELS.build(dict(type='ConsistencyLoss', loss_weight=10.0))
    >>> loss(torch.tensor([[1.0, 0.0]]), torch.tensor([[0.5, 0.5]]))
    tensor(5.)
    >>> ConsistencyLoss(30.0, class_mean=True)(torch.eye(2), torch.eye(2).flip(0))
    tensor(30.)
    """

    def __init__(self, loss_weight: float = 100.0, class_mean: bool = False) -> None:
        super().__init__()
        self.class_mean = class_mean
        self.loss_weight = check_nonnegative(loss_weight, 'loss_weight')

    def forward(self, probs: Tensor, targets: Tensor) -> Tensor:
        """Scalar; gradients flow through both (N, K) softmax outputs."""
        distance = squared_distance(probs, targets).mean()
        divisor = probs.size(1) if self.class_mean else 1
        return self.loss_weight / divisor * distance
