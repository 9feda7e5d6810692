"""CleanNet's matching objective as a registered loss."""

from mmpretrain.registry import MODELS
from torch import Tensor, nn

from ...functional import relevance_loss

__all__ = ['RelevanceLoss']


@MODELS.register_module()
class RelevanceLoss(nn.Module):
    """:func:`~nl_plugins.functional.relevance_loss`, averaged over the batch.

    Args:
        margin: rho of Eq. 6 and 8.
        negative_weight: omega of Eq. 6; None: the caller balances right and wrong.
        unsupervised_weight: gamma of Eq. 9.

    >>> import torch
    >>> loss = RelevanceLoss(margin=0.1)
    >>> loss(torch.tensor([0.9, 0.3]), torch.tensor([1, 0]))  # (0.1 + 0.2) / 2
    tensor(0.1500)
    """

    def __init__(
        self,
        margin: float = 0.1,
        negative_weight: float | None = None,
        unsupervised_weight: float = 0.1,
    ) -> None:
        super().__init__()
        self.margin = margin
        self.negative_weight = negative_weight
        self.unsupervised_weight = unsupervised_weight

    def forward(
        self, similarity: Tensor, verification: Tensor, balance: float = 1.0
    ) -> Tensor:
        """Mean over (B,) cosines; ``balance`` is omega where none was set."""
        weight = balance if self.negative_weight is None else self.negative_weight
        return relevance_loss(
            similarity, verification, self.margin, weight, self.unsupervised_weight
        ).mean()
