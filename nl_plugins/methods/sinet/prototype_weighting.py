"""SINet's visual prototypes and the distances from them (§3.2 and 3.3).

Three sweeps over the kept features, each of which needs what the one before it found
over *all* samples: the most confident samples make the initial prototypes, the
consistency of every sample with them the weighted prototypes, and the distance from
these the weights. No sweep keeps more than a chunk of samples times classes.
"""

from dataclasses import dataclass
from typing import NamedTuple

import torch
from mmengine.dist import all_reduce
from torch import Tensor

from ...functional import (
    add_class_sums,
    class_directions,
    consistency_scores,
    prototype_distances,
)
from ...functional.numerics import ranks_within
from ...supervision.gather import Columns
from .labelled_features import UNSEEN, LabelledFeatures

__all__ = [
    'ClassPrototypes',
    'PrototypeWeighting',
    'class_distances',
    'highest_of_each_class',
]


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


@dataclass
class PrototypeWeighting:
    """How prototypes are made; for the settings see ``SINetHook``."""

    num_confident: int
    num_matched: int | None
    gamma: float
    eps: float
    normalize: str

    def prototypes(
        self, samples: LabelledFeatures, allowed: Tensor, graph: Tensor | None
    ) -> ClassPrototypes:
        """The initial prototypes, and Eq. 4 and 5.

        Args:
            samples: Those that make the prototypes, merged.
            allowed: (N,) bool, which of them may.
            graph: (K, K) float32; None stands for uniform scores.

        Raises:
            RuntimeError: If fewer than two classes have samples.
        """
        labels, num_classes = samples.labels, samples.num_classes
        allowed = allowed & (samples.confidence >= 0)
        classes = torch.bincount(labels[allowed], minlength=num_classes).nonzero()[:, 0]
        if len(classes) < 2:
            raise RuntimeError(
                f'only {len(classes)} of {num_classes} classes have samples to make '
                f'prototypes from, of {int(allowed.sum())} samples in all'
            )
        confidence = samples.confidence.masked_fill(~allowed, UNSEEN)
        chosen = highest_of_each_class(confidence, labels, self.num_confident)
        scores = torch.ones(len(labels))
        initial = _directions(samples, chosen, scores)[classes]
        if graph is not None:
            columns = graph if len(classes) == len(graph) else graph[:, classes]
            scores = self._consistency(samples, allowed, columns, initial)
        if self.num_matched is not None:
            allowed = highest_of_each_class(scores, labels, self.num_matched)
        weighted = _directions(samples, allowed, scores)[classes]
        return ClassPrototypes(classes, initial, weighted)

    def _consistency(
        self, samples: LabelledFeatures, allowed: Tensor, graph: Tensor, initial: Tensor
    ) -> Tensor:
        """(N,) scores of Eq. 4, negative for the samples that are not allowed."""
        centers = initial.T.to(samples.device)
        settings = self.gamma, self.eps, self.normalize

        def score(rows: Tensor, units: Tensor) -> dict[str, Tensor]:
            visual, textual = units @ centers, graph[samples.labels[rows]].to(units)
            return dict(scores=consistency_scores(visual, textual, *settings))

        found = samples.collect(allowed, score)
        return found['scores'].masked_fill(~found.known, UNSEEN)


def class_distances(samples: LabelledFeatures, prototypes: ClassPrototypes) -> Columns:
    """How far every sample lies from the weighted prototype of its label.

    Returns:
        For the samples with features whose class has a prototype ``own``, the distance
        in [0, 2], and ``nearest``, the class of the most similar prototype, int64.
    """
    place = torch.full((samples.num_classes,), -1)
    place[prototypes.classes] = torch.arange(len(prototypes.classes))
    centers = prototypes.weighted.to(samples.device)

    def compare(rows: Tensor, units: Tensor) -> dict[str, Tensor]:
        labels = place[samples.labels[rows]].to(samples.device)
        nearest = (units @ centers.T).argmax(dim=1).cpu()
        own = prototype_distances(units, centers, labels)
        return dict(own=own, nearest=prototypes.classes[nearest])

    known = (samples.confidence >= 0) & (place[samples.labels] >= 0)
    return samples.collect(known, compare)


def _directions(samples: LabelledFeatures, chosen: Tensor, weights: Tensor) -> Tensor:
    """(K, d) directions of the weighted sums of the chosen samples; 0 of none."""
    shape = samples.num_classes, samples.bank.units.size(1)
    sums = torch.zeros(shape, dtype=torch.float64, device=samples.device)
    for rows, units in samples.sweep(chosen):
        labels = samples.labels[rows].to(samples.device)
        add_class_sums(sums, units, weights[rows].to(units), labels)
    all_reduce(sums, 'sum')
    return class_directions(sums).float().cpu()


def highest_of_each_class(scores: Tensor, labels: Tensor, count: int) -> Tensor:
    """(N,) bool, the ``count`` highest scores of each class; negative ones never.

    Ties go to the lower index.
    """
    return (ranks_within(labels, scores) < count) & (scores >= 0)
