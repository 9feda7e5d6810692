"""Samples that a fit is left without together."""

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from ..checks import check_tensor, first_index
from .numerics import product

__all__ = ['joined_groups', 'left_out_residuals', 'shared_groups']


def shared_groups(groups: Tensor, weights: Tensor) -> list[Tensor]:
    """The rows (m,) of each group of two samples or more, int64.

    Args:
        groups: (N,) integers, the same for samples that are left out together.
        weights: (N,) of at least 0.

    >>> shared_groups(torch.tensor([3, 0, 3, 1]), torch.ones(4))
    [tensor([0, 2])]
    """
    groups = check_tensor(groups, 'groups', 1).cpu()
    if len(groups) != len(weights) or groups.is_floating_point():
        raise ValueError(
            f'groups must be {len(weights)} integers, got {groups.dtype} of shape '
            f'{tuple(groups.shape)}'
        )
    order = groups.argsort(stable=True)
    _, counts = groups[order].unique_consecutive(return_counts=True)
    shared = counts.repeat_interleave(counts) > 1
    counts, members = counts[counts > 1], order[shared]
    if index := first_index(weights.cpu()[members] == 0):
        number = int(groups[members[index[0]]])
        raise ValueError(f'group {number} has a sample of weight 0')
    if bool((counts == int((weights > 0).sum())).any()):
        number = int(groups[members[0]])  # it is the only one
        raise ValueError(f'group {number} has all samples: nothing is left to fit')
    return list(members.split(counts.tolist()))


def joined_groups(
    groups: Sequence[Tensor], limit: int
) -> Iterator[tuple[Tensor, list[int]]]:
    """Rows of groups one after another, about so many at a time, and their sizes.

    >>> groups = torch.tensor([4, 1]), torch.tensor([0, 2]), torch.tensor([3, 5])
    >>> [(rows.tolist(), sizes) for rows, sizes in joined_groups(groups, 3)]
    [([4, 1, 0, 2], [2, 2]), ([3, 5], [2])]
    """
    part: list[Tensor] = []
    count = 0
    for rows in groups:
        part.append(rows)
        count += len(rows)
        if count >= limit:
            yield torch.cat(part), [*map(len, part)]
            part, count = [], 0
    if part:
        yield torch.cat(part), [*map(len, part)]


def left_out_residuals(
    residuals: Tensor, directions: Tensor, shares: Tensor, sizes: Sequence[int]
) -> Tensor:
    r"""(m, K) residuals of fits without each group, from those of the fit with all.

    :math:`(I - H)^{-1} r` for the rows and columns of a group, H what the targets of
    its samples add to each other's predictions: exact for every quadratic penalty.

    Args:
        residuals: (m, K) targets less predictions, groups one after another.
        directions: (m, d) whose products are the leverages, but for the intercept.
        shares: (m,) of each sample in the sum of all weights.
        sizes: Of the groups; their sum is m.
    """
    parts = (x.split(list(sizes)) for x in (residuals, directions, shares))
    found = []
    for residual, direction, share in zip(*parts):
        kept = -(1 + product(direction, direction.T)) * share
        kept.diagonal().add_(1)
        found.append(torch.linalg.solve(kept, residual))
    return torch.cat(found)
