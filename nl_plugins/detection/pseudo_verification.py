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
    """1 where the label is among the network's ``top`` likeliest classes, else 0: (n,).

    Lee et al. (2018) §4.1: so they verified WebVision, with a network that was trained
    on ImageNet. int64; -1 where the image does not load. In one process. Several
    classes that are as likely as the label all count as more likely.

    Args:
        model: A classifier whose classes are numbered as the labels are.
        walk: Over the dataset.
        rows: (n,) samples.
        labels: (n,) their given labels.
        top: At least 1.

    Raises:
        ValueError: If a label is none of the network's classes.
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
