"""The loss of each image of a batch."""

from typing import Any

import torch
from torch import Tensor

from .term_batch import TermBatch

__all__ = ['each_loss']


def each_loss(
    batch: TermBatch, targets: Tensor, logits: Tensor | None = None
) -> Tensor:
    """(B,) the loss of each image, for its target scaled to the mass 1.

    Args:
        batch: Whose head has the loss.
        targets: (B, K) weights of the classes; where all are zero, the loss is 0.
        logits: (B, K), by default those of the batch, without gradient.
    """
    mass = targets.sum(dim=1, keepdim=True)
    targets = targets / mass.clamp_min(torch.finfo(targets.dtype).tiny)
    loss: Any = batch.model.head.loss_module
    logits = batch.logits.detach() if logits is None else logits
    losses = loss(logits, targets, reduction_override='none').float()
    return losses.flatten(1).sum(dim=1) if losses.ndim > 1 else losses
