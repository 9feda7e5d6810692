"""The unsupervised loss of the Pi-model and its relatives."""

from mmpretrain.registry import MODELS
from torch import Tensor, nn

from ..checks import check_nonnegative
from ..functional.consistency import squared_distance

__all__ = ['ConsistencyLoss']


@MODELS.register_module()
class ConsistencyLoss(nn.Module):
    r""":math:`\alpha / N \sum_i \|z^1_i - z^2_i\|_2^2`, Ding et al. Eq. 1 and 2.

    Laine & Aila (2017) divide by the number of classes too.

    Args:
        loss_weight: Weight :math:`\alpha`, at least 0; 100 on Clothing1M.

    >>> import torch
    >>> loss = MODELS.build(dict(type='ConsistencyLoss', loss_weight=10.0))
    >>> loss(torch.tensor([[1.0, 0.0]]), torch.tensor([[0.5, 0.5]]))
    tensor(5.)
    """

    def __init__(self, loss_weight: float = 100.0) -> None:
        super().__init__()
        self.loss_weight = check_nonnegative(loss_weight, 'loss_weight')

    def forward(self, probs: Tensor, targets: Tensor) -> Tensor:
        """Scalar; gradients flow through both (N, K) softmax outputs."""
        return self.loss_weight * squared_distance(probs, targets).mean()
