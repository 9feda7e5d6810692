"""The true label, from a prediction and the given label together."""

import torch
from torch import Tensor

from ..checks import (
    check_features,
    check_finite,
    check_labels,
    check_lengths,
    check_shape,
    check_square,
    check_tensor,
    first_index,
)
from .confusion import check_stochastic
from .numerics import compute_dtype

__all__ = ['label_posterior']


def label_posterior(probs: Tensor, labels: Tensor, transition: Tensor) -> Tensor:
    r"""Posterior of the true label where noise depends on the class alone: (N, K).

    :math:`p(y | x, \tilde y) \propto p(y | x)\, T_{y \tilde y}`: the posterior of
    :func:`bottom_up_posterior` for probabilities in place of logits. The prediction
    must not have seen the given label, or it counts twice: take out-of-sample ones, see
    :func:`leave_one_out_scores`. Rows sum to 1. Where the given label is unknown, or
    the transition allows it for no class that the prediction does, the row is that of
    ``probs`` alone.

    Args:
        probs: (N, K) numbers of at least 0, not all 0 in a row; need not sum to 1.
        labels: (N,) given labels, integers in [0, K), or -1 for unknown.
        transition: (K, K), T[i, j] = p(given j | true i), rows sum to 1.

    >>> probs = torch.tensor([[0.5, 0.5], [0.5, 0.5]])
    >>> transition = torch.tensor([[0.75, 0.25], [0.0, 1.0]])
    >>> label_posterior(probs, torch.tensor([1, -1]), transition)
    tensor([[0.2000, 0.8000],
            [0.5000, 0.5000]])
    """
    transition = check_square(transition, 'transition')
    check_stochastic(transition, 'transition', dim=1)
    probs = check_finite(check_features(probs, 'probs'), 'probs')
    check_shape(probs, 'probs', len(probs), len(transition))
    unknown = check_tensor(labels, 'labels', 1) == -1
    labels = check_labels(labels.masked_fill(unknown, 0), len(transition))
    check_lengths(labels=labels, probs=probs)
    if index := first_index(probs < 0):
        raise ValueError(f'probs{[*index]} = {probs[index].item()} is negative')
    if index := first_index((probs == 0).all(dim=1)):
        raise ValueError(f'row {index[0]} of probs is zero')
    prior = probs.double() / probs.double().amax(dim=1, keepdim=True)
    joint = prior * transition.to(prior).T[labels]
    alone = unknown | (joint == 0).all(dim=1)
    joint = torch.where(alone[:, None], prior, joint)
    return (joint / joint.sum(dim=1, keepdim=True)).to(compute_dtype(probs))
