"""What a round of CleanNet found out about all samples, and figures of it."""

from typing import NamedTuple

import torch
from torch import Tensor

from ...functional import detection_error, relevance_weights

__all__ = ['Relevance']


class Relevance(NamedTuple):
    """Outcome of a round; the same on every rank.

    ``cross_validated`` is the similarity of a verified sample by the network that it
    was held out from, ``transferred`` by the one that its whole class was held out
    from. Both are NaN where there is none, and ``transferred`` is everywhere if all
    classes have verification labels or no two have both kinds.
    """

    given: Tensor  # (N,) int64, the given labels
    verification: Tensor  # (N,) of 1, 0 and -1, the verification labels learnt from
    known: Tensor  # (N,) bool, the samples that have features
    references: Tensor  # (K, R, d) float32; zero vectors fill up a class
    similarity: Tensor  # (N,) float32, cosine of sample and class; 0 where not `known`
    cross_validated: Tensor  # (N,) float32
    transferred: Tensor  # (N,) float32
    # (N,) float32, delta of Eq. 11 for each sample: chosen on `cross_validated`, or on
    # `transferred` for classes without verification labels
    thresholds: Tensor
    attention: Tensor  # (K, R) float32, alpha of Eq. 3, the mean of the networks
    # (K, R) int64, the sample of its class that is nearest to each reference vector, of
    # those that the vectors were made from; -1 where there is no vector
    nearest: Tensor

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
        return ((1 + self.similarity) / 2).clamp(0, 1).masked_fill(~self.known, 1)

    @property
    def shown(self) -> dict[str, Tensor]:
        """What its pictures are drawn from."""
        names = 'known', 'similarity', 'attention', 'nearest'
        return {name: getattr(self, name) for name in names}

    def weights(self, weighting: str) -> Tensor:
        """(N,) float32, 'soft' (Eq. 12) or 'hard' (Eq. 13); 1 where not ``known``."""
        hard = self.thresholds if weighting == 'hard' else None
        return relevance_weights(self.similarity, hard).masked_fill(~self.known, 1)

    def summary(self, held_out: Tensor, true_labels: Tensor) -> dict[str, float]:
        """How well the round separates right from wrong labels.

        That is ``num_verified``, ``selected`` (share), ``threshold`` and
        ``validation_error`` (cross-validated; a little too low, as the threshold was
        chosen for it), ``transfer_threshold`` and ``transfer_error`` (the same for
        classes without verification labels, if there are any), and where there is
        something to compare with: ``held_out_error`` and ``true_error`` (over the
        samples not learnt from). ``held_out`` (N,) are verification labels that were
        not learnt from, -1 elsewhere; ``true_labels`` (N,) are -1 where unknown.
        """
        given, known, num_classes = self.given, self.known, len(self.references)
        learnt, selected = self.verification >= 0, self.selected[known]
        share = float(selected.double().mean())
        summary = dict(num_verified=float(learnt.sum()), selected=share)
        verified = torch.isin(given, given[learnt])
        for prefix, error, scores, of_these in (
            ('', 'validation', self.cross_validated, verified),
            ('transfer_', 'transfer', self.transferred, ~verified),
        ):
            seen = ~scores.isnan()
            if bool(seen.any()):
                threshold = self.thresholds[of_these & known][0]
                summary[f'{prefix}threshold'] = float(threshold)
                judged = self.verification[seen], given[seen], num_classes
                summary[f'{error}_error'] = detection_error(
                    scores[seen] >= threshold, *judged
                )
        new = (true_labels >= 0) & ~learnt
        true = torch.where(new, (given == true_labels).long(), -1)
        judges = dict(held_out_error=held_out, true_error=true)
        for name, labels in judges.items():
            if bool((labels[known] >= 0).any()):
                judged = labels[known], given[known], num_classes
                summary[name] = detection_error(selected, *judged)
        return summary
