"""How many of the highest-ranked samples are what the ranking looks for."""

import torch
from torch import Tensor

from ..checks import check_vector

__all__ = ['rank_precision']


def rank_precision(scores: Tensor, hits: Tensor) -> Tensor:
    """Precision among the first k for every k: the curve of Xiao et al. 2015, Fig. 8.

    (N,) float64; entry k - 1 is the share of hits among the k highest scores. In the
    paper these are p(confusing noise | x), a hit is a wrong noisy label.

    Args:
        scores: (N >= 1,) numbers; the highest comes first.
        hits: (N,) bool.

    >>> rank_precision(torch.tensor([0.1, 0.9]), torch.tensor([False, True])).tolist()
    [1.0, 0.5]
    """
    scores = check_vector(scores, 'scores')
    if len(scores) == 0 or hits.shape != scores.shape or hits.dtype != torch.bool:
        raise ValueError(
            f'hits must be bool, as many as the {len(scores)} scores and at least one, '
            f'got {tuple(hits.shape)} {hits.dtype}'
        )
    ranking = torch.sort(scores, descending=True, stable=True).indices
    found = hits[ranking.to(hits.device)].long().cumsum(dim=0)
    return found.double() / torch.arange(1, len(hits) + 1, device=hits.device)
