"""What a network that is not trained makes of the images, computed once."""

from collections.abc import Callable, Iterator
from typing import Any

import torch
from mmengine.utils import apply_to
from torch import Tensor

from .feature_tap import FeatureTap
from .network_fingerprint import body_fingerprint

__all__ = ['FrozenPasses', 'trains_head_only']

Passes = Iterator[tuple[Tensor, Any]]


class FrozenPasses:
    """Keeps what the head is given of each batch, while nothing before it changes.

    If no parameter outside the head is trained, the outputs of a pass are kept together
    with a fingerprint of the network, and given again as long as it is the same: also
    the running statistics of batch normalisation and loaded weights count.

    Args:
        limit: Bytes kept, if all fit.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._made_by = ''
        self._kept: list[tuple[Tensor, Any]] = []

    def made_by(self, model: Any, tap: FeatureTap) -> str:
        """A fingerprint of what comes before the head; empty if it is trained."""
        head = tap.head
        if not self.limit or head is None:
            return ''
        if tap.layer is not None and tap.layer not in set(head.modules()):
            return ''
        return body_fingerprint(model) if trains_head_only(model) else ''

    def __call__(self, made_by: str, passes: Callable[[], Passes]) -> Passes:
        """The samples (B,) of each batch and what the head is given of them.

        Args:
            made_by: See :meth:`made_by`.
            passes: Makes them; it is asked only if they are not kept.
        """
        if made_by and made_by == self._made_by:
            for rows, output in self._kept:
                yield rows, apply_to(output, torch.is_tensor, self._on_device)
            return
        self._made_by, self._kept = '', []
        kept, size = [], 0
        for rows, output in passes():
            yield rows, output
            if made_by and size <= self.limit:
                tensors: list[Tensor] = []
                apply_to(output, torch.is_tensor, tensors.append)
                size += sum(tensor.nbytes for tensor in tensors)
                kept.append((rows, apply_to(output, torch.is_tensor, Tensor.cpu)))
                self._device = tensors[0].device
        if made_by and size <= self.limit:
            self._made_by, self._kept = made_by, kept

    def _on_device(self, tensor: Tensor) -> Tensor:
        return tensor.to(self._device)


def trains_head_only(model: Any) -> bool:
    """Whether no parameter before the head is trained (``FeatureVectors``, freezing).

    >>> model = torch.nn.Sequential()
    >>> model.head = torch.nn.Linear(2, 2)
    >>> trains_head_only(model)
    True
    """
    head = getattr(model, 'head', None)
    own = set() if head is None else {*map(id, head.parameters())}
    others = (each for each in model.parameters() if id(each) not in own)
    return head is not None and not any(each.requires_grad for each in others)
