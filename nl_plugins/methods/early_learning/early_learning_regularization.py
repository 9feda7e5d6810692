"""The term of early-learning regularisation (Liu et al.; NeurIPS 2020)."""

import torch
from mmpretrain.registry import MODELS
from torch import Tensor

from ...checks import check_choice, check_fraction, check_nonnegative
from ...supervision.term import Term
from ...supervision.term_batch import TermBatch

__all__ = ['EarlyLearningRegularization']

_LEAST = 1e-4  # of a probability, as far as the term sees it


@MODELS.register_module()
class EarlyLearningRegularization(Term):
    r"""Keeps the network to what it said of an image before it memorised labels.

    Adds :math:`\frac\lambda N \sum_i \log(1 - \langle p_i, t_i \rangle)` (Eq. 6), which
    is least where the prediction p agrees with the sample's target t, the running mean
    of its predictions: :math:`t \leftarrow \beta t + (1 - \beta) p` (Eq. 9), begun at
    zero, without gradient, updated before it is used. The gradient boosts images whose
    label the target confirms and neutralises the others. As in the authors' code,
    probabilities are taken in [1e-4, 1 - 1e-4], lest the logarithm diverge, and what
    enters t is scaled to sum to 1. They are not scaled where the gradient passes: that
    would take it from a network that is sure.

    A sample that a batch, or several ranks, hold more than once counts once, with its
    mean. ELR+ adds two networks, weight averaging and Mixup, which is not here.

    The sum with the head's loss can be negative, where ``ReduceOnPlateauLR`` never
    lowers the learning rate: let it monitor an accuracy.

    Args:
        weight: lambda, at least 0: 3 on CIFAR-10 and Clothing1M, 7 on CIFAR-100; in the
            authors' code 1 on CIFAR-10 with asymmetric noise.
        momentum: beta, in [0, 1): 0.7; 0.9 on CIFAR-100, and with asymmetric noise.
        dtype: Precision of the targets: 'float32', or 'float16' for half the memory.
        **schedule: See :class:`Term`.

    >>> term = MODELS.build(dict(type='EarlyLearningRegularization', weight=7.0))
    >>> term.make_state(num_samples=50_000, num_classes=10)['targets'].shape
    torch.Size([50000, 10])
    """

    def __init__(
        self,
        weight: float = 3.0,
        momentum: float = 0.7,
        dtype: str = 'float32',
        **schedule,
    ) -> None:
        super().__init__(**schedule)
        self.weight = check_nonnegative(weight, 'weight')
        check_choice('dtype', dtype, ('float32', 'float16'))
        self.momentum = check_fraction(momentum, 'momentum', zero=True, one=False)
        self.dtype = getattr(torch, dtype)

    def make_state(self, num_samples: int, num_classes: int) -> dict[str, Tensor]:
        """``targets`` (N, K)."""
        return dict(targets=torch.zeros(num_samples, num_classes, dtype=self.dtype))

    def losses(self, batch: TermBatch) -> dict[str, Tensor]:
        """The regularisation of the batch; its predictions enter the targets first."""
        probs = batch.probs.clamp(_LEAST, 1 - _LEAST)
        targets = self.state(batch)['targets']
        rows, means = batch.over_ranks(probs / probs.sum(dim=1, keepdim=True))
        mixed = targets[rows].float().lerp(means, 1 - self.momentum)
        targets[rows] = mixed.to(self.dtype)
        agreement = (probs * targets[batch.rows].float()).sum(dim=1)
        return dict(loss_early=self.weight * (1 - agreement).log().mean())
