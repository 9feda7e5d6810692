"""What the labels of the most similar other samples say."""

import numpy as np
import torch
from torch import Tensor

from ..checks import check_count, check_labels, check_shape
from .feature_rows import FeatureRows
from .nearest_others import Units, nearest_others

__all__ = ['neighbour_votes']


@torch.no_grad()
def neighbour_votes(
    features: Tensor | np.ndarray,
    labels: Tensor,
    num_classes: int,
    neighbours: int = 50,
    *,
    standardize: bool = False,
) -> Tensor:
    """Share of each class among a sample's nearest other samples: (N, K) float32.

    What the edited nearest neighbour rule counts (Wilson 1972), which drops a sample
    where most of these disagree with its label. Nearest are those of the highest
    cosine, in float32. Features are read in chunks:
    the time grows with N^2 * d, the memory with N * K alone.

    Args:
        features: (N, d) feature vectors, none of them zero; a tensor, or a NumPy array
            such as a memory-mapped file. Votes are on the device of the features.
        labels: (N,) integers in [0, K).
        num_classes: K.
        neighbours: How many vote, from 1 to N - 1.
        standardize: Take the cosines of features less their mean, divided by their
            standard deviation; constant dimensions are left out.

    >>> features = torch.tensor([[1.0, 0.0], [1.0, 0.1], [0.0, 1.0], [0.1, 1.0]])
    >>> neighbour_votes(features, torch.tensor([0, 1, 2, 2]), 3, neighbours=1)
    tensor([[0., 1., 0.],
            [1., 0., 0.],
            [0., 0., 1.],
            [0., 0., 1.]])
    """
    rows = FeatureRows(features)
    num_classes = check_count(num_classes, 'num_classes')
    labels = check_labels(labels, num_classes).to(rows.device)
    check_shape(labels, 'labels', len(rows))
    if check_count(neighbours, 'neighbours') >= len(rows):
        raise ValueError(
            f'neighbours = {neighbours}, but N = {len(rows)}: at most N - 1'
        )
    units = Units(rows, standardize)
    votes = torch.zeros(len(rows), num_classes, device=rows.device)
    for queries, found, _ in nearest_others(units, neighbours):
        votes[queries] = torch.zeros_like(votes[queries]).scatter_add_(
            1, labels[found], torch.ones_like(found, dtype=votes.dtype)
        )
    return votes.div_(neighbours)
