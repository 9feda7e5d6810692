"""Labels made wrong on purpose, the same on every machine."""

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor

from ..checks import (
    check_count,
    check_fraction,
    check_labels,
    check_lengths,
    check_square,
    check_vector,
)
from .confusion import CONFUSING, NOISE_FREE, RANDOM, check_stochastic
from .numerics import exact_ceil, ranks_within

__all__ = ['asymmetric_noise', 'corrupt_labels', 'image_noise', 'symmetric_noise']


def symmetric_noise(num_classes: int, rate: float) -> Tensor:
    """Noise spread evenly: (K, K) float64, T[i, j] = p(noisy j | true i).

    Over the other classes; some papers spread the rate over *all* classes.

    Args:
        num_classes: K, at least 2.
        rate: Share of labels that become wrong, in [0, 1].

    >>> symmetric_noise(3, 0.5).tolist()
    [[0.5, 0.25, 0.25], [0.25, 0.5, 0.25], [0.25, 0.25, 0.5]]
    """
    num_classes = check_count(num_classes, 'num_classes', minimum=2)
    rate = check_fraction(rate, 'rate', zero=True)
    shape = (num_classes, num_classes)
    transition = torch.full(shape, rate / (num_classes - 1), dtype=torch.float64)
    return transition.fill_diagonal_(1 - rate)


def asymmetric_noise(num_classes: int, pairs: Mapping[int, int], rate: float) -> Tensor:
    """Noise of class pairs: (K, K) float64, T[i, j] = p(noisy j | true i).

    Args:
        num_classes: K, at least 2.
        pairs: The other class for each true class that changes; a swap is two entries.
        rate: Share of labels that become wrong in these classes, in [0, 1].

    >>> asymmetric_noise(3, {0: 2}, rate=0.25).tolist()
    [[0.75, 0.0, 0.25], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
    """
    num_classes = check_count(num_classes, 'num_classes', minimum=2)
    rate = check_fraction(rate, 'rate', zero=True)
    if not isinstance(pairs, Mapping):
        raise ValueError(f'pairs must be a mapping, got {type(pairs).__name__}')
    transition = torch.eye(num_classes, dtype=torch.float64)
    for true, noisy in pairs.items():
        for c in (true, noisy):
            if check_count(c, 'a class of pairs', minimum=0) >= num_classes:
                raise ValueError(f'a class of pairs must be < {num_classes}, got {c}')
        if true == noisy:
            raise ValueError(f'pairs must not hold a class with itself, got {true}')
        transition[true, true] = 1 - rate
        transition[true, noisy] = rate
    return transition


def corrupt_labels(labels: Tensor, transition: Tensor, seed: int) -> Tensor:
    """Draws each sample's noisy label, (N,) int64, from its true class's row.

    Sample i takes the i-th number of PCG64's raw stream, the only part of NumPy's
    generators that never changes, through the inverse of the row's cumulative sum. So
    the draw depends on nothing but the seed, the sample's position and its label. A
    class of probability 0 is never drawn.

    Args:
        labels: (N,) integers in [0, K), the true labels.
        transition: (K, K), T[i, j] = p(noisy j | true i); rows sum to 1.
        seed: Random seed of the draw, at least 0.

    >>> transition = torch.tensor([[0.5, 0.5], [0.0, 1.0]])
    >>> corrupt_labels(torch.tensor([0, 0, 0, 0, 1, 1]), transition, seed=0)
    tensor([1, 0, 0, 0, 1, 1])
    """
    seed = check_count(seed, 'seed', minimum=0)
    transition = check_square(transition, 'transition')
    check_stochastic(transition, 'transition', dim=1)
    probabilities = transition.cpu().double().numpy()
    true = check_labels(labels, len(probabilities)).cpu().numpy()
    raw = np.random.PCG64(seed).random_raw(len(true))
    uniform, noisy = (raw >> np.uint64(11)) * 2.0**-53, np.empty_like(true)
    order = np.argsort(true, kind='stable')
    ends = np.cumsum(np.bincount(true, minlength=len(probabilities)))
    for row, members in zip(probabilities, np.split(order, ends[:-1])):
        steps = np.cumsum(row)
        steps[np.flatnonzero(row)[-1] :] = 1.0  # no class of probability 0
        noisy[members] = np.searchsorted(steps, uniform[members], side='right')
    return torch.from_numpy(noisy).to(labels.device)


def image_noise(
    scores: Tensor,
    labels: Tensor,
    transition: Tensor,
    confusing: float,
    random: float,
    seed: int,
) -> tuple[Tensor, Tensor]:
    """Noisy labels of the three types of Xiao et al. 2015 §3, and these types.

    The paper observes that mislabelled images look alike. Here a score, such as
    brightness, decides: in each class the highest are confused and the lowest get a
    random label. Both are (N,) int64; type 0 is noise free, 1 random, 2 confusing.

    Args:
        scores: (N,) numbers, one for each image.
        labels: (N,) integers in [0, K), the true labels.
        transition: (K, K), T[i, j] = p(noisy j | true i, confusing), zero diagonal.
        confusing: Share of each class that is confused, rounded up.
        random: Share of each class that gets any other label, rounded down.
        seed: Random seed of the noisy labels; which images get one is fixed.

    >>> brightness, labels = torch.tensor([0.9, 0.1, 0.5]), torch.tensor([0, 0, 0])
    >>> swap = torch.tensor([[0.0, 1.0], [1.0, 0.0]])
    >>> image_noise(brightness, labels, swap, confusing=0.3, random=0.3, seed=0)
    (tensor([1, 0, 0]), tensor([2, 0, 0]))
    """
    confusing = check_fraction(confusing, 'confusing', zero=True)
    random = check_fraction(random, 'random', zero=True)
    if confusing + random > 1:
        raise ValueError(f'confusing + random = {confusing + random:g} is above 1')
    scores = check_vector(scores, 'scores')
    check_lengths(scores=scores, labels=labels)
    confused = corrupt_labels(labels, transition, seed)
    if bool((transition.diagonal() != 0).any()):
        raise ValueError('the diagonal of transition must be zero')
    anything = corrupt_labels(labels, symmetric_noise(len(transition), 1.0), seed + 1)
    labels = labels.long()
    sizes = labels.bincount(minlength=len(transition)).tolist()
    highest = labels.new_tensor([exact_ceil(confusing, n) for n in sizes])
    lowest = labels.new_tensor([exact_ceil(1 - random, n) for n in sizes])
    ranks, types = ranks_within(labels, scores), torch.full_like(labels, NOISE_FREE)
    types[ranks >= lowest[labels]] = RANDOM
    types[ranks < highest[labels]] = CONFUSING
    noisy = torch.where(types == CONFUSING, confused, anything)
    return torch.where(types == NOISE_FREE, labels, noisy), types
