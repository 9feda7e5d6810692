"""The matrix of label noise, read off a network that was trained on noisy labels."""

import torch
from torch import Tensor

from ..checks import (
    check_features,
    check_fraction,
    check_labels,
    check_scores,
    check_square,
)
from .confusion import check_stochastic
from .numerics import exact_ceil
from .synthetic_noise import corrupt_labels

__all__ = ['anchor_transition', 'recovered_labels']


def anchor_transition(probs: Tensor, quantile: float = 1.0) -> Tensor:
    r"""T[i, j] = p(noisy j | true i) by anchor points, (K, K) float64.

    Patrini et al. 2017, Eq. 12 and 13: :math:`\bar x^i = \arg\max_x \hat p(\tilde y =
    i|x)` is taken for a sample that surely has the true class i, so what the network
    expects of its noisy label is row i. Rows sum to 1. Right as far as there are such
    samples, and the network is calibrated: it must not have memorised the labels.

    Args:
        probs: (N >= 1, K) predictions of the *noisy* labels, rows sum to 1.
        quantile: In (0, 1]; the anchor is the highest of this share of the samples, so
            that an outlier is none (Patrini et al. take 0.97 on CIFAR-100).

    >>> probs = torch.tensor([[0.75, 0.25], [0.5, 0.5], [0.125, 0.875]])
    >>> anchor_transition(probs).tolist()
    [[0.75, 0.25], [0.125, 0.875]]
    >>> anchor_transition(probs, quantile=0.5).tolist()  # the second highest
    [[0.5, 0.5], [0.5, 0.5]]
    """
    (probs,) = check_scores('probs', check_features(probs, 'probs'))
    check_stochastic(probs, 'probs', dim=1)
    place = len(probs) - exact_ceil(check_fraction(quantile, 'quantile'), len(probs))
    ranked = (column.sort(descending=True, stable=True) for column in probs.T)
    rows = probs[torch.stack([each.indices[place] for each in ranked])].double()
    return rows / rows.sum(dim=1, keepdim=True)


def recovered_labels(
    noisy_labels: Tensor, transition: Tensor, seed: int | None = None
) -> Tensor:
    r"""Labels after backward correction, (N,) int64: two rows of Ding et al., Table 2.

    The backward loss of Patrini et al. 2017 is :math:`T^{-1}` times the losses of the
    classes (Theorem 1): row k of the inverse weighs the classes of a sample with the
    noisy label k. Its label is the largest entry or, with a seed, drawn from the row;
    negative entries count as 0.

    Args:
        noisy_labels: (N,) integers in [0, K).
        transition: (K, K), T[i, j] = p(noisy j | true i), that has an inverse.
        seed: Random seed of the draw, at least 0; None takes the largest.

    >>> swapped = torch.tensor([[0.25, 0.75], [0.75, 0.25]])
    >>> recovered_labels(torch.tensor([0, 1, 1]), swapped)
    tensor([1, 0, 0])
    """
    transition = check_square(transition, 'transition')
    check_stochastic(transition, 'transition', dim=1)
    noisy = check_labels(noisy_labels, len(transition), 'noisy_labels')
    inverse, problem = torch.linalg.inv_ex(transition.double())
    if bool(problem):
        raise ValueError('transition has no inverse')
    weights = inverse.clamp_min(0)
    weights = weights / weights.sum(dim=1, keepdim=True)
    if seed is None:
        return weights.argmax(dim=1)[noisy]
    return corrupt_labels(noisy, weights, seed)
