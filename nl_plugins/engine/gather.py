"""Rows of a training set that lie on several ranks, brought together."""

import torch
from mmengine.dist import all_reduce, get_rank, get_world_size
from torch import Tensor

__all__ = ['gather_rows', 'merge_rows']


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
    values = torch.where(mask, values, torch.zeros_like(values))
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
