"""The ResNets of He et al. (2016) for CIFAR, with dropout in the blocks."""

from typing import Any

from mmpretrain.models.backbones import ResNet_CIFAR
from mmpretrain.models.backbones.resnet import BasicBlock, ResLayer
from mmpretrain.registry import MODELS
from torch import Tensor, nn

__all__ = ['ThinResNet_CIFAR']


class DropoutBlock(BasicBlock):
    """A basic block with dropout of this rate between its two convolutions."""

    def __init__(self, *args: Any, dropout: float = 0.0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.dropout = nn.Dropout(dropout)
        self.conv2.register_forward_pre_hook(self._drop)

    def _drop(self, module: nn.Module, inputs: tuple[Tensor]) -> Tensor:
        return self.dropout(inputs[0])


@MODELS.register_module()
class ThinResNet_CIFAR(ResNet_CIFAR):
    """Three stages of n blocks with 16, 32 and 64 channels: 6n + 2 layers.

    With ``depth=14`` the CIFAR-10 network of Ding et al. §4.2, who put dropout
    between the convolutions of a block for the semi-supervised stage and give no
    rate. MMPretrain's ResNet_CIFAR begins at 18 layers and 64 channels.

    Args:
        depth: 14, 20, 32, 44 or 56.
        dropout: Dropout rate between the two convolutions of each block.
        **kwargs: As in MMPretrain's ResNet_CIFAR.

    >>> import torch
    >>> network = MODELS.build(dict(type='ThinResNet_CIFAR', depth=14, dropout=0.2))
    >>> network(torch.zeros(2, 3, 32, 32))[-1].shape
    torch.Size([2, 64, 8, 8])
    """

    arch_settings = {6 * n + 2: (DropoutBlock, (n, n, n)) for n in (2, 3, 5, 7, 9)}

    def __init__(self, depth: int = 14, dropout: float = 0.0, **kwargs: Any) -> None:
        self.dropout = dropout
        shape = dict(
            stem_channels=16,
            base_channels=16,
            num_stages=3,
            strides=(1, 2, 2),
            dilations=(1, 1, 1),
            out_indices=(2,),
            zero_init_residual=False,
        )
        super().__init__(depth, **{**shape, **kwargs})

    def make_res_layer(self, **kwargs: Any) -> ResLayer:
        """A stage whose blocks have the dropout."""
        return ResLayer(dropout=self.dropout, **kwargs)
