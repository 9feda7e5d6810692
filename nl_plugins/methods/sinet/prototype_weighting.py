"""SINet's visual prototypes and the distances from them (§3.2 and 3.3).

Two sweeps over the kept features, each of which needs what the one before it found over
*all* samples: weighted prototypes, distances from these. With ``num_matched`` there is
one more, over the scores that choose who makes the weighted ones; the initial
prototypes need only the confident samples. A sweep costs one product of features and
prototypes, and keeps no more than a chunk of it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import torch
from mmengine.dist import all_reduce
from torch import Tensor

from ...functional import consistency_scores
from ...functional.numerics import ranks_within
from ...functional.weighted_prototypes import add_class_sums, class_directions
from ...supervision.gather import Columns
from .labelled_features import UNSEEN, LabelledFeatures

__all__ = ['ClassPrototypes', 'PrototypeWeighting', 'class_distances']

Weigh = Callable[[Tensor, Tensor], Tensor]  # (B,) of rows (B,) and units (B, d)


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
        confident = highest_of_each_class(confidence, labels, self.num_confident)
        initial = _directions(samples, confident, _alike)[classes]
        weigh: Weigh = _alike
        if graph is not None:
            columns = graph if len(classes) == len(graph) else graph[:, classes]
            weigh = self._consistency(samples, columns, initial)
        if self.num_matched is not None:
            found = samples.collect(
                allowed, lambda rows, units: dict(scores=weigh(rows, units))
            )
            scores = found['scores'].masked_fill(~found.known, UNSEEN)
            allowed = highest_of_each_class(scores, labels, self.num_matched)
        weighted = _directions(samples, allowed, _alike if self.constant else weigh)
        return ClassPrototypes(classes, initial, weighted[classes])

    def _consistency(
        self, samples: LabelledFeatures, graph: Tensor, initial: Tensor
    ) -> Weigh:
        """What gives (B,) scores of Eq. 4 to rows and their unit features."""
        centers, graph = initial.T.to(samples.device), graph.to(samples.device)
        settings = self.gamma, self.eps, self.normalize

        def score(rows: Tensor, units: Tensor) -> Tensor:
            textual = graph[samples.labels[rows].to(samples.device)]
            return consistency_scores(units @ centers, textual, *settings)

        return score


def class_distances(samples: LabelledFeatures, prototypes: ClassPrototypes) -> Columns:
    """How far the samples with features lie from the weighted prototype of their label.

    ``own`` is the distance in [0, 2], ``nearest`` the class of the most similar
    prototype, int64. Samples whose class has no prototype are not known.
    """
    place = torch.full((samples.num_classes,), -1)
    place[prototypes.classes] = torch.arange(len(prototypes.classes))
    centers = prototypes.weighted.T.to(samples.device)

    def compare(rows: Tensor, units: Tensor) -> dict[str, Tensor]:
        labels = place[samples.labels[rows], None].to(samples.device)
        cosines = units @ centers
        own = (2 - 2 * cosines.gather(1, labels)[:, 0]).clamp(min=0).sqrt()
        return dict(own=own, nearest=prototypes.classes[cosines.argmax(dim=1).cpu()])

    known = (samples.confidence >= 0) & (place[samples.labels] >= 0)
    return samples.collect(known, compare)


def _alike(rows: Tensor, units: Tensor) -> Tensor:
    return units.new_ones(len(rows))


def _directions(samples: LabelledFeatures, chosen: Tensor, weigh: Weigh) -> Tensor:
    """(K, d) directions of the weighted sums of the chosen samples; 0 of none."""
    shape = samples.num_classes, samples.bank.units.size(1)
    sums = torch.zeros(shape, dtype=torch.float64, device=samples.device)
    for rows, units in samples.sweep(chosen):
        labels = samples.labels[rows].to(samples.device)
        add_class_sums(sums, units, weigh(rows, units), labels)
    all_reduce(sums, 'sum')
    return class_directions(sums).float().cpu()


def highest_of_each_class(scores: Tensor, labels: Tensor, count: int) -> Tensor:
    """(N,) bool, the ``count`` highest scores >= 0 of each class; ties: lower index."""
    return (ranks_within(labels, scores) < count) & (scores >= 0)
