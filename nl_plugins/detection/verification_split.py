"""Which verification labels detection learns from, and which judge it."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

__all__ = ['VerificationSplit', 'split_verification']


class VerificationSplit(NamedTuple):
    """(N,) columns of 1 right, 0 wrong, -1 unknown."""

    learnt: Tensor  # what methods may learn from
    all_classes: Tensor  # the same with held-out classes (for Fig. 5's supervised row)
    judged: Tensor  # what judges them; of the held-out classes only, if there are any


def split_verification(
    given: Tensor,
    verification: Tensor,
    held_out: Tensor | None = None,
    true_labels: Tensor | None = None,
    held_out_classes: Sequence[int] = (),
    judges_per_class: int = 5000,
    seed: int = 0,
) -> VerificationSplit:
    """Separate what is learnt from what judges.

    Samples that are held out judge by their verification label. Where none is held
    out, all samples without a verification label judge that have a true label. From the
    ``held_out_classes`` nothing is learnt, and only they judge. At most
    ``judges_per_class``, drawn at random with ``seed``, judge in each class: what some
    baselines need grows with the square of it. The labels are (N,): given ones, all
    verification labels, those held out (for judging), and true ones, -1 where unknown.
    """
    if held_out is not None:
        judged = held_out.clone()
    elif true_labels is not None:
        judged = torch.where(true_labels >= 0, (given == true_labels).long(), -1)
        judged[verification >= 0] = -1
    else:
        judged = torch.full_like(verification, -1)
    all_classes = verification.masked_fill(judged >= 0, -1)
    learnt = all_classes.clone()
    if held_out_classes:
        of_held_out = torch.isin(given, torch.tensor(list(held_out_classes)))
        learnt[of_held_out] = -1
        judged[~of_held_out] = -1
    counts = torch.bincount(given[judged >= 0])
    for label in (counts > judges_per_class).nonzero().flatten().tolist():
        rows = ((judged >= 0) & (given == label)).nonzero().flatten()
        order = np.random.default_rng((seed, label)).permutation(len(rows))
        judged[rows[torch.from_numpy(order[judges_per_class:])]] = -1
    return VerificationSplit(learnt, all_classes, judged)
