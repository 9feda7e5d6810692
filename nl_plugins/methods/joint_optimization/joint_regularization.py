"""The two regularisers of Joint Optimization (Tanaka et al.; CVPR 2018)."""

from collections.abc import Sequence

import torch
from mmpretrain.registry import MODELS
from torch import Tensor

from ...checks import check_nonnegative
from ...supervision.term import Term
from ...supervision.term_batch import TermBatch

__all__ = ['JointRegularization']

_TOLERANCE = 1e-4  # of the sum of the prior


@MODELS.register_module()
class JointRegularization(Term):
    r"""Keeps labels that the network makes itself from all becoming one class.

    Adds :math:`\alpha L_p + \beta L_e`, Tanaka et al. Eq. 8 and 10:
    :math:`L_p = \sum_j p_j \log(p_j / \bar s_j)` of a prior p and the mean prediction
    :math:`\bar s` of the batch (of this rank), and the mean entropy of the predictions
    :math:`L_e = -\frac1N \sum_i \sum_j s_{ij} \log s_{ij}`, which makes soft labels
    sharp.

    Args:
        alpha: At least 0; 1.2 on CIFAR-10 with symmetric noise, 0.8 with asymmetric.
        beta: At least 0; 0.8 and 0.4.
        prior: p, the share of each class; None is uniform.
        **schedule: See :class:`Term`.

    Raises:
        ValueError: If a value is out of range, or there is not one share a class.

    >>> MODELS.build(dict(type='JointRegularization', prior=[0.75, 0.25])).alpha
    1.2
    """

    def __init__(
        self,
        alpha: float = 1.2,
        beta: float = 0.8,
        prior: Sequence[float] | None = None,
        **schedule,
    ) -> None:
        super().__init__(**schedule)
        self.alpha = check_nonnegative(alpha, 'alpha')
        self.beta = check_nonnegative(beta, 'beta')
        self.prior = None if prior is None else torch.tensor(prior)
        if self.prior is not None:
            total = float(self.prior.sum())
            if abs(total - 1) > _TOLERANCE or bool((self.prior <= 0).any()):
                raise ValueError(
                    f'prior must hold positive shares that sum to 1, not to {total:.6g}'
                )

    def losses(self, batch: TermBatch) -> dict[str, Tensor]:
        """Both regularisers of the batch."""
        logs = batch.logits.float().log_softmax(dim=1)
        probs, classes = logs.exp(), logs.size(1)
        prior = self.prior
        if prior is None:
            prior = torch.full((classes,), 1 / classes)
        if len(prior) != classes:
            raise ValueError(f'prior has {len(prior)} shares for {classes} classes')
        prior = prior.to(probs)
        mean = probs.mean(dim=0).clamp_min(torch.finfo(probs.dtype).tiny)
        balance = (prior * (prior / mean).log()).sum()
        entropy = -(probs * logs).sum(dim=1).mean()
        return dict(loss_prior=self.alpha * balance, loss_entropy=self.beta * entropy)
