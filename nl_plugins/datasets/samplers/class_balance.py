"""Oversampling: small classes repeated until all are of the same size."""

import torch
from torch import Generator, Tensor

__all__ = ['balanced_order', 'balanced_size']


def balanced_order(labels: Tensor, generator: Generator) -> Tensor:
    """Positions in random order, every class as often as the largest (Ding §3.3).

    A class's samples are repeated equally often, give or take one; classes without
    samples are left out.

    Args:
        labels: (n,) integers.
        generator: Draws the order, and who is repeated once more than others.

    Returns:
        (``balanced_size(labels)``,) int64, positions in ``labels``.
    """
    order = torch.randperm(len(labels), generator=generator)
    by_class = order[torch.sort(labels[order], stable=True).indices]
    counts = torch.unique(labels, return_counts=True)[1].tolist()
    turns = torch.arange(max(counts))
    classes = [members[turns % len(members)] for members in by_class.split(counts)]
    repeated = torch.cat(classes)
    return repeated[torch.randperm(len(repeated), generator=generator)]


def balanced_size(labels: Tensor) -> int:
    """How many samples there are when every class is as large as the largest."""
    counts = torch.unique(labels, return_counts=True)[1]
    return len(counts) * int(counts.max())
