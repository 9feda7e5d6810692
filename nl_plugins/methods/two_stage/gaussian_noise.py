"""Gaussian noise on the input, in training only."""

import torch
from mmpretrain.registry import MODELS
from torch import Tensor, nn

from ...checks import check_nonnegative

__all__ = ['GaussianNoise']


@MODELS.register_module()
class GaussianNoise(nn.Module):
    """Adds independent noise to every value; does nothing in eval mode.

    Args:
        std: Standard deviation, at least 0, in units of the (normalised) input; Laine
            & Aila (2017) take 0.15.

    >>> noise, images = GaussianNoise(std=0.5), torch.zeros(100, 3, 32, 32)
    >>> round(float(noise(images).std()), 2)
    0.5
    >>> noise.eval()(images) is images
    True
    """

    def __init__(self, std: float = 0.15) -> None:
        super().__init__()
        self.std = check_nonnegative(std, 'std')

    def forward(self, inputs: Tensor) -> Tensor:
        """Inputs of any shape, with noise of their own."""
        if not self.training or self.std == 0:
            return inputs
        return torch.randn_like(inputs).mul_(self.std).add_(inputs)

    def extra_repr(self) -> str:
        """The standard deviation."""
        return f'std={self.std}'
