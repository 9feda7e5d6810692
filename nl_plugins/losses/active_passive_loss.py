"""An active and a passive loss together."""

from mmpretrain.registry import MODELS
from torch import Tensor

from .class_cost_loss import ClassCostLoss

__all__ = ['ActivePassiveLoss']


@MODELS.register_module()
class ActivePassiveLoss(ClassCostLoss):
    r""":math:`\alpha \ell^{active} + \beta \ell^{passive}`, Ma et al. 2020, Eq. 12.

    An active loss only raises the probability of the label, a passive one also lowers
    that of other classes. With two robust parts the sum is robust, and fits better than
    either. The weights are the ``loss_weight`` of the parts (1 and 1 on CIFAR-10, 10
    and 0.1 or 1 on CIFAR-100 and WebVision in the paper). In the authors' program the
    weights go with other scales: its MAE is half of :class:`MeanAbsoluteErrorLoss`, the
    logarithm of zero in its reverse cross entropy -9.21, and its focal loss has no
    gradient through the factor (1 - p)^gamma.

    Args:
        active: Config of :class:`NormalizedFocalLoss` (gamma = 0 for the cross entropy)
            or another :class:`ClassCostLoss`.
        passive: Config of :class:`MeanAbsoluteErrorLoss`,
            :class:`ReverseCrossEntropyLoss` or another.
        **kwargs: See :class:`ClassCostLoss`.

    Raises:
        ValueError: If a part is not such a loss.

    >>> import torch
    >>> loss = MODELS.build(dict(
    ...     type='ActivePassiveLoss',
    ...     active=dict(type='NormalizedFocalLoss', gamma=0.0),
    ...     passive=dict(type='ReverseCrossEntropyLoss', loss_weight=0.1),
    ... ))
    >>> loss(torch.zeros(1, 4), torch.tensor([1]))  # 1/4 + 0.1 * 4 * 3/4
    tensor(0.5500)
    """

    def __init__(self, active: dict, passive: dict, **kwargs) -> None:
        super().__init__(**kwargs)
        self.active, self.passive = MODELS.build(active), MODELS.build(passive)
        for name, part in (('active', self.active), ('passive', self.passive)):
            if not isinstance(part, ClassCostLoss):
                raise ValueError(
                    f'{name} is a {type(part).__name__}, which has no cost for each '
                    'class: use one of the losses of nl_plugins'
                )

    def class_costs(self, logits: Tensor) -> Tensor:
        """(N, K): the formula above, for each class k."""
        parts = self.active, self.passive
        active, passive = (
            part.loss_weight * part.class_costs(logits) for part in parts
        )
        return active + passive
