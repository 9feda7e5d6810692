"""A network of one layer whose filters are patches of the images themselves."""

import torch
from mmpretrain.models.backbones.base_backbone import BaseBackbone
from mmpretrain.registry import MODELS
from torch import Tensor
from torch.nn import functional

__all__ = ['PatchFeatures']

_CONTRAST = 10 / 128**2  # added to the variance of a patch, of pixels in [-1, 1]
_WHITENING = 0.1  # added to the variances along the principal components
_PATCHES = 20_000  # that the whitening is estimated from


@MODELS.register_module()
class PatchFeatures(BaseBackbone):
    """Features that no label has shaped, where no trained network is at hand.

    The filters are patches of images, drawn at random, normalised and whitened. Each
    patch of an input is normalised (mean 0, contrast 1) and whitened as well; what it
    has in common with a filter beyond a threshold is averaged in each field of a grid.
    That is the single layer of Coates, Ng & Lee 2011 (§3) with the soft threshold of
    Coates & Ng 2011 (Eq. 5), one sign of it, and random patches as dictionary, which
    they find to be nearly as good as learnt ones. :meth:`fit` draws the filters; before
    that, and until weights are loaded, they are random.

    Args:
        in_channels: C.
        num_filters: F; there are F * grid^2 features.
        size: Of a patch, in pixels.
        threshold: On filters of length 1.
        grid: Fields along a side.
        init_cfg: As in MMEngine.

    >>> network = MODELS.build(dict(type='PatchFeatures', num_filters=8))
    >>> network.fit(torch.randn(4, 3, 32, 32).clamp(-1, 1))
    >>> network(torch.zeros(5, 3, 32, 32))[0].shape
    torch.Size([5, 32])
    """

    filters: Tensor
    bias: Tensor

    def __init__(
        self,
        in_channels: int = 3,
        num_filters: int = 256,
        size: int = 6,
        threshold: float = 1.0,
        grid: int = 2,
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(init_cfg)
        self.num_filters, self.size = num_filters, size
        self.threshold, self.grid = threshold, grid
        generator = torch.Generator().manual_seed(0)
        shape = num_filters, in_channels, size, size
        self.register_buffer('filters', torch.randn(*shape, generator=generator))
        self.register_buffer('bias', torch.zeros(num_filters))

    @torch.no_grad()
    def fit(self, images: Tensor, seed: int = 0) -> None:
        """Draw the filters from images (N, C, H, W), which are normalised as inputs.

        Raises:
            ValueError: If the images are smaller than a patch.
        """
        if min(images.shape[2:]) < self.size:
            shape = tuple(images.shape)
            raise ValueError(f'images {shape} are smaller than patches of {self.size}')
        generator = torch.Generator().manual_seed(seed)
        each = -(-max(_PATCHES, self.num_filters) // len(images))
        unfolded = (functional.unfold(image[None], self.size)[0].T for image in images)
        drawn = [
            rows[torch.randint(len(rows), (each,), generator=generator)]
            for rows in unfolded
        ]
        patches = torch.cat(drawn).double().cpu()
        patches = patches - patches.mean(dim=1, keepdim=True)
        contrast = patches.square().mean(dim=1, keepdim=True) + _CONTRAST
        patches = patches / contrast.sqrt()
        mean = patches.mean(dim=0)
        variances, directions = torch.linalg.eigh((patches - mean).T.cov(correction=0))
        scales = (variances.clamp_min(0) + _WHITENING).rsqrt()
        whitening = directions * scales @ directions.T
        order = torch.randperm(len(patches), generator=generator)[: self.num_filters]
        chosen = (patches[order] - mean) @ whitening
        chosen = chosen / chosen.norm(dim=1, keepdim=True).clamp_min(1e-12)
        kernels = whitening @ chosen.T
        self.filters.copy_(kernels.T.reshape(self.filters.shape))
        self.bias.copy_(mean @ kernels)

    def forward(self, x: Tensor) -> tuple[Tensor]:
        """(B, C, H, W) images to (B, F * grid^2)."""
        mean = functional.avg_pool2d(x.mean(dim=1, keepdim=True), self.size, 1)
        square = functional.avg_pool2d(
            x.square().mean(dim=1, keepdim=True), self.size, 1
        )
        contrast = (square - mean.square()).clamp_min(0) + _CONTRAST
        sums = self.filters.sum(dim=(1, 2, 3)).view(1, -1, 1, 1)
        alike = functional.conv2d(x, self.filters) - mean * sums
        alike = alike / contrast.sqrt() - self.bias.view(1, -1, 1, 1)
        alike = functional.relu(alike - self.threshold)
        return (functional.adaptive_avg_pool2d(alike, self.grid).flatten(1),)
