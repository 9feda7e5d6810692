"""Generalised cross entropy, and its truncated form."""

import torch
from mmpretrain.registry import MODELS
from torch import Tensor

from ..checks import check_fraction
from .class_cost_loss import ClassCostLoss, log_probs

__all__ = ['GeneralizedCrossEntropyLoss']


@MODELS.register_module()
class GeneralizedCrossEntropyLoss(ClassCostLoss):
    r""":math:`(1 - p_k^q) / q`, Zhang & Sabuncu 2018 (NeurIPS), Eq. 6.

    Between cross entropy, its limit and what it is at q = 0, and half of
    :class:`MeanAbsoluteErrorLoss` at q = 1.

    With ``truncate`` = k it is their truncated loss (Eq. 8): where :math:`p \le k` the
    cost is the constant :math:`(1 - k^q) / q`, so that these images train nothing. At
    the start all images are such: switch to it when the network has learnt, with
    MMPretrain's ``SwitchRecipeHook`` (the authors do after 40 of 120 epochs). They
    write the choice as weights of the images that are updated every ten epochs; here
    each step chooses anew, which minimises the same objective.

    Args:
        q: In [0, 1].
        truncate: k in (0, 1]; the paper takes 0.5. None truncates nothing.
        **kwargs: See :class:`ClassCostLoss`.

    >>> loss = MODELS.build(dict(type='GeneralizedCrossEntropyLoss', q=1.0))
    >>> loss(torch.tensor([[0.0, 0.0]]), torch.tensor([1]))
    tensor(0.5000)
    """

    def __init__(self, q: float = 0.7, truncate: float | None = None, **kwargs) -> None:
        super().__init__(**kwargs)
        self.q = check_fraction(q, 'q', zero=True)
        self.truncate = (
            None if truncate is None else check_fraction(truncate, 'truncate')
        )

    def class_costs(self, logits: Tensor) -> Tensor:
        """(N, K): the formula above, for each class k."""
        costs = self._costs(log_probs(logits))
        if self.truncate is None:
            return costs
        most = self._costs(costs.new_tensor(self.truncate).log())
        return torch.minimum(costs, most)

    def _costs(self, logs: Tensor) -> Tensor:
        return -(self.q * logs).expm1() / self.q if self.q else -logs
