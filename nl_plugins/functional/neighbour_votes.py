"""What the labels of the most similar other samples say."""

import math
from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from ..checks import check_count, check_labels, check_shape
from .feature_rows import FeatureRows
from .numerics import product, unit_rows

__all__ = ['neighbour_votes']

_QUERIES = 4096  # samples whose neighbours are looked for at a time


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

    Nearest are those of the highest cosine, in float32. Features are read in chunks:
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
    units = _Units(rows, standardize)
    votes = torch.zeros(len(rows), num_classes, device=rows.device)
    for queries in torch.arange(len(rows), device=rows.device).split(_QUERIES):
        found = _nearest(units, queries, neighbours)
        votes[queries] = torch.zeros_like(votes[queries]).scatter_add_(
            1, labels[found], torch.ones_like(found, dtype=votes.dtype)
        )
    return votes.div_(neighbours)


class _Units:
    """Unit feature vectors in float32, chunk by chunk."""

    def __init__(self, rows: FeatureRows, standardize: bool) -> None:
        self.rows = rows
        self.moments = [part.float() for part in rows.moments()] if standardize else []

    def __getitem__(self, part: slice) -> Tensor:
        chunk = self.rows[part].float()
        if self.moments:
            mean, scale = self.moments
            chunk = (chunk - mean).mul_(scale)
        return unit_rows(chunk, first_row=part.start)

    def __iter__(self) -> Iterator[tuple[int, Tensor]]:
        for part in self.rows.chunks(torch.float32, extra=_QUERIES):
            yield part.start, self[part]


def _nearest(units: _Units, queries: Tensor, neighbours: int) -> Tensor:
    """(q, neighbours) int64: which other samples are the most similar to each."""
    wanted = units[slice(int(queries[0]), int(queries[-1]) + 1)]
    best = wanted.new_empty(len(wanted), 0)
    places = queries.new_empty(len(wanted), 0)
    for start, chunk in units:
        cosines = product(wanted, chunk.T)
        here = torch.arange(start, start + len(chunk), device=queries.device)
        cosines.masked_fill_(queries[:, None] == here, -math.inf)
        best = torch.cat([best, cosines], dim=1)
        places = torch.cat([places, here.expand(len(wanted), -1)], dim=1)
        kept = _highest(best, min(neighbours, best.shape[1]))
        best, places = best.gather(1, kept), places.gather(1, kept)
    return places


def _highest(values: Tensor, count: int) -> Tensor:
    """(q, count) where the highest of each row are, in order of their index."""
    top = values.topk(count, dim=1)
    last = top.values[:, -1:]
    tied = (values == last).sum(dim=1) > (top.values == last).sum(dim=1)
    if bool(tied.any()):  # topk takes any of them, here the first ones count
        ranking = values[tied].sort(dim=1, descending=True, stable=True).indices
        top.indices[tied] = ranking[:, :count]
    return top.indices.sort(dim=1).values
