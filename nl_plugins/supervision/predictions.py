"""A classifier's class probabilities, as plain tensors."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from mmpretrain.models.heads import ClsHead
from torch import Tensor, nn

__all__ = ['check_converging', 'evaluating', 'head_probs', 'log_of', 'stacked_probs']


@torch.no_grad()
def head_probs(head: Any, feats: Any) -> Tensor:
    """(B, K) float32 probabilities that a head predicts from its input.

    Heads that predict like ``ClsHead`` are spared the DataSample of every image.
    """
    if isinstance(head, ClsHead) and type(head).predict is ClsHead.predict:
        return head(feats).float().softmax(dim=1)
    return stacked_probs(head.predict(feats))


def stacked_probs(samples: list) -> Tensor:
    """(B, K) float32 from the ``pred_score`` of data samples."""
    return torch.stack([sample.pred_score for sample in samples]).float()


def log_of(probs: Tensor) -> Tensor:
    """Finite logarithms, also of zero."""
    return probs.clamp_min(torch.finfo(probs.dtype).tiny).log()


def check_converging(name: str, rows: Tensor, values: Tensor) -> None:
    """Make sure that the values (B,) or (B, K) of the samples ``rows`` are finite.

    Raises:
        RuntimeError: Naming the first sample with a NaN or an infinity.
    """
    finite = torch.isfinite(values)
    if not finite.all():
        bad = int(rows[int((~finite).nonzero()[0, 0])])
        raise RuntimeError(
            f'the {name} sample {bad} is not finite: the network has diverged; lower '
            'the learning rate, clip the gradient or train without mixed precision'
        )


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
