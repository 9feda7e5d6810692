"""Preprocessing of several augmented views of each image."""

from mmpretrain.models import ClsDataPreprocessor
from mmpretrain.registry import MODELS
from torch import Tensor

__all__ = ['MultiViewDataPreprocessor']


@MODELS.register_module()
class MultiViewDataPreprocessor(ClsDataPreprocessor):
    """ClsDataPreprocessor that also takes what the transform ``MultiView`` makes.

    Every view is normalised and padded like a batch of its own; the samples are
    prepared once. Single images, and all of validation, go the host's way.

    >>> import torch
    >>> views = [torch.zeros(4, 3, 8, 8), torch.ones(4, 3, 8, 8)]
    >>> data = MultiViewDataPreprocessor(mean=[1.0], std=[2.0])({'inputs': views})
    >>> [float(view.mean()) for view in data['inputs']]
    [-0.5, 0.0]
    """

    def forward(self, data: dict, training: bool = False) -> dict:
        """Data with a list of views as ``inputs`` if there are several."""
        views = data['inputs']
        if not _are_views(views):
            return super().forward(data, training)
        result = super().forward({**data, 'inputs': views[0]}, training)
        prepared = [result['inputs']]
        for view in views[1:]:
            prepared.append(super().forward({'inputs': view}, training)['inputs'])
        return {**result, 'inputs': prepared}


def _are_views(inputs: Tensor | list) -> bool:
    """Whether these are views; default_collate stacks, pseudo_collate lists images."""
    if isinstance(inputs, Tensor) or len(inputs) == 0:
        return False
    return not isinstance(inputs[0], Tensor) or inputs[0].ndim == 4
