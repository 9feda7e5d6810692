"""Which samples are held out from training, and which judge labels."""

import numpy as np
import torch
from torch import Tensor

__all__ = ['FEWEST_JUDGES', 'check_share', 'draw_holdout', 'judging_rows']

FEWEST_JUDGES = 32
MOST_JUDGES = 20_000


def check_share(share: float | None) -> None:
    """Raise ValueError for an impossible `holdout_fraction`."""
    if not 0 <= (share or 0) <= 0.5:
        raise ValueError(f'holdout_fraction must lie in [0, 0.5], got {share!r}')


def draw_holdout(given: Tensor, share: float | None, seed: int) -> Tensor:
    """(N,) bool, the same share of each class up to rounding, drawn with the seed.

    None stands for what gives 400 samples, but between 0.02 and 0.1. Two samples of
    each class stay, however small it is.
    """
    if share is None:
        share = min(0.1, max(0.02, 400 / len(given)))
    held_out = torch.zeros(len(given), dtype=torch.bool)
    rng = np.random.default_rng((seed, len(given)))
    seen, taken = 0, 0
    for label in given.unique().tolist():
        rows = (given == label).nonzero().flatten()
        seen += len(rows)
        count = round(share * seen) - taken  # so that small classes add up
        taken += count
        count = min(count, max(0, len(rows) - 2))
        held_out[rows[torch.from_numpy(rng.permutation(len(rows))[:count])]] = True
    return held_out


def judging_rows(holdout: Tensor, verification: Tensor, seed: int) -> Tensor:
    """(m,) int64, the samples to judge by: held out, and verified if enough are.

    Where ``holdout`` (N,) bool is all False, they are a sample of all, drawn with the
    seed. ``verification`` is (N,) int in {1, 0, -1}.
    """
    verified = holdout & (verification >= 0)
    kinds = torch.bincount(verification[verified], minlength=2)
    if verified.sum() >= FEWEST_JUDGES and (kinds > 0).all():
        return verified.nonzero().flatten()
    if holdout.any():
        return holdout.nonzero().flatten()
    order = np.random.default_rng((seed, len(holdout))).permutation(len(holdout))
    return torch.from_numpy(np.sort(order[:MOST_JUDGES]))
