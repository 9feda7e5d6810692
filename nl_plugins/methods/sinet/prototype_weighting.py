"""SINet's visual prototypes and the distances from them (§3.2 and 3.3).

Three sweeps over the kept features, each of which needs what the one before it found
over *all* samples: initial prototypes, weighted prototypes, distances from these. No
sweep keeps more than a chunk of samples times classes.
"""

from dataclasses import dataclass
from typing import NamedTuple

import torch
from mmengine.dist import all_reduce
from torch import Tensor

from ...functional import consistency_scores, prototype_distances
from ...functional.numerics import ranks_within
from ...functional.weighted_prototypes import add_class_sums, class_directions
from ...supervision.gather import Columns
from .labelled_features import UNSEEN, LabelledFeatures

__all__ = ['ClassPrototypes', 'PrototypeWeighting', 'class_distances']


class ClassPrototypes(NamedTuple):
    """One prototype for each class that has samples; the same on every rank."""

    classes: Tensor  # (P,) int64, ascending
    initial: Tensor  # (P, d) float32 unit vectors: the samples of highest confidence
    weighted: Tensor  # (P, d) float32 unit vectors: Eq. 5


@dataclass
class PrototypeWeighting:
    """How prototypes are made; for the settings see ``SINetHook``."""

    num_confident: int
    num_matched: int | None
    gamma: float
    eps: float
    normalize: str
    constant: bool = False

    def prototypes(
        self, samples: LabelledFeatures, allowed: Tensor, graph: Tensor | None
    ) -> ClassPrototypes:
        """The initial prototypes, and Eq. 4 and 5.

        The samples, merged, that are ``allowed`` (N,) bool make them. None as the graph
        (K, K) float32 stands for uniform scores.

        Raises:
            RuntimeError: If fewer than two classes have samples.
        """
        labels, allowed = samples.labels, allowed & (samples.confidence >= 0)
        classes = labels[allowed].unique()
        if len(classes) < 2:
            raise RuntimeError(
                f'only {len(classes)} of {samples.num_classes} classes have samples to '
                f'make prototypes from, of {int(allowed.sum())} samples in all'
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
        if self.constant:
            scores = torch.ones(len(labels))
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
    """How far the samples with features lie from the weighted prototype of their label.

    ``own`` is the distance in [0, 2], ``nearest`` the class of the most similar
    prototype, int64. Samples whose class has no prototype are not known.
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
    """(N,) bool, the ``count`` highest scores >= 0 of each class; ties: lower index."""
    return (ranks_within(labels, scores) < count) & (scores >= 0)
