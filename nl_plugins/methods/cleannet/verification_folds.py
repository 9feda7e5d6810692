"""Verification labels cut into parts that are held out in turn; classes held out."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from ...checks import check_count
from ...datasets.training_set import TrainingSet

__all__ = ['class_folds', 'hidden_classes', 'verification_folds']


def verification_folds(
    labels: Tensor, verification: Tensor, num_folds: int, seed: int
) -> Tensor:
    """Deal the verified samples out, alike for every class and both outcomes.

    No part holds all of a class if another sample of the same outcome can take its
    place; the only verified sample of a class is in one part like any other.

    Of given labels (N,) and ``verification`` (N,) of 1 right, 0 wrong, -1 unknown, it
    gives (N,) int64, the part of each verified sample, -1 for all other ones. ``seed``
    is that of the draw. A ValueError if there are less than two parts (``num_folds``),
    or fewer right or wrong labels than parts.
    """
    if num_folds < 2:
        raise ValueError(f'cannot hold out one of {num_folds} parts: give 2 or more')
    rows = (verification >= 0).nonzero().flatten()
    right = int((verification == 1).sum())
    if min(right, len(rows) - right) < num_folds:
        raise ValueError(
            f'{len(rows)} verification labels, {right} right and {len(rows) - right} '
            f'wrong: {num_folds}-fold cross-validation needs at least {num_folds} of '
            'each. Verify more images or lower `num_folds`'
        )
    rows = rows[torch.from_numpy(np.random.default_rng(seed).permutation(len(rows)))]
    kinds = 2 * labels[rows].long() + verification[rows]
    dealt = rows[kinds.argsort(stable=True)]
    # dealt by outcome first, so that every part gets some of both
    dealt = dealt[verification[dealt].argsort(stable=True)]
    folds = torch.full((len(labels),), -1)
    folds[dealt] = torch.arange(len(dealt)) % num_folds
    for label in labels[dealt].unique():
        mine = dealt[labels[dealt] == label]
        if len(mine) > 1 and bool((folds[mine] == folds[mine[0]]).all()):
            _exchange(mine, dealt, labels, verification, folds)
    return folds


def _exchange(
    mine: Tensor, dealt: Tensor, labels: Tensor, verification: Tensor, folds: Tensor
) -> None:
    """Swap the part of one of ``mine`` with a sample whose class stays in two parts."""
    for one in mine:
        like = (verification[dealt] == verification[one]) & (folds[dealt] != folds[one])
        for other in dealt[like]:
            rest = dealt[(labels[dealt] == labels[other]) & (dealt != other)]
            if len(rest) == 0 or bool((folds[rest] != folds[one]).any()):
                pair = torch.stack([one, other])
                folds[pair] = folds[pair.flip(0)]
                return


def class_folds(
    labels: Tensor, verification: Tensor, num_folds: int, seed: int
) -> Tensor | None:
    """Deal whole classes out; arguments and result as for :func:`verification_folds`.

    There are at most ``num_folds`` parts, and each has a class with right and wrong
    labels; None where there are not two such classes.
    """
    wrong, right = (labels[verification == kind].unique() for kind in (0, 1))
    verified = labels[verification >= 0].unique()
    has_both = torch.isin(verified, wrong) & torch.isin(verified, right)
    both, others = verified[has_both], verified[~has_both]
    num_folds = min(num_folds, len(both))
    if num_folds < 2:
        return None
    both = both[torch.from_numpy(np.random.default_rng(seed).permutation(len(both)))]
    order = torch.cat([both, others])
    part_of = torch.full((int(labels.max()) + 1,), -1)
    part_of[order] = torch.arange(len(order)) % num_folds
    return part_of[labels.long()].masked_fill(verification < 0, -1)


def hidden_classes(
    training_set: TrainingSet, classes: Sequence[int | str] | int, seed: int
) -> list[int]:
    """The labels of classes of which nothing shall be learnt.

    ``classes`` are names or numbers, or how many are drawn by ``seed`` of those that
    have verification labels; of more the fewer are a part. A ValueError if a name is
    none of a class, or no class with verification labels would be left.
    """
    if not isinstance(classes, int):
        return training_set.labels_of(classes)
    check_count(classes, 'held_out_classes', minimum=0)
    verified = training_set.given_labels[training_set.verification >= 0].unique()
    if classes and classes >= len(verified):
        raise ValueError(
            f'cannot hold out {classes} of {len(verified)} classes with verification '
            'labels: one at least must be learnt from'
        )
    order = np.random.default_rng(seed).permutation(len(verified))
    return sorted(verified[torch.from_numpy(order[:classes])].tolist())
