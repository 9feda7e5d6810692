"""How well a given label fits the scores of its sample."""

import math

import torch
from torch import Tensor

from ..checks import check_range, check_scores
from .numerics import compute_dtype

__all__ = ['label_quality']

# Cosines may leave [-1, 1] by rounding; anything farther is no cosine.
_TOLERANCE = 1e-3


def label_quality(scores: Tensor, labels: Tensor) -> Tensor:
    r"""Label quality (N,) from 0 to 1; low is suspicious.

    :math:`(2 + \sigma_y - \max_{c \ne y} \sigma_c) / 4`: the margin between the given
    class and the best other one, below 0.5 exactly when another class scores higher,
    whatever the rounding. Not in the SMP paper, which ranks no samples.

    Args:
        scores: (N, K >= 2) in [-1, 1], see :func:`prototype_scores`.
        labels: (N,) integers in [0, K), the given labels.

    >>> label_quality(torch.tensor([[1.0, -1.0], [0.2, 0.6]]), torch.tensor([0, 0]))
    tensor([1.0000, 0.4000])
    """
    scores, labels = check_scores('scores', scores, 2, labels=labels)
    check_range(scores, 'scores', -1, _TOLERANCE)
    scores = scores.to(compute_dtype(scores))
    given = scores.gather(1, labels[:, None])
    others = scores.scatter(1, labels[:, None], -math.inf).amax(dim=1)
    margin = given[:, 0] - others
    quality = ((2 + margin) / 4).clamp_(0, 1)
    # A margin of -1e-9 is lost beside the 2 in float32.
    half = torch.full_like(quality, 0.5)
    below = torch.nextafter(half, torch.zeros_like(half))
    return torch.where(margin < 0, torch.minimum(quality, below), quality)
