"""How many of the highest-ranked samples are what the ranking looks for."""

import torch
from torch import Tensor

from ..checks import check_finite

__all__ = ['rank_precision']


def rank_precision(scores: Tensor, hits: Tensor) -> Tensor:
    """Precision among the first k for every k: the curve of Xiao et al. 2015, Fig. 8.

    There the scores are p(confusing noise | x), a hit is a noisy label that differs
    from the true one.

    Args:
        scores: (N,) numbers; the highest comes first, of equals the lower index.
        hits: (N,) bool.

    Returns:
        (N,) float64; entry k - 1 is the share of hits among the k highest scores.

    Raises:
        ValueError: Wrong rank, type or length, no samples, or a score that is not
            finite.
    """
    if scores.dim() != 1 or len(scores) == 0 or hits.shape != scores.shape:
        raise ValueError(
            'scores and hits must be (N,), N >= 1, '
            f'got {tuple(scores.shape)} and {tuple(hits.shape)}'
        )
    if hits.dtype != torch.bool:
        raise ValueError(f'hits must be bool, got {hits.dtype}')
    check_finite(scores, 'scores')
    ranking = torch.sort(scores.detach(), descending=True, stable=True).indices
    found = hits[ranking.to(hits.device)].long().cumsum(dim=0)
    return found.double() / torch.arange(1, len(hits) + 1, device=hits.device)
