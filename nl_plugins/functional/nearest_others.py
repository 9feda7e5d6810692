"""The nearest other samples of each sample, chunk by chunk."""

import math
from collections.abc import Iterator

import torch
from torch import Tensor

from .feature_rows import FeatureRows
from .numerics import product, unit_rows

__all__ = ['Units', 'nearest_others']

_QUERIES = 4096  # samples whose neighbours are looked for at a time


class Units:
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


def nearest_others(
    units: Units, neighbours: int
) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    """Samples (q,), the most similar others (q, neighbours), and their cosines."""
    samples = torch.arange(len(units.rows), device=units.rows.device)
    for queries in samples.split(_QUERIES):
        yield queries, *_nearest(units, queries, neighbours)


def _nearest(units: Units, queries: Tensor, neighbours: int) -> tuple[Tensor, Tensor]:
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
    return places, best


def _highest(values: Tensor, count: int) -> Tensor:
    """(q, count) where the highest of each row are, in order of their index."""
    top = values.topk(count, dim=1)
    last = top.values[:, -1:]
    tied = (values == last).sum(dim=1) > (top.values == last).sum(dim=1)
    if bool(tied.any()):  # topk takes any of them, here the first ones count
        ranking = values[tied].sort(dim=1, descending=True, stable=True).indices
        top.indices[tied] = ranking[:, :count]
    return top.indices.sort(dim=1).values
