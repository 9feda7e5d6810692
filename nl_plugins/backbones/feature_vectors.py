"""The backbone of a classifier of features that are there already."""

import torch
from mmpretrain.models.backbones.base_backbone import BaseBackbone
from mmpretrain.registry import MODELS
from torch import Tensor, nn

from ..formats.feature_file import FeatureFile

__all__ = ['FeatureVectors']


@MODELS.register_module()
class FeatureVectors(BaseBackbone):
    """Passes feature vectors on, standardised where asked for.

    ReLU networks make features >= 0 of very different sizes: their cosines are near 1
    and a few features decide. Standardised, each has mean 0 and deviation 1 over the
    samples of a file. Mean and deviation are buffers and travel in the checkpoint; the
    file is read when a training begins (``init_weights``) and never again.

    Args:
        in_channels: The number of features d.
        standardize: The feature file of the training set, whose statistics are taken
            (of view 0), or None to pass features on as they are.
        dropout: Dropout rate of the inputs.
        init_cfg: As in MMEngine.

    Raises:
        ValueError: If the file or the inputs have another number of features.

    >>> model = MODELS.build(dict(type='FeatureVectors', in_channels=3))
    >>> model(torch.tensor([[1.0, 2.0, 3.0]]))
    (tensor([[1., 2., 3.]]),)
    """

    mean: Tensor
    scale: Tensor

    def __init__(
        self,
        in_channels: int,
        standardize: str | None = None,
        dropout: float = 0.0,
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(init_cfg)
        self.in_channels, self.standardize = in_channels, standardize
        self.dropout = nn.Dropout(dropout)
        self.register_buffer('mean', torch.zeros(in_channels))
        self.register_buffer('scale', torch.ones(in_channels))

    def init_weights(self) -> None:
        """Take the statistics of the feature file."""
        super().init_weights()
        if self.standardize is None:
            return
        file = FeatureFile(self.standardize)
        if file.dim != self.in_channels:
            wanted = f'in_channels={self.in_channels}'
            raise ValueError(f'{file.path} has {file.dim} features, but {wanted}')
        varies = file.std > 1e-6 * abs(file.mean)  # a constant feature stays constant
        self.mean.copy_(torch.from_numpy(file.mean))
        scale = torch.from_numpy(file.std).where(torch.from_numpy(varies), 1.0)
        self.scale.copy_(1 / scale)

    def forward(self, x: Tensor) -> tuple[Tensor]:
        """(B, d) features to the same, standardised."""
        if x.shape[1:] != (self.in_channels,):
            wanted = f'in_channels={self.in_channels}'
            advice = 'the data preprocessor must have neither mean nor std'
            found = f'inputs have the shape {tuple(x.shape)}'
            raise ValueError(f'{found}, but {wanted}; {advice}')
        return (self.dropout((x - self.mean) * self.scale),)
