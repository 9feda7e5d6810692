"""Verification labels by a network that knows the classes."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import nn

from ..supervision.walk import Walk

__all__ = ['verified_by_network']


def verified_by_network(
    model: nn.Module, walk: Walk, rows: Sequence[int], labels: np.ndarray, top: int = 5
) -> np.ndarray:
    """Whether labels are among the network's likeliest classes.

    Lee et al. (2018) §4.1: so they verified WebVision, with a network that was trained
    on ImageNet. In one process. Several classes that are as likely as the label all
    count as more likely.

    Args:
        model: A classifier whose classes are numbered as the labels are.
        walk: Over the dataset.
        rows: (n,) indices of samples.
        labels: (n,) int64 their given labels.
        top: How many classes are the likeliest ones, at least 1.

    Returns:
        (n,) int64: 1 if the label is among them, 0 if not, -1 where the image does not
        load.

    Raises:
        ValueError: If a label is none of the network's classes.

    >>> from nl_plugins.supervision.walk import WalkBatch
    >>> class StoredWalk:
    ...     dataset = ['an image', 'another']
    ...
    ...     def __call__(self, model, rows):
    ...         probs = torch.tensor([[0.7, 0.3], [0.6, 0.4]])
    ...         yield WalkBatch(torch.tensor(rows), torch.zeros(2, 8), probs)
    >>> labels = np.array([0, 1])
    >>> verified_by_network(nn.Identity(), StoredWalk(), [0, 1], labels, top=1)
    array([1, 0])
    """
    given = np.full(len(walk.dataset), -1)
    given[np.asarray(rows)] = labels
    found = np.full(len(given), -1)
    for batch in walk(model, rows):
        own = torch.from_numpy(given[batch.rows.numpy()]).to(batch.probs.device)
        if len(own) and int(own.max()) >= batch.probs.size(1):
            raise ValueError(
                f'the network has {batch.probs.size(1)} classes, but there is a label '
                f'{int(own.max())}'
            )
        above = (batch.probs >= batch.probs.gather(1, own[:, None])).sum(dim=1)
        found[batch.rows.numpy()] = (above <= top).long().cpu().numpy()
    return found[np.asarray(rows)]
