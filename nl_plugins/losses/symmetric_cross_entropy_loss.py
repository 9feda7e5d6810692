"""Cross entropy in both directions."""

from mmpretrain.registry import MODELS

from ..checks import check_nonnegative
from .active_passive_loss import ActivePassiveLoss

__all__ = ['SymmetricCrossEntropyLoss']


@MODELS.register_module()
class SymmetricCrossEntropyLoss(ActivePassiveLoss):
    r""":math:`\alpha CE + \beta RCE`, Wang et al. 2019 (ICCV), Eq. 7.

    Args:
        alpha: Weight of the cross entropy; 0.1 on CIFAR-10, 6 on CIFAR-100.
        beta: Weight of the reverse cross entropy; 1 on CIFAR-10, 0.1 on CIFAR-100.
        log_zero: A, see :class:`ReverseCrossEntropyLoss`.
        **kwargs: See :class:`ClassCostLoss`.

    >>> import torch
    >>> loss = MODELS.build(dict(type='SymmetricCrossEntropyLoss', alpha=1.0))
    >>> loss(torch.zeros(1, 2), torch.tensor([1]))  # ln 2 + 4 / 2
    tensor(2.6931)
    """

    def __init__(
        self, alpha: float = 0.1, beta: float = 1.0, log_zero: float = -4.0, **kwargs
    ) -> None:
        alpha, beta = check_nonnegative(alpha, 'alpha'), check_nonnegative(beta, 'beta')
        forth = dict(type='GeneralizedCrossEntropyLoss', q=0.0, loss_weight=alpha)
        back = dict(type='ReverseCrossEntropyLoss', log_zero=log_zero, loss_weight=beta)
        super().__init__(forth, back, **kwargs)
