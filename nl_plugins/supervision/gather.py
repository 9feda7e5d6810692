"""Rows of a training set from several ranks or passes, brought together."""

from collections.abc import Sequence

import torch
from mmengine.dist import all_reduce, get_rank, get_world_size
from torch import Tensor

from .feature_bank import FeatureBank

__all__ = [
    'Columns',
    'gather_norms',
    'gather_rows',
    'gather_units',
    'merge_columns',
    'merge_passes',
    'merge_rows',
    'on_some_rank',
]


class Columns(dict[str, Tensor]):
    """Values (N,) or (N, k) of all samples by name, the same on every rank.

    Attributes:
        known: (N,) bool, the samples that some rank has; the others are 0.
    """

    def __init__(self, known: Tensor, columns: dict[str, Tensor]) -> None:
        super().__init__(columns)
        self.known = known


def merge_columns(size: int, rows: Tensor, columns: dict[str, Tensor]) -> Columns:
    """Bring every rank's values together.

    Args:
        size: N.
        rows: (n,) int64, the samples of this rank.
        columns: Their values (n,) or (n, k) by name, the same names on every rank.
    """
    have = torch.zeros(size, dtype=torch.bool)
    have[rows] = True
    known, merged = on_some_rank(have), {}
    for name, values in columns.items():
        mine = values.new_zeros(size, *values.shape[1:])
        mine[rows] = values
        merged[name] = gather_rows(have, mine)[0]
    return Columns(known, merged)


def gather_rows(have: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
    """Every rank's values of the same rows, so that all ranks hold all.

    Args:
        have: (m,) bool, which of the rows this rank holds.
        values: (m, ...) values of the rows, anything where ``have`` is False.

    Returns:
        (m, ...) values, zero for rows that no rank holds, and (m,) bool, which rows
        some rank holds. A row that several ranks hold takes the lowest rank's value.
    """
    have = have.clone()
    mask = have.view(-1, *[1] * (values.ndim - 1))
    values = values.masked_fill(~mask, 0)
    if get_world_size() == 1:
        return values, have
    owner = torch.where(have, get_rank(), get_world_size()).to(torch.int32)
    all_reduce(owner, 'min')
    values[owner != get_rank()] = 0
    all_reduce(values, 'sum')
    return values, owner < get_world_size()


def merge_rows(column: Tensor, rows: Tensor, values: Tensor) -> None:
    """Write every rank's values (n,) of its rows (n,) into all ranks' column (N,).

    Rows that no rank holds are left as they are.
    """
    have = torch.zeros(len(column), dtype=torch.bool)
    have[rows] = True
    mine = torch.zeros(len(column), dtype=values.dtype)
    mine[rows] = values
    merged, seen = gather_rows(have, mine)
    column[seen] = merged[seen].to(column.dtype)


def merge_passes(passes: Sequence[tuple[Tensor, ...]]) -> tuple[Tensor, ...]:
    """One batch of several, in which each sample occurs once: as it came last.

    Args:
        passes: Tuples of rows (B,) int64 on the CPU and values (B, ...).

    Returns:
        The rows, ascending, and their values.
    """
    rows, *values = (torch.cat(parts) for parts in zip(*passes, strict=True))
    rows, places = torch.unique(rows, return_inverse=True)
    last = torch.zeros_like(rows)
    last = last.scatter_reduce(0, places, torch.arange(len(places)), 'amax')
    return rows, *(value[last.to(value.device)] for value in values)


def on_some_rank(mask: Tensor) -> Tensor:
    """(N,) bool, where the mask of any rank is set."""
    return gather_rows(mask, mask.float())[1]


def gather_units(bank: FeatureBank, rows: Tensor) -> Tensor:
    """(m, d) float16 unit features of the samples ``rows``, brought from all ranks."""
    return _brought(bank.units, bank.slots(rows))


def gather_norms(bank: FeatureBank, rows: Tensor) -> Tensor:
    """(m,) float32, the norms that the features had, brought from all ranks."""
    return _brought(bank.norms, bank.slots(rows))


def _brought(values: Tensor, slots: Tensor) -> Tensor:
    """The values (n, ...) in the slots (m,) of a bank; -1: another rank has it."""
    have = slots >= 0
    mine = values.new_zeros(len(slots), *values.shape[1:])
    mine[have] = values[slots[have]]
    return gather_rows(have, mine)[0]
