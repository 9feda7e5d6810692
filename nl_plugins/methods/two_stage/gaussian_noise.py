"""Gaussian noise on the input, in training only."""

import torch
from mmpretrain.registry import MODELS
from torch import Tensor, nn

__all__ = ['GaussianNoise']


@MODELS.register_module()
class GaussianNoise(nn.Module):
    """Adds independent noise to every value; does nothing in eval mode.

    Has no parameter and no buffer.

    Args:
        std: Standard deviation, in units of the (normalized) input; Laine & Aila
            (2017) take 0.15.

    Raises:
        ValueError: If ``std`` is negative.
    """

    def __init__(self, std: float = 0.15) -> None:
        super().__init__()
        if not std >= 0:
            raise ValueError(f'std must be >= 0, got {std!r}')
        self.std = std

    def forward(self, inputs: Tensor) -> Tensor:
        """Inputs of any shape, with noise of their own."""
        if not self.training or self.std == 0:
            return inputs
        return torch.randn_like(inputs).mul_(self.std).add_(inputs)

    def extra_repr(self) -> str:
        """What ``repr`` tells."""
        return f'std={self.std}'
