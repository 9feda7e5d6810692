"""How well a given label fits the scores of its sample."""

import math

import torch
from torch import Tensor

from ..checks import check_finite, check_labels, check_matrix
from .numerics import compute_dtype

__all__ = ['label_quality']

# Cosines may leave [-1, 1] by rounding; anything farther is no cosine.
_TOLERANCE = 1e-3


def label_quality(scores: Tensor, labels: Tensor) -> Tensor:
    r"""Label quality from 0 to 1; low is suspicious.

    :math:`(2 + \sigma_y - \max_{c \ne y} \sigma_c) / 4`: the margin between the
    given class and the best other one, moved from [-2, 2] to [0, 1]. It is below
    0.5 exactly when another class scores higher, whatever the rounding. Not in
    the SMP paper, which ranks no samples.

    Args:
        scores: (N, K), K >= 2, in [-1, 1]: :func:`prototype_scores`.
        labels: (N,) integers in [0, K), the given labels.

    Returns:
        (N,) in [0, 1], float64 for float64 scores, otherwise float32.

    Raises:
        ValueError: Wrong rank or length, fewer than two classes, scores that
            are not finite or not in [-1, 1], labels out of range.
    """
    scores = check_matrix(scores, 'scores')
    if scores.shape[1] < 2:
        raise ValueError(f'scores must have K >= 2, got shape {tuple(scores.shape)}')
    labels = check_labels(labels, scores.shape[1])
    if len(labels) != len(scores):
        raise ValueError(f'got {len(labels)} labels for {len(scores)} rows of scores')
    check_finite(scores, 'scores')
    scores = scores.to(compute_dtype(scores))
    if scores.numel() and scores.abs().max() > 1 + _TOLERANCE:
        worst = scores.abs().max().item()
        raise ValueError(f'scores must lie in [-1, 1], got magnitude {worst}')
    given = scores.gather(1, labels[:, None])
    others = scores.scatter(1, labels[:, None], -math.inf).amax(dim=1)
    margin = given[:, 0] - others
    quality = ((2 + margin) / 4).clamp_(0, 1)
    # A margin of -1e-9 is lost beside the 2 in float32.
    half = torch.full_like(quality, 0.5)
    below = torch.nextafter(half, torch.zeros_like(half))
    return torch.where(margin < 0, torch.minimum(quality, below), quality)
