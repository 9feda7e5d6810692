"""Rows of a training set from several ranks or passes, brought together."""

from collections.abc import Sequence

import torch
from mmengine.dist import all_gather, all_reduce, get_rank, get_world_size
from torch import Tensor

from .feature_bank import FeatureBank

__all__ = [
    'Columns',
    'gather_batches',
    'gather_norms',
    'gather_rows',
    'gather_units',
    'merge_columns',
    'merge_passes',
    'on_some_rank',
]


class Columns(dict[str, Tensor]):
    """Values (N,) or (N, k) of all samples by name, the same on every rank.

    They are 0 where no rank has the sample: where ``known`` (N,) bool is False.
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

    >>> found = merge_columns(4, torch.tensor([3, 1]), dict(scores=torch.ones(2)))
    >>> found['scores'], found.known
    (tensor([0., 1., 0., 1.]), tensor([False,  True, False,  True]))
    """
    slots = torch.full((size,), -1)
    slots[rows] = torch.arange(len(rows))
    known = on_some_rank(slots >= 0)
    merged = {name: _from_slots(values, slots) for name, values in columns.items()}
    return Columns(known, merged)


def gather_batches(*values: Tensor) -> list[Tensor]:
    """Values (B, ...) of all ranks, one after the other; B may differ between ranks."""
    sizes = torch.cat(all_gather(torch.tensor([len(values[0])]))).tolist()
    gathered = []
    for value in values:
        padded = value.new_zeros(max(sizes), *value.shape[1:])
        padded[: len(value)] = value
        parts = zip(all_gather(padded), sizes)
        gathered.append(torch.cat([part[:size] for part, size in parts]))
    return gathered


def gather_rows(have: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
    """Every rank's values (m, ...) of the same rows, and which some rank has (m,) bool.

    Rows that no rank has are 0; of several ranks that have one, the lowest counts.

    Args:
        have: (m,) bool, which of the rows this rank has.
        values: (m, ...), anything where ``have`` is False.
    """
    mask = have.view(-1, *[1] * (values.ndim - 1))
    values = values.masked_fill(~mask, 0)
    if get_world_size() == 1:
        return values, have.clone()
    owner = torch.where(have, get_rank(), get_world_size()).to(torch.int32)
    all_reduce(owner, 'min')
    values[owner != get_rank()] = 0
    all_reduce(values, 'sum')
    return values, owner < get_world_size()


def merge_passes(passes: Sequence[tuple[Tensor, ...]]) -> tuple[Tensor, ...]:
    """One batch, by ascending row, in which each sample occurs once: as it came last.

    Args:
        passes: Tuples of rows (B,) int64 on the CPU and values (B, ...).
    """
    rows, *values = passes[0]
    if len(passes) > 1:
        rows, *values = (torch.cat(parts) for parts in zip(*passes, strict=True))
    if bool((rows[1:] > rows[:-1]).all()):
        return rows, *values
    rows, places = torch.unique(rows, return_inverse=True)
    last = torch.zeros_like(rows)
    last = last.scatter_reduce(0, places, torch.arange(len(places)), 'amax')
    return rows, *(value[last.to(value.device)] for value in values)


def on_some_rank(mask: Tensor) -> Tensor:
    """(N,) bool, where the mask of any rank is set."""
    return gather_rows(mask, mask.float())[1]


def gather_units(bank: FeatureBank, rows: Tensor) -> Tensor:
    """(m, d) float16 unit features of the samples ``rows``, brought from all ranks."""
    return _from_slots(bank.units, bank.slots(rows))


def gather_norms(bank: FeatureBank, rows: Tensor) -> Tensor:
    """(m,) float32, the norms that the features had, brought from all ranks."""
    return _from_slots(bank.norms, bank.slots(rows))


def _from_slots(values: Tensor, slots: Tensor) -> Tensor:
    """The values (n, ...) in the slots (m,); where they are -1, another rank's."""
    have = slots >= 0
    mine = values.new_zeros(len(slots), *values.shape[1:])
    mine[have] = values[slots[have]]
    return gather_rows(have, mine)[0]
