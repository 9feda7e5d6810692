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

    With its defaults and a linear head, the MNIST network of Ding et al. §4.2:
    784-128-128-10. They give no dropout rate.

    Args:
        in_channels: Number of values of an input: channels times height times width.
        hidden_channels: Width of each layer.
        dropout: Dropout rate after each layer.
        init_cfg: As in MMEngine.

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
        widths = [in_channels, *hidden_channels]
        layers = (
            nn.Sequential(nn.Linear(a, b), nn.ReLU(), nn.Dropout(dropout))
            for a, b in pairwise(widths)
        )
        self.layers = nn.Sequential(*layers)

    def forward(self, x: Tensor) -> tuple[Tensor]:
        """(B, ...) inputs to a tuple of (B, hidden_channels[-1]).

        Raises:
            ValueError: If an input has another number of values.
        """
        x = x.flatten(1)
        if x.size(1) != self.in_channels:
            raise ValueError(
                f'inputs have {x.size(1)} values, but in_channels={self.in_channels}'
            )
        return (self.layers(x),)
