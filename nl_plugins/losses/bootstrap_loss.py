"""Labels mixed with the network's own predictions."""

from mmpretrain.registry import MODELS
from torch import Tensor

from ..checks import check_fraction
from .class_cost_loss import ClassCostLoss, log_probs

__all__ = ['BootstrapLoss']


@MODELS.register_module()
class BootstrapLoss(ClassCostLoss):
    r"""Cross entropy with :math:`\beta e_k + (1 - \beta) z`, Reed et al. 2015, §3.2.

    Soft (their Eq. 6): z is the prediction p itself, with gradient, which also makes
    the network confident. Hard (Eq. 7): z is the likeliest class, a constant.

    Args:
        hard: Which of both.
        beta: In [0, 1]; by default the paper's 0.95 (soft) or 0.8 (hard).
        **kwargs: See :class:`ClassCostLoss`.

    >>> import torch
    >>> loss = MODELS.build(dict(type='BootstrapLoss', hard=True, beta=0.5))
    >>> loss(torch.tensor([[3.0, 0.0]]), torch.tensor([1]))  # (3.0486 + 0.0486) / 2
    tensor(1.5486)
    """

    def __init__(self, hard: bool = False, beta: float | None = None, **kwargs) -> None:
        super().__init__(**kwargs)
        beta = (0.8 if hard else 0.95) if beta is None else beta
        self.hard, self.beta = hard, check_fraction(beta, 'beta', zero=True)

    def class_costs(self, logits: Tensor) -> Tensor:
        """(N, K): the formula above, for each class k."""
        logs = log_probs(logits)
        if self.hard:
            own = -logs.amax(dim=1, keepdim=True)
        else:
            own = -(logs.exp() * logs).sum(dim=1, keepdim=True)
        return -self.beta * logs + (1 - self.beta) * own
