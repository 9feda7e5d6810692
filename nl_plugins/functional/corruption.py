"""Labels made wrong on purpose, the same on every machine."""

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from ..checks import check_count, check_labels, check_square

__all__ = ['corrupt_labels']

_TOLERANCE = 1e-6


def corrupt_labels(labels: Tensor, transition: Tensor, seed: int) -> Tensor:
    """Draws a noisy label for every sample from its true class's row.

    Sample i takes the i-th number of PCG64's raw stream, the only part of NumPy's
    generators that never changes, through the inverse of the row's cumulative
    sum. So the draw depends on the seed and the sample's position alone, and not
    on the platform, the library's version, the device or the other labels.

    Args:
        labels: (N,) integers in [0, K), the true labels.
        transition: (K, K), T[i, j] = p(noisy j | true i), see
            :func:`symmetric_noise`; rows may miss 1 by 1e-6.
        seed: At least 0.

    Returns:
        (N,) int64 on the device of ``labels``. A class of probability 0 is never
        drawn.

    Raises:
        ValueError: Labels or seed out of range, ``transition`` not square, not
            finite, negative somewhere, or a row that does not sum to 1.
    """
    seed = check_count(seed, 'seed', minimum=0)
    probabilities = _check_transition(transition)
    true = check_labels(labels, len(probabilities)).cpu().numpy()
    raw = np.random.PCG64(seed).random_raw(len(true))
    uniform = (raw >> np.uint64(11)) * 2.0**-53
    noisy = np.empty_like(true)
    order = np.argsort(true, kind='stable')
    ends = np.cumsum(np.bincount(true, minlength=len(probabilities)))
    for row, members in zip(probabilities, np.split(order, ends[:-1])):
        noisy[members] = np.searchsorted(_steps(row), uniform[members], side='right')
    return torch.from_numpy(noisy).to(labels.device)


def _steps(row: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Cumulative sum that ends at 1 with the last class of positive probability."""
    steps = np.cumsum(row)
    steps[np.flatnonzero(row)[-1] :] = 1.0
    return steps


def _check_transition(transition: Tensor) -> npt.NDArray[np.float64]:
    transition = check_square(transition, 'transition')
    probabilities: npt.NDArray[np.float64] = transition.cpu().double().numpy()
    if (probabilities < 0).any():
        i, j = np.argwhere(probabilities < 0)[0]
        raise ValueError(f'transition[{i}, {j}] = {probabilities[i, j]} is negative')
    sums = probabilities.sum(axis=1)
    wrong = np.abs(sums - 1) > _TOLERANCE
    if wrong.any():
        i = int(np.argmax(wrong))
        raise ValueError(f'transition row {i} sums to {sums[i]}, not to 1')
    return probabilities
