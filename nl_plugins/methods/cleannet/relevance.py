"""What a round of CleanNet found out about all samples."""

from typing import NamedTuple

import torch
from torch import Tensor

from ...functional import relevance_weights

__all__ = ['Relevance']


class Relevance(NamedTuple):
    """Outcome of a round; the same on every rank.

    Attributes:
        given: (N,) int64, the given labels.
        verification: (N,) of 1, 0 and -1, the verification labels learnt from.
        known: (N,) bool, the samples that have features.
        references: (K, R, d) float32; zero vectors fill up a class.
        similarity: (N,) float32, cosine of each sample and its class; 0 where not
            ``known``.
        cross_validated: (N,) float32, the similarity of the verified samples by the
            network that they were held out from; NaN where there is none.
        transferred: (N,) float32, the similarity of the verified samples by the network
            that their whole class was held out from; NaN where there is none, and
            everywhere if all classes have verification labels or no two have both.
        thresholds: (N,) float32, delta of Eq. 11 for each sample: chosen on
            ``cross_validated``, or on ``transferred`` for classes without verification
            labels.
        attention: (K, R) float32, alpha of Eq. 3, the mean of the networks.
    """

    given: Tensor
    verification: Tensor
    known: Tensor
    references: Tensor
    similarity: Tensor
    cross_validated: Tensor
    transferred: Tensor
    thresholds: Tensor
    attention: Tensor

    def with_transfer(self, other: 'Relevance', classes: Tensor) -> 'Relevance':
        """With what networks that held out whole classes say of ``classes`` (K,)."""
        theirs = classes[self.given]
        return self._replace(
            similarity=torch.where(theirs, other.similarity, self.similarity),
            transferred=other.cross_validated,
            thresholds=torch.where(theirs, other.thresholds, self.thresholds),
            attention=torch.where(classes[:, None], other.attention, self.attention),
        )

    @property
    def selected(self) -> Tensor:
        """(N,) bool, Eq. 11; True where not ``known``."""
        return ~self.known | (self.similarity >= self.thresholds)

    @property
    def scores(self) -> Tensor:
        """(N,) float32 in [0, 1], (1 + cosine) / 2; 1 where not ``known``."""
        scores = ((1 + self.similarity) / 2).clamp(0, 1)
        return scores.masked_fill(~self.known, 1)

    def weights(self, weighting: str) -> Tensor:
        """(N,) float32, 'soft' (Eq. 12) or 'hard' (Eq. 13); 1 where not ``known``."""
        hard = self.thresholds if weighting == 'hard' else None
        weights = relevance_weights(self.similarity, hard)
        return weights.masked_fill(~self.known, 1)
