"""The choice of the labels that are likely right."""

import torch
from torch import Tensor

from ..checks import check_finite, check_fraction, check_labels, check_matrix
from .numerics import exact_ceil

__all__ = ['select_confident', 'select_highest']


def select_confident(
    probs: Tensor, labels: Tensor, threshold: float = 0.9, min_fraction: float = 0.1
) -> Tensor:
    r"""Samples whose label the network confirms with confidence, Ding et al. §3.1.

    A sample whose prediction differs from its label is dropped. Of the others those
    with :math:`P(label|x) \ge threshold` are kept, and a class with fewer than
    :math:`\lceil min\_fraction \cdot N_c \rceil` kept is filled down its ranking by
    P until it has as many, or none is left. :math:`N_c` counts all samples labelled
    c, so that a class of which the network believes little may stay below.

    Args:
        probs: (N, K) predictions in [0, 1].
        labels: (N,) integers in [0, K), the given labels.
        threshold: In [0, 1], compared in the precision of ``probs``.
        min_fraction: In [0, 1].

    Returns:
        (N,) bool. Of equal predictions the lower class counts, of equal
        probabilities the lower index.

    Raises:
        ValueError: Wrong rank or length, probabilities that are not finite or not
            in [0, 1], labels out of range, a setting out of range.
    """
    probs = check_matrix(probs, 'probs')
    if probs.shape[1] == 0:
        raise ValueError(f'probs must have K >= 1, got shape {tuple(probs.shape)}')
    labels = check_labels(labels, probs.shape[1])
    _check_lengths(labels, probs, 'probs')
    _check_range(probs, 'probs')
    confidence = probs.gather(1, labels[:, None])[:, 0]
    agrees = probs.argmax(dim=1) == labels
    return select_highest(confidence, labels, threshold, min_fraction, agrees)


def select_highest(
    scores: Tensor,
    labels: Tensor,
    threshold: float = 0.5,
    min_fraction: float = 0.1,
    eligible: Tensor | None = None,
) -> Tensor:
    """Samples whose label has a high score: :func:`select_confident` by any score.

    The paper says that stage 1 can be done in many ways; here how well a label fits
    is one number a sample, wherever it comes from.

    Args:
        scores: (N,) in [0, 1], how well the label fits.
        labels: (N,) integers >= 0, the given labels.
        threshold: In [0, 1]; a score as high is kept.
        min_fraction: In [0, 1], the least share of each class, best first.
        eligible: (N,) bool, which samples can be selected at all; None: all.

    Returns:
        (N,) bool.

    Raises:
        ValueError: Wrong rank or length, scores that are not finite or not in
            [0, 1], negative labels, a setting out of range.
    """
    threshold = check_fraction(threshold, 'threshold', zero=True)
    min_fraction = check_fraction(min_fraction, 'min_fraction', zero=True)
    if not isinstance(scores, Tensor) or scores.dim() != 1:
        shape = tuple(scores.shape) if isinstance(scores, Tensor) else type(scores)
        raise ValueError(f'scores must be a tensor of rank 1, got {shape}')
    scores = scores.detach()
    labels = check_labels(labels, torch.iinfo(torch.int64).max)
    _check_lengths(labels, scores, 'scores')
    _check_range(scores, 'scores')
    if eligible is None:
        eligible = torch.ones_like(labels, dtype=torch.bool)
    if eligible.shape != scores.shape or eligible.dtype != torch.bool:
        shape, kind = tuple(eligible.shape), eligible.dtype
        raise ValueError(f'eligible must be bool like scores, got {shape} {kind}')
    places, counts = labels.unique(return_inverse=True, return_counts=True)[1:]
    wanted = counts.new_tensor([exact_ceil(min_fraction, n) for n in counts.tolist()])
    ranking = scores.sort(descending=True, stable=True).indices
    ranking = ranking[eligible[ranking]]
    ranking = ranking[places[ranking].sort(stable=True).indices]  # class by class
    places = places[ranking]
    sizes = places.bincount(minlength=len(counts))
    ranks = torch.arange(len(ranking), device=places.device)
    ranks = ranks - (sizes.cumsum(0) - sizes)[places]
    selected = eligible & (scores >= threshold)
    selected[ranking[ranks < wanted[places]]] = True
    return selected


def _check_lengths(labels: Tensor, values: Tensor, name: str) -> None:
    if len(labels) != len(values):
        raise ValueError(f'got {len(labels)} labels for {len(values)} rows of {name}')


def _check_range(values: Tensor, name: str) -> None:
    check_finite(values, name)
    outside = (values < 0) | (values > 1 + 1e-3)  # half precision rounds up
    if bool(outside.any()):
        worst = values[outside][0].item()
        raise ValueError(f'{name} must lie in [0, 1], got {worst}')
