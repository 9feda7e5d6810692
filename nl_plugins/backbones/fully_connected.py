"""A backbone of fully connected layers with dropout."""

from collections.abc import Sequence
from itertools import pairwise

from mmpretrain.models.backbones.base_backbone import BaseBackbone
from mmpretrain.registry import MODELS
from torch import Tensor, nn

__all__ = ['FullyConnected']


@MODELS.register_module()
class FullyConnected(BaseBackbone):
    """Flattens its input; then linear layers with ReLU and dropout.

    With its defaults and a linear head, the MNIST network of Ding et al. §4.2,
    784-128-128-10. They give no dropout rate.

    Args:
        in_channels: Number of values of an input: channels times height times width.
        hidden_channels: Width of each layer.
        dropout: Dropout rate after each layer.

    >>> import torch
    >>> network = MODELS.build(dict(type='FullyConnected', hidden_channels=[64, 32]))
    >>> network(torch.zeros(5, 1, 28, 28))[0].shape
    torch.Size([5, 32])
    """

    def __init__(
        self,
        in_channels: int = 784,
        hidden_channels: Sequence[int] = (128, 128),
        dropout: float = 0.5,
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(init_cfg)
        self.in_channels = in_channels
        self.layers = nn.Sequential(
            *(
                nn.Sequential(nn.Linear(*widths), nn.ReLU(), nn.Dropout(dropout))
                for widths in pairwise([in_channels, *hidden_channels])
            )
        )

    def forward(self, x: Tensor) -> tuple[Tensor]:
        """(B, ...) inputs, ``in_channels`` values each, to (B, hidden_channels[-1])."""
        values, expected = x.flatten(1), self.in_channels
        if values.size(1) != expected:
            raise ValueError(
                f'inputs have {values.size(1)} values, but in_channels={expected}'
            )
        return (self.layers(values),)
