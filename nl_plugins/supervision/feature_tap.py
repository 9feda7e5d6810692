"""The deep features and predictions of a classifier, from any forward pass."""

from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F
from mmpretrain.models.heads import ClsHead, LinearClsHead
from torch import Tensor, nn

from .predictions import evaluating, head_probs

__all__ = ['FeatureTap', 'feature_vectors']


class FeatureTap:
    """Catches what a classifier hands to its last layer in each forward pass.

    Works with any MMPretrain classifier. When the head has run, it is asked once more,
    in eval mode and without targets, for its ``pre_logits`` and its predictions: the
    features are those of the pass (but for heads with hidden layers), the predictions
    lack what training adds (ArcFace's margin at the given label, dropout). Where the
    head has no layer of its own (LeNet-5, AlexNet and VGG end in a classifier inside
    the backbone; timm models have no head), the features are the input of the
    model's last linear layer. The pass itself is not changed. Use as a context
    manager around forward passes.

    Args:
        model: The classifier, without a wrapper such as DDP.
        layer: Name of a submodule, as in ``model.named_modules()``, whose *input* are
            the features; None chooses as described.

    Raises:
        ValueError: If the layer does not exist or no linear layer is found.

    >>> model = nn.Sequential(nn.Flatten(), nn.Linear(4, 2))
    >>> with FeatureTap(model) as tap:
    ...     logits = model(torch.ones(1, 2, 2))
    >>> tap.take()
    (tensor([[1., 1., 1., 1.]]), None)
    """

    def __init__(self, model: nn.Module, layer: str | None = None) -> None:
        self.head = getattr(model, 'head', None)
        self.layer = _tapped_layer(model, layer)
        self._handles: list = []
        self._features: Tensor | None = None
        self._probs: Tensor | None = None
        self._busy = False

    def __enter__(self) -> 'FeatureTap':
        if self.head is not None:
            self._handles.append(self.head.register_forward_hook(self._after_head))
        if self.layer is not None:
            self._handles.append(self.layer.register_forward_pre_hook(self._at_layer))
        return self

    def __exit__(self, *exception) -> None:
        while self._handles:
            self._handles.pop().remove()

    def take(self) -> tuple[Tensor, Tensor | None]:
        """Features (B, d) of the last pass, and predictions (B, K) if it has a head."""
        if self._features is None:
            raise RuntimeError('no forward pass went through the tapped layer')
        caught = self._features, self._probs
        self._features = self._probs = None
        return caught

    def _at_layer(self, module: nn.Module, args: tuple) -> None:
        if not self._busy:
            self._features = feature_vectors(args[0])

    def _after_head(self, head: Any, args: tuple, output: Any) -> None:
        if self._busy:
            return
        self._busy = True
        try:
            self._probs = None
            if type(head) in (ClsHead, LinearClsHead):  # in training as in prediction
                self._probs = output.detach().float().softmax(dim=1)
                if self.layer is not None:
                    return
            with torch.no_grad(), evaluating(head):
                if self.layer is None:
                    self._features = feature_vectors(head.pre_logits(args[0]))
                if self._probs is None:
                    self._probs = head_probs(head, args[0])
        finally:
            self._busy = False


def _tapped_layer(model: nn.Module, name: str | None) -> nn.Module | None:
    """The layer whose input are the features; None stands for the head's pre_logits."""
    if name is not None:
        modules = dict(model.named_modules())
        if name not in modules:
            raise ValueError(f'feature_layer={name!r} is no module of the model')
        return modules[name]
    head: Any = getattr(model, 'head', None)
    if hasattr(head, 'pre_logits') and any(True for _ in head.parameters()):
        return None
    linear = [module for module in model.modules() if isinstance(module, nn.Linear)]
    if not linear:
        raise ValueError(
            f'no classification layer found in {type(model).__name__}: name the '
            'module whose input are the features with `feature_layer`'
        )
    return linear[-1]


@torch.no_grad()
def feature_vectors(output: Tensor | Sequence[Tensor]) -> Tensor:
    """(B, d) float32, without gradient, from what a network hands to its last layer.

    Maps (B, C, H, W) are averaged over the positions, tokens (B, L, C) over the
    tokens. Several outputs (DeiT's two tokens, Conformer's two branches) become one
    vector of unit parts, so that its cosine is the mean of theirs.
    """
    if isinstance(output, Tensor):
        output = output.detach().float()
        if output.ndim == 3:
            return output.mean(dim=1)
        return output.flatten(2).mean(dim=2) if output.ndim > 3 else output
    return torch.cat([F.normalize(feature_vectors(part)) for part in output], dim=1)
