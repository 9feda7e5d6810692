"""Global average pooling with dropout behind it (SINet §3.4)."""

from mmpretrain.models.necks import GlobalAveragePooling
from mmpretrain.registry import MODELS
from torch import Tensor
from torch.nn.functional import dropout

from ...checks import check_fraction

__all__ = ['DropoutPooling']


@MODELS.register_module()
class DropoutPooling(GlobalAveragePooling):
    """Drops features of the pooled image, in training only (Cheng et al. 2020 §3.4).

    It has no parameters: a checkpoint also loads with ``GlobalAveragePooling``.

    Args:
        ratio: Probability of each feature to be dropped, below 1; the paper's is 0.25.
        dim: Number of dimensions that are pooled, see ``GlobalAveragePooling``.

    >>> import torch
    >>> neck = DropoutPooling(ratio=0.5)
    >>> pooled = neck((torch.ones(1, 1000, 2, 2),))[0]
    >>> pooled.unique().tolist(), neck.eval()((torch.ones(1, 1, 2, 2),))[0].tolist()
    ([0.0, 2.0], [[1.0]])
    """

    def __init__(self, ratio: float = 0.25, dim: int = 2) -> None:
        super().__init__(dim)
        self.ratio = check_fraction(ratio, 'ratio', zero=True, one=False)

    def forward(
        self, inputs: Tensor | tuple[Tensor, ...]
    ) -> Tensor | tuple[Tensor, ...]:
        """(B, C) of a (B, C, H, W), or of each of several of them."""
        pooled = super().forward(inputs)
        if isinstance(pooled, tuple):
            return tuple(self._dropped(each) for each in pooled)
        return self._dropped(pooled)

    def _dropped(self, features: Tensor) -> Tensor:
        return dropout(features, self.ratio, self.training)
