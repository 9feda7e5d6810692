"""A classifier's class probabilities, as plain tensors."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from mmpretrain.models.heads import ClsHead
from torch import Tensor, nn

__all__ = ['evaluating', 'head_probs', 'stacked_probs']


@torch.no_grad()
def head_probs(head: Any, feats: Any) -> Tensor:
    """(B, K) float32 probabilities that a head predicts from its input.

    Heads that predict like ``ClsHead`` skip the DataSample that their ``predict``
    makes for every image.
    """
    if isinstance(head, ClsHead) and type(head).predict is ClsHead.predict:
        return head(feats).float().softmax(dim=1)
    return stacked_probs(head.predict(feats))


def stacked_probs(samples: list) -> Tensor:
    """(B, K) float32 from the ``pred_score`` of data samples."""
    return torch.stack([sample.pred_score for sample in samples]).float()


@contextmanager
def evaluating(module: nn.Module) -> Iterator[None]:
    """Eval mode for a while; afterwards every submodule is in the mode it was in."""
    modes = [(part, part.training) for part in module.modules()]
    module.eval()
    try:
        yield
    finally:
        for part, mode in modes:
            part.training = mode
