"""The deep features and predictions of a classifier, caught while it runs."""

from collections.abc import Callable, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .predictions import evaluating, head_probs

__all__ = ['FeatureTap', 'feature_vectors']


class FeatureTap:
    """Catches the input of a classifier's last layer in each forward pass.

    Works with any MMPretrain classifier: the output of the head's ``pre_logits``,
    or, where the head has no layer of its own (LeNet-5, AlexNet and VGG end in a
    classifier inside the backbone; timm models have no head), the input of the
    model's last linear layer. Nothing of the pass is computed twice and the model's
    code is not touched. Use as a context manager around forward passes.

    Args:
        model: The classifier, without a wrapper such as DDP.
        layer: Name of a submodule whose *input* are the features, in the notation
            of ``model.named_modules()``; None chooses as described.

    Raises:
        ValueError: If the layer does not exist or no linear layer is found.
    """

    def __init__(self, model: nn.Module, layer: str | None = None) -> None:
        self.head = getattr(model, 'head', None)
        self._layer = _tapped_layer(model, layer)
        self._undo: list[Callable[[], None]] = []
        self._caught: Tensor | Sequence[Tensor] | None = None
        self._head_input = None

    def __enter__(self) -> 'FeatureTap':
        if self.head is not None:
            hook = self.head.register_forward_pre_hook(self._catch_head_input)
            self._undo.append(hook.remove)
        if self._layer is not None:
            hook = self._layer.register_forward_pre_hook(self._catch_input)
            self._undo.append(hook.remove)
            return self
        head, original = self.head, self.head.pre_logits

        def pre_logits(feats):
            self._caught = original(feats)
            return self._caught

        head.pre_logits = pre_logits
        self._undo.append(lambda: delattr(head, 'pre_logits'))
        return self

    def __exit__(self, *exception) -> None:
        while self._undo:
            self._undo.pop()()

    def take(self) -> Tensor:
        """(B, d) features of the last forward pass, without gradient."""
        if self._caught is None:
            raise RuntimeError('no forward pass went through the tapped layer')
        caught, self._caught = self._caught, None
        return feature_vectors(caught)

    def take_probs(self) -> Tensor:
        """(B, K) predictions of the last forward pass, without gradient.

        The head runs again on what it was given, in eval mode and without targets,
        because heads such as ArcFace change the scores of a training pass.
        """
        if self._head_input is None:
            raise RuntimeError('no forward pass went through the head')
        feats, self._head_input = self._head_input, None
        with evaluating(self.head):
            return head_probs(self.head, feats)

    def _catch_input(self, module: nn.Module, args: tuple) -> None:
        self._caught = args[0]

    def _catch_head_input(self, module: nn.Module, args: tuple) -> None:
        self._head_input = args[0]


def _tapped_layer(model: nn.Module, name: str | None) -> nn.Module | None:
    """The layer whose input are the features; None stands for the head's pre_logits."""
    if name is not None:
        modules = dict(model.named_modules())
        if name not in modules:
            raise ValueError(f'feature_layer={name!r} is no module of the model')
        return modules[name]
    head = getattr(model, 'head', None)
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
    """One float32 vector (B, d) a sample from what a network hands to its last layer.

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
