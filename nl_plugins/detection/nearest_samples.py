"""The samples that are most alike, by their features."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ..functional.one_picture import linked

__all__ = ['near_duplicates', 'nearest_samples']

SAME_PICTURE = 0.95  # cosine of centred features, above it: one picture, encoded twice
_CHUNK = 1024
_EXAMPLES = 10_000


@torch.no_grad()
def nearest_samples(
    features: Any,
    count: int,
    among: Any = None,
    centre: Any = None,
    pictures: Any = None,
) -> tuple[np.ndarray, np.ndarray]:
    """The most similar of some samples, by the cosine of centred features.

    Args:
        features: (N, d), an array or a tensor.
        count: k.
        among: (N,) bool, the samples to choose from, all by default; of more than
            10,000 as many are drawn, with a fixed seed.
        centre: (d,) what is subtracted, the mean by default.
        pictures: (N,) integers, the same for samples that are no neighbours of each
            other; by default each is its own.

    Returns:
        (N, k) int64, nearest first, a sample never its own; -1 where there are no more.
        (N, k) float32 cosines, -2 where there are no more.

    >>> features = np.array([[0.0, 1], [0, 2], [3, 0], [4, 0.1]])
    >>> nearest_samples(features, 1)[0].tolist()
    [[1], [0], [3], [2]]
    """
    size = len(features)
    chosen = np.arange(size) if among is None else np.flatnonzero(np.asarray(among))
    if among is not None and len(chosen) > _EXAMPLES:
        drawn = np.random.default_rng(0).permutation(len(chosen))[:_EXAMPLES]
        chosen = chosen[np.sort(drawn)]
    if centre is None:
        centre = np.mean(features, axis=0, dtype=np.float64)
    centre = torch.as_tensor(np.asarray(centre), dtype=torch.float32)
    examples = torch.cat(
        [torch.empty(0, len(centre))]
        + [_units(features, part, centre) for part in _parts(chosen)]
    )
    every = np.arange(size)
    own = torch.as_tensor(every if pictures is None else np.asarray(pictures))
    numbers = np.full((size, count), -1)
    cosines = np.full((size, count), -2.0, dtype=np.float32)
    indices = torch.as_tensor(chosen)
    for part in _parts(every):
        similar = _units(features, part, centre) @ examples.T
        similar[own[part][:, None] == own[indices]] = -2.0
        found = similar.topk(min(count, len(chosen)), dim=1)
        there = found.values > -1.5
        width = found.values.shape[1]
        numbers[part, :width] = torch.where(there, indices[found.indices], -1)
        cosines[part, :width] = found.values
    return numbers, cosines


def near_duplicates(
    features: Any, centre: Any = None, copies: Iterable[Any] = ()
) -> list[tuple[int, int]]:
    """Pairs (i, j), i < j, of samples that look like one picture, encoded twice.

    Each sample is compared with the most similar one that is no copy of it: two files
    of one encoding and two of another are one picture.

    Args:
        features: (N, d), an array or a tensor.
        centre: See :func:`nearest_samples`.
        copies: Groups of samples of the same content, which are no pairs.

    >>> features = np.array([[0.0, 1], [0.1, 1], [3, 0], [4, 5]])
    >>> near_duplicates(features), near_duplicates(features, copies=[(0, 1)])
    ([(0, 1)], [])
    """
    known = linked(len(features), copies)
    nearest, cosines = nearest_samples(features, 1, centre=centre, pictures=known)
    alike = np.flatnonzero(cosines[:, 0] > SAME_PICTURE)
    pairs = {tuple(sorted((int(i), int(nearest[i, 0])))) for i in alike}
    return sorted((pair[0], pair[1]) for pair in pairs)


def _parts(rows: np.ndarray) -> list[np.ndarray]:
    return [rows[i : i + _CHUNK] for i in range(0, len(rows), _CHUNK)]


def _units(features: Any, rows: np.ndarray, centre: Tensor) -> Tensor:
    values = torch.as_tensor(np.asarray(features[rows], dtype=np.float32)) - centre
    return torch.nn.functional.normalize(values, dim=1)
