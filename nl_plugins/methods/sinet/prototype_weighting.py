"""SINet's visual prototypes and noise weights over kept features (§3.2 and 3.3)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import torch
import torch.nn.functional as F
from mmengine.dist import all_reduce
from torch import Tensor

from ...functional import add_class_sums, consistency_scores
from ...supervision.gather import merge_rows
from .labelled_features import LabelledFeatures

__all__ = ['ClassPrototypes', 'PrototypeWeighting', 'highest_of_each_class']

ENTRIES_AT_ONCE = 1 << 22


class ClassPrototypes(NamedTuple):
    """One prototype for each class that has samples; the same on every rank.

    Attributes:
        classes: (P,) int64, ascending.
        initial: (P, d) float32 unit vectors: the samples of highest confidence.
        weighted: (P, d) float32 unit vectors: Eq. 5.
    """

    classes: Tensor
    initial: Tensor
    weighted: Tensor


class PrototypeDistances(NamedTuple):
    """Outcome for all samples; the same on every rank.

    Attributes:
        known: (N,) bool, the samples with features whose class has a prototype; the
            rest of the fields means nothing for the others.
        own: (N,) float32 distance in [0, 2] from the prototype of the label.
        nearest: (N,) int64, the class of the most similar prototype.
    """

    known: Tensor
    own: Tensor
    nearest: Tensor


@dataclass
class PrototypeWeighting:
    """Three sweeps over the features after the one walk over the images.

    Each needs what the one before it found over *all* samples, so none can be left out:
    the most confident samples make the initial prototypes, the consistency of every
    sample with them makes the weighted prototypes, and the distance from these the
    weights. No sweep keeps more than a chunk of samples times classes.

    Args:
        num_confident, num_matched, gamma, eps, normalize: See
            ``SINetHook``.
        device: Where the sweeps are computed.
    """

    num_confident: int
    num_matched: int | None
    gamma: float
    eps: float
    normalize: str
    device: torch.device | str = 'cpu'

    def prototypes(
        self,
        samples: LabelledFeatures,
        allowed: Tensor,
        graph: Tensor | None,
        num_classes: int,
    ) -> ClassPrototypes:
        """The initial prototypes, and Eq. 4 and 5.

        Args:
            samples: Those that make the prototypes.
            allowed: (N,) bool, which of them may.
            graph: (K, K) float32; None stands for uniform scores.
            num_classes: K.

        Raises:
            RuntimeError: If fewer than two classes have samples.
        """
        labels = samples.labels
        allowed = allowed & (samples.confidence >= 0)
        present = torch.bincount(labels[allowed], minlength=num_classes) > 0
        classes = present.nonzero()[:, 0]
        if len(classes) < 2:
            raise RuntimeError(
                f'only {len(classes)} of {num_classes} classes have samples to make '
                f'prototypes from, of {int(allowed.sum())} samples in all'
            )
        scores = samples.confidence.masked_fill(~allowed, -1)
        chosen = highest_of_each_class(scores, labels, self.num_confident, num_classes)
        ones = torch.ones(len(labels))
        initial = self._means(samples, chosen, ones, num_classes)[classes]
        if graph is None:
            weighted = self._means(samples, allowed, ones, num_classes)[classes]
            return ClassPrototypes(classes, initial, weighted)
        centers = initial.T.to(self.device)
        scores = torch.full((len(labels),), -1.0)
        for rows, units in self._chunks(samples, allowed, num_classes):
            visual = units @ centers
            textual = graph[labels[rows]]
            if len(classes) < num_classes:
                textual = textual[:, classes]
            scores[rows] = consistency_scores(
                visual, textual.to(units), self.gamma, self.eps, self.normalize
            ).cpu()
        if self.num_matched is not None:
            rows = samples.bank.rows
            merge_rows(scores, rows, scores[rows])
            allowed = highest_of_each_class(
                scores, labels, self.num_matched, num_classes
            )
        weighted = self._means(samples, allowed, scores, num_classes)[classes]
        return ClassPrototypes(classes, initial, weighted)

    def distances(
        self, samples: LabelledFeatures, prototypes: ClassPrototypes, num_classes: int
    ) -> PrototypeDistances:
        """Distance of every sample from the weighted prototype of its label."""
        size = len(samples.labels)
        place = torch.full((num_classes,), -1)
        place[prototypes.classes] = torch.arange(len(prototypes.classes))
        known = (samples.confidence >= 0) & (place[samples.labels] >= 0)
        own, nearest = torch.zeros(size), torch.zeros(size, dtype=torch.int64)
        centers = prototypes.weighted.to(self.device)
        for rows, units in self._chunks(samples, known, num_classes):
            labels = place[samples.labels[rows]].to(self.device)
            own[rows] = torch.linalg.vector_norm(units - centers[labels], dim=1).cpu()
            best = (units @ centers.T).argmax(dim=1).cpu()
            nearest[rows] = prototypes.classes[best]
        rows = samples.bank.rows
        merge_rows(own, rows, own[rows])
        merge_rows(nearest, rows, nearest[rows])
        return PrototypeDistances(known, own, nearest)

    def _means(
        self,
        samples: LabelledFeatures,
        chosen: Tensor,
        weights: Tensor,
        num_classes: int,
    ) -> Tensor:
        """(K, d) directions of the weighted sums of the chosen samples; 0 of none."""
        sums = torch.zeros(num_classes, samples.bank.units.size(1), dtype=torch.float64)
        sums = sums.to(self.device)
        for rows, units in self._chunks(samples, chosen):
            labels = samples.labels[rows].to(self.device)
            add_class_sums(sums, units, weights[rows].to(units), labels)
        all_reduce(sums, 'sum')
        return F.normalize(sums, dim=1).float().cpu()

    def _chunks(
        self, samples: LabelledFeatures, mask: Tensor, num_columns: int = 0
    ) -> Iterator[tuple[Tensor, Tensor]]:
        """This rank's samples of the mask: rows, and float32 unit features.

        So many at a time that matrices of ``num_columns`` columns stay small as well.
        """
        bank = samples.bank
        slots = mask[bank.rows].nonzero()[:, 0]
        width = max(bank.units.size(1), num_columns)
        for part in slots.split(max(1, ENTRIES_AT_ONCE // width)):
            units = bank.units[part].to(self.device).float()
            yield bank.rows[part], F.normalize(units, dim=1)


def highest_of_each_class(
    scores: Tensor, labels: Tensor, count: int, num_classes: int
) -> Tensor:
    """(N,) bool, the highest scores of each class; ties go to the lower index.

    Args:
        scores: (N,); negative ones are never chosen.
        labels: (N,) int64.
        count: At most, of each class.
        num_classes: K.
    """
    chosen = torch.zeros(len(labels), dtype=torch.bool)
    order = labels.argsort(stable=True)
    counts = torch.bincount(labels, minlength=num_classes).tolist()
    for rows in order.split(counts):
        best = scores[rows].sort(descending=True, stable=True).indices[:count]
        chosen[rows[best]] = True
    return chosen & (scores >= 0)
