"""Label noise whose type depends on the image, for experiments."""

import torch
from torch import Tensor

from ..checks import check_finite, check_fraction
from .confusion import CONFUSING, NOISE_FREE, RANDOM
from .corruption import corrupt_labels
from .numerics import exact_ceil
from .transitions import symmetric_noise

__all__ = ['image_noise']


def image_noise(
    scores: Tensor,
    labels: Tensor,
    transition: Tensor,
    confusing: float,
    random: float,
    seed: int,
) -> tuple[Tensor, Tensor]:
    """Plants the three noise types of Xiao et al. 2015 §3, each in images of its kind.

    The paper observes that mislabelled images look alike. Here a score, such as how
    bright an image is, decides: in each class the images with the highest scores are
    confused and those with the lowest get a random label. Of images with equal scores
    those of lower index rank higher.

    Args:
        scores: (N,) a number for each image.
        labels: (N,) integers in [0, K), the true labels.
        transition: (K, K), T[i, j] = p(noisy j | true i, confusing), zero diagonal.
        confusing: Share of each class that is confused, rounded up.
        random: Share of each class that gets any other label, rounded down.
        seed: Of the noisy labels; who gets one does not depend on it.

    Returns:
        (N,) int64 noisy labels and (N,) int64 types: 0 noise free, 1 pure random, 2
        confusing; the same on every machine.

    Raises:
        ValueError: Shapes that do not fit, scores that are not finite, shares outside
            [0, 1] or above 1 together, a diagonal that is not zero, or as
            :func:`corrupt_labels`.
    """
    confusing = check_fraction(confusing, 'confusing', zero=True)
    random = check_fraction(random, 'random', zero=True)
    if confusing + random > 1:
        raise ValueError(f'confusing + random = {confusing + random:g} is above 1')
    if scores.shape != labels.shape:
        raise ValueError(
            f'scores have shape {tuple(scores.shape)}, labels {tuple(labels.shape)}'
        )
    check_finite(scores, 'scores')
    confused = corrupt_labels(labels, transition, seed)
    if bool((transition.diagonal() != 0).any()):
        raise ValueError('the diagonal of transition must be zero')
    anything = corrupt_labels(labels, symmetric_noise(len(transition), 1.0), seed + 1)
    types = torch.full_like(labels, NOISE_FREE, dtype=torch.int64)
    for label in range(len(transition)):
        members = (labels == label).nonzero()[:, 0]
        ranking = torch.sort(scores[members], descending=True, stable=True).indices
        ranked, size = members[ranking], len(members)
        types[ranked[: exact_ceil(confusing, size)]] = CONFUSING
        types[ranked[exact_ceil(1 - random, size) :]] = RANDOM
    noisy = torch.where(types == CONFUSING, confused, anything)
    return torch.where(types == NOISE_FREE, labels, noisy), types
