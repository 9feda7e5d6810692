"""Which samples may stand for their class, where some labels were verified."""

import torch
from torch import Tensor

__all__ = ['trusted_samples']


def trusted_samples(
    candidates: Tensor,
    given: Tensor,
    verification: Tensor,
    enough: int,
    num_classes: int,
) -> Tensor:
    """(N,) bool: candidates verified to be right, in classes that have enough of them.

    In the other classes all candidates stay that are not known to be wrong.

    Args:
        candidates: (N,) bool.
        given: (N,) int, the given labels.
        verification: (N,) int, 1 right, 0 wrong, -1 unknown.
        enough: Number of verified samples with which a class needs no others.
        num_classes: K.
    """
    right = verification == 1
    counts = torch.bincount(given[right & candidates].long(), minlength=num_classes)
    suffices = counts >= enough
    return candidates & (right | (~suffices[given.long()] & (verification != 0)))
