"""The probabilities of the true labels, with the word of those who looked at some."""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import one_hot

from .noise_model import NoiseModel, fit_noise_model

__all__ = ['PosteriorFit', 'fit_posterior', 'lone_labels']

MARKED = 3.0  # weight of a verified sample that surprises; that of the others is 1


class PosteriorFit(NamedTuple):
    """What :func:`fit_posterior` returns of N samples and K classes, float64."""

    posterior: Tensor  # (N, K), p(class | image, given label)
    unmarked: Tensor  # (N,), p(given label is right), as it is without verification
    noise: NoiseModel
    scores: Tensor  # (N, K), out of sample, of the last fit


def fit_posterior(
    regress: Callable[[Tensor, Tensor], Tensor],
    labels: Tensor,
    verification: Tensor,
    groups: Tensor | None = None,
) -> PosteriorFit:
    """Fit, and fit once more with what is known of verified samples.

    A sample weighs one over the root of the size of its class: a regression with equal
    weights gives small classes away, one with equal classes forgets how common a class
    is. Of the powers 0, 1/2 and 1 this has the out-of-sample scores that agree most
    often with the given labels (``benchmarks/class_weights.py``).

    Verification settles the posterior of its sample: that of the given label is 1 or 0.
    And it teaches about the others, as far as it surprises: with s twice the
    probability that had been given to the opposite, 1 at most, the target of the second
    fit is s times the settled posterior and 1 - s times the given label, and the weight
    1 + 2 s times what it was. A wrong label that was obvious is left as it is: to take
    it out, or to replace it, was measured to make the scores of others worse
    (``benchmarks/verified_marks.py``). The noise model is that of the labels alone:
    marks are seldom drawn at random, and with them it was worse.

    A label that no other group has cannot be judged, since without it the fit does not
    know the class: it is taken for right.

    Args:
        regress: Out-of-sample scores (N, K) by a fit to the targets, (N,) labels or
            (N, K) probabilities, with the weights (N,) of the samples.
        labels: (N,) given labels, int64.
        verification: (N,) 1 the given label is right, 0 wrong, -1 unknown.
        groups: (N,) integers, the same for samples that are left out together; None:
            every sample by itself.

    >>> from nl_plugins.functional import leave_one_out_scores
    >>> features = torch.eye(2).repeat(50, 1) + torch.arange(100)[:, None] % 7 / 50
    >>> labels = torch.arange(100) % 2
    >>> labels[::5] = 1 - labels[::5]
    >>> marks = torch.full((100,), -1)
    >>> marks[:2] = torch.tensor([0, 1])
    >>> def regress(targets, weights):
    ...     return leave_one_out_scores(features, targets, 2, weights=weights)
    >>> fit_posterior(regress, labels, marks).posterior[torch.arange(3), labels[:3]]
    tensor([0.0000, 1.0000, 0.9...], dtype=torch.float64)
    """
    weights = _by_class_size(labels)
    scores = regress(labels, weights)
    noise = fit_noise_model(scores, labels)
    unmarked = noise.posterior(scores, labels).gather(1, labels[:, None])[:, 0]
    if (verification >= 0).any():
        settled = noise.posterior(scores, labels, verification)
        given = one_hot(labels, scores.shape[1]).to(settled)
        doubt = torch.where(verification == 1, 1 - unmarked, unmarked)
        surprise = (2 * doubt).clamp_max(1).where(verification >= 0, 0.0)
        targets = given + surprise[:, None] * (settled - given)
        scores = regress(targets, weights * (1 + (MARKED - 1) * surprise))
        noise = fit_noise_model(scores, labels)
    posterior = noise.posterior(scores, labels, verification)
    lone = lone_labels(labels, groups)
    own = one_hot(labels, scores.shape[1]).to(posterior)
    posterior[lone & (verification != 0)] = own[lone & (verification != 0)]
    unmarked[lone] = 1
    return PosteriorFit(posterior, unmarked, noise, scores)


def lone_labels(labels: Tensor, groups: Tensor | None = None) -> Tensor:
    """(N,) bool, the samples whose label no sample of another group has.

    >>> labels = torch.tensor([0, 0, 1, 1, 2])
    >>> lone_labels(labels).tolist()
    [False, False, False, False, True]
    >>> lone_labels(labels, torch.tensor([0, 1, 2, 2, 3])).tolist()
    [False, False, True, True, True]
    """
    groups = torch.arange(len(labels)) if groups is None else groups
    pairs = torch.stack([labels.cpu(), groups.cpu()]).unique(dim=1)
    return (pairs[0].bincount() < 2).to(labels.device)[labels]


def _by_class_size(labels: Tensor) -> Tensor:
    """(N,) float64 of mean 1."""
    weights = labels.bincount().double()[labels].rsqrt()
    return weights / weights.mean()
