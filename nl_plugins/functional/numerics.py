"""Arithmetic that the functions of this room share: precision, norms, ceilings."""

import math
from collections.abc import Iterator, Sequence
from fractions import Fraction

import numpy as np
import torch
from torch import Tensor

from ..checks import check_finite, first_index

__all__ = [
    'compute_dtype', 'exact_ceil', 'order_statistics', 'product', 'ranks_within',
    'row_chunks', 'rows_and_norms', 'smallest_norm', 'unit_rows',
]  # fmt: skip

_CHUNK_BYTES = {'cpu': 32 << 20}  # stays in the cache between norms and product
_DEVICE_CHUNK_BYTES = 256 << 20  # is worth a launch


def compute_dtype(values: Tensor) -> torch.dtype:
    """float32 for half, bfloat16 and float32 input, float64 for all other."""
    single = (torch.float16, torch.bfloat16, torch.float32)
    return torch.float32 if values.dtype in single else torch.float64


def exact_ceil(fraction: float, total: int) -> int:
    """ceil(fraction * total) of the decimal written; in floats 0.07 * 100 exceeds 7."""
    return math.ceil(Fraction(repr(fraction)) * total)


def order_statistics(values: Tensor, ranks: Sequence[int]) -> Tensor:
    """(len(ranks),) the smallest entries of these ranks, counted from 1."""
    # torch.kthvalue is slower on a CPU, and not deterministic on a GPU.
    entries, places = values.flatten(), [rank - 1 for rank in ranks]
    if entries.device.type == 'cpu':
        return torch.from_numpy(np.partition(entries.numpy(), places)[places])
    return entries.sort().values[places]


def ranks_within(
    groups: Tensor, scores: Tensor, eligible: Tensor | None = None
) -> Tensor:
    """(N,) int64 place in the group, 0 for the highest score, N if not ``eligible``."""
    ranking = scores.sort(descending=True, stable=True).indices
    if eligible is not None:
        ranking = ranking[eligible[ranking]]
    ranking = ranking[groups[ranking].sort(stable=True).indices]  # group by group
    sizes = groups[ranking].bincount()
    before = (sizes.cumsum(0) - sizes)[groups[ranking]]
    ranks = torch.full_like(groups, len(groups))
    ranks[ranking] = torch.arange(len(ranking), device=groups.device) - before
    return ranks


def product(left: Tensor, right: Tensor) -> Tensor:
    """Matrix product in the dtype of its operands, under autocast as well."""
    with torch.autocast(left.device.type, enabled=False):
        return left @ right


def rows_and_norms(
    features: Tensor, name: str = 'features', first_row: int = 0
) -> tuple[Tensor, Tensor]:
    """Rows (n, d) in :func:`compute_dtype` and norms (n,), safe to divide by.

    A finite norm proves its row finite, so the usual case is a single pass. Rows whose
    squares overflow or underflow are first divided by their largest entry. Raises at
    NaN, infinity, or a row of norm zero; ``first_row`` is where a chunk began.
    """
    rows = features.to(compute_dtype(features))
    norms = torch.linalg.vector_norm(rows, dim=1)
    safe = (norms > smallest_norm(features)) & (norms < math.inf)
    if bool(safe.all()):
        return rows, norms
    check_finite(rows, name, first_row)
    largest = torch.linalg.vector_norm(rows, ord=math.inf, dim=1)
    if index := first_index(largest == 0):
        raise ValueError(f'{name} has zero norm in row {index[0] + first_row}')
    rows = rows / torch.where(safe, torch.ones_like(largest), largest)[:, None]
    return rows, torch.linalg.vector_norm(rows, dim=1)


def smallest_norm(features: Tensor) -> float:
    """Above this norm, what underflows in a sum of squares does not count."""
    info = torch.finfo(compute_dtype(features))
    return math.sqrt(info.tiny / info.eps * features.shape[1])


def unit_rows(features: Tensor, name: str = 'features', first_row: int = 0) -> Tensor:
    """(n, d) rows divided by their L2 norms; raises as ``rows_and_norms``."""
    rows, norms = rows_and_norms(features, name, first_row)
    return rows / norms[:, None]


def row_chunks(features: Tensor) -> Iterator[slice]:
    """Slices of rows that are worked on at a time, to bound the extra memory."""
    limit = _CHUNK_BYTES.get(features.device.type, _DEVICE_CHUNK_BYTES)
    step = max(1, limit // (features.shape[1] * compute_dtype(features).itemsize))
    for start in range(0, len(features), step):
        yield slice(start, start + step)
