"""The base of the losses that name a cost for each class an image could be given."""

from typing import Any

import torch
from mmpretrain.models.losses.utils import weight_reduce_loss
from torch import Tensor, nn

from ..checks import check_choice, check_nonnegative

__all__ = ['ClassCostLoss', 'log_probs', 'off_probs']

REDUCTIONS = ('none', 'mean', 'sum')


class ClassCostLoss(nn.Module):
    r"""A loss :math:`\sum_k t_k \ell_k(x)` of a target t and the costs of the classes.

    :math:`\ell_k` is the published loss of an image with the label k; a subclass,
    registered in MODELS, gives them all in :meth:`class_costs`. So each such loss

    - is linear in its target: a mixture of labels costs the mixture of their costs, the
      expected loss of a label drawn from the target. Where a paper's formula also
      accepts distributions and is not linear in them (an L1 distance, say), this is the
      reading for every target that is not one-hot;
    - weighs an image by the mass of its target: a row of zeros costs exactly 0.

    Hooks that weigh, drop or mix labels can therefore be used with all of them.

    Args:
        loss_weight: Factor of the loss, at least 0.
        reduction: 'mean', 'sum' or 'none'.
    """

    def __init__(self, loss_weight: float = 1.0, reduction: str = 'mean') -> None:
        super().__init__()
        self.loss_weight = check_nonnegative(loss_weight, 'loss_weight')
        self.reduction = check_choice('reduction', reduction, REDUCTIONS)

    def class_costs(self, logits: Tensor) -> Tensor:
        """To override: (N, K) costs of logits (N, K) for each label, with gradient.

        The logits are float32, or float64 if they came as such.
        """
        raise NotImplementedError

    def forward(
        self,
        cls_score: Tensor,
        label: Tensor,
        weight: Tensor | None = None,
        avg_factor: float | None = None,
        reduction_override: str | None = None,
        **kwargs: Any,
    ) -> Tensor:
        """The loss of logits (N, K), reduced.

        Args:
            cls_score: (N, K) logits.
            label: (N,) integers in [0, K), or (N, K) weights of the classes.
            weight: (N,) factors of the images.
            avg_factor: What to divide the sum by where the mean is asked for.
            reduction_override: In place of ``reduction``.
            **kwargs: Ignored, what MMPretrain's heads pass to some losses.

        Raises:
            ValueError: If the shapes do not fit.
        """
        if cls_score.ndim != 2 or label.shape not in (
            cls_score.shape[:1],
            cls_score.shape,
        ):
            raise ValueError(
                f'{type(self).__name__} takes logits (N, K) and labels (N,) or (N, K), '
                f'got {tuple(cls_score.shape)} and {tuple(label.shape)}'
            )
        costs = self.loss_weight * self.costs_of(cls_score)
        if label.ndim == 1:
            losses = costs.gather(1, label[:, None].long())[:, 0]
        else:
            losses = (costs * label).sum(dim=1)
        reduction = reduction_override or self.reduction
        check_choice('reduction_override', reduction, REDUCTIONS)
        return weight_reduce_loss(losses, weight, reduction, avg_factor)

    def costs_of(self, logits: Tensor) -> Tensor:
        """(N, K) costs, in single precision also under autocast."""
        with torch.autocast(logits.device.type, enabled=False):
            double = logits.dtype == torch.float64
            return self.class_costs(logits if double else logits.float())


def log_probs(logits: Tensor) -> Tensor:
    """(N, K) logarithms of the softmax, finite for all finite logits."""
    return logits.log_softmax(dim=1)


def off_probs(logits: Tensor) -> Tensor:
    """(N, K) 1 - p, exact also where p is nearly 1."""
    return -log_probs(logits).expm1()
