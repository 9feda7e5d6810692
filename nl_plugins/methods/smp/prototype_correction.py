"""SMP's label correction phase over a bank of features (section 3.3)."""

import logging
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import torch
from mmengine.logging import print_log
from torch import Tensor

from ...checks import check_choice, check_count, check_fraction
from ...functional import (
    class_centers,
    kmeans_prototypes,
    label_quality,
    prototype_scores,
    select_prototypes,
    select_prototypes_auto,
    select_prototypes_euclidean,
)
from ...supervision.feature_bank import FeatureBank
from ...supervision.gather import (
    gather_norms,
    gather_units,
    merge_columns,
    on_some_rank,
)

__all__ = ['Correction', 'PrototypeCorrection', 'Selection']

PROTOTYPE_METHODS = ('density', 'euclidean', 'kmeans++')
SCORED_AT_ONCE = 65_536


class Selection(NamedTuple):
    """The prototypes of one class."""

    rows: Tensor  # (m,) int64, the samples they were chosen from
    chosen: Tensor  # (p,) int64, which of the rows they are; empty for cluster centres
    prototypes: Tensor  # (p, d) float32 features
    quantile: float  # the density quantile that was used


class Correction(NamedTuple):
    """Outcome of a correction phase; the same on every rank."""

    labels: Tensor  # (N,) int32 corrected labels; the given one where not ``known``
    quality: Tensor  # (N,) float32, see :func:`~nl_plugins.functional.label_quality`
    known: Tensor  # (N,) bool; the others no rank saw, or their features are zero
    prototypes: Tensor  # (P,) int64, samples by class; none for 'kmeans++' (centres)
    num_prototypes: int  # P, also for 'kmeans++'
    density_quantiles: tuple[float, ...]  # one for each class that has prototypes
    classes: Tensor  # (C,) int64, ascending, the classes that have prototypes
    centers: Tensor  # (C, d) float32, the mean of the unit prototypes of each of them


@dataclass
class PrototypeCorrection:
    """Prototypes of each class from a sample of it, then a label for every sample.

    The features stay on the rank that computed them; only the ``num_samples`` of each
    class that choose the prototypes are brought together. The arguments are those of
    ``SMPHook``; ValueError if one is out of range.

    >>> correct = PrototypeCorrection(
    ...     num_samples=4, num_prototypes=1, density_quantile=0.6, max_similarity=0.95,
    ...     candidate_fraction=1.0, prototype_method='density', seed=0)
    >>> given = torch.tensor([0, 0, 0, 1, 1, 1])  # the third and the last are wrong
    >>> bank = FeatureBank(6)
    >>> bank.add(torch.arange(6), torch.eye(2)[[0, 0, 1, 1, 1, 0]])
    >>> correct(bank, given, given >= 0, num_classes=2, step=1).labels.tolist()
    [0, 0, 1, 1, 1, 0]
    """

    num_samples: int
    num_prototypes: int
    density_quantile: float | str
    max_similarity: float
    candidate_fraction: float
    prototype_method: str
    seed: int

    def __post_init__(self) -> None:
        check_count(self.num_samples, 'num_samples')
        check_count(self.num_prototypes, 'num_prototypes')
        check_choice('prototype_method', self.prototype_method, PROTOTYPE_METHODS)
        quantile: Any = self.density_quantile
        if quantile != 'auto':
            check_fraction(quantile, "density_quantile (if not 'auto')")
        elif self.prototype_method != 'density':
            raise ValueError(
                "density_quantile='auto' needs prototype_method='density', got "
                f'{self.prototype_method!r}'
            )
        check_fraction(self.max_similarity, 'max_similarity')
        check_fraction(self.candidate_fraction, 'candidate_fraction')

    def __call__(
        self,
        bank: FeatureBank,
        given: Tensor,
        allowed: Tensor,
        num_classes: int,
        step: int,
    ) -> Correction:
        """Correct the labels.

        Args:
            bank: The features of the samples that this rank has seen.
            given: (N,) int, the given labels.
            allowed: (N,) bool, the samples that may become prototypes.
            num_classes: K.
            step: The epoch or iteration; with the seed it fixes the sampling.
        """
        selections = self.choose(bank, given, allowed, num_classes, step)
        rows, chosen, prototypes, quantiles = zip(*selections.values())
        classes = list(selections)
        columns, centers = (
            torch.tensor(classes),
            class_centers(prototypes, bank.units[:0]),
        )
        scored = _correct(bank, given, columns, centers, num_classes)
        values = dict(labels=scored[1], quality=scored[2])
        found = merge_columns(len(given), scored[0], values)
        return Correction(
            labels=torch.where(found.known, found['labels'], given.to(torch.int32)),
            quality=torch.where(found.known, found['quality'], 1.0),
            known=found.known,
            prototypes=torch.cat([r[c] for r, c in zip(rows, chosen)]),
            num_prototypes=sum(map(len, prototypes)),
            density_quantiles=quantiles,
            classes=columns,
            centers=centers.float(),
        )

    def choose(
        self,
        bank: FeatureBank,
        given: Tensor,
        allowed: Tensor,
        num_classes: int,
        step: int = 0,
    ) -> dict[int, Selection]:
        """The prototypes of each class that has samples; arguments as for the call."""
        usable = torch.zeros(len(given), dtype=torch.bool)
        usable[bank.rows[bank.norms > 0]] = True
        sampled = self._sample(given, allowed & on_some_rank(usable), num_classes, step)
        if self.density_quantile != 'auto':
            return {
                label: Selection(rows, *self._select(self._features(bank, rows)))
                for label, rows in sampled.items()
            }
        # K m feature vectors at once.
        features = [self._features(bank, rows) for rows in sampled.values()]
        limits = self.num_prototypes, self.max_similarity, self.candidate_fraction
        found = select_prototypes_auto(features, *limits)
        return {
            label: Selection(sampled[label], chosen, units[chosen], quantile)
            for label, units, (quantile, chosen) in zip(sampled, features, found)
        }

    def _sample(
        self, given: Tensor, allowed: Tensor, num_classes: int, step: int
    ) -> dict[int, Tensor]:
        """At most m allowed samples of each class, by class; empty classes left out."""
        chosen = {}
        for label in range(num_classes):
            rows = ((given == label) & allowed).nonzero().flatten()
            if len(rows) == 0:
                message = f'class {label} has no sample to choose prototypes from'
                message += ': no label is corrected to it'
                print_log(message, 'current', logging.WARNING)
                continue
            rng = np.random.default_rng((self.seed, step, label))
            order = rng.permutation(len(rows))[: self.num_samples]
            chosen[label] = rows[torch.from_numpy(np.sort(order))]
        if len(chosen) < 2:
            raise RuntimeError(
                f'only {len(chosen)} of {num_classes} classes have samples to choose '
                f'prototypes from, of {int(allowed.sum())} samples in all: labels '
                'cannot be corrected (did `drop_last` drop every batch?)'
            )
        return chosen

    def _features(self, bank: FeatureBank, rows: Tensor) -> Tensor:
        """(m, d) float32: unit vectors, but for Table 4's Euclidean distances."""
        units = gather_units(bank, rows).float()
        if self.prototype_method == 'density':
            return units
        return units * gather_norms(bank, rows)[:, None]

    def _select(self, features: Tensor) -> tuple[Tensor, Tensor, float]:
        """What a :class:`Selection` says of a class, but the rows."""
        quantile = float(self.density_quantile)
        if self.prototype_method == 'kmeans++':
            centres = kmeans_prototypes(features, self.num_prototypes, self.seed)
            centres = centres[torch.linalg.vector_norm(centres, dim=1) > 0]
            return torch.empty(0, dtype=torch.int64), centres, quantile
        first = features, self.num_prototypes, quantile
        if self.prototype_method == 'euclidean':
            index = select_prototypes_euclidean(*first)
        else:
            limits = self.max_similarity, self.candidate_fraction
            index = select_prototypes(*first, *limits)
        return index, features[index], quantile


def _correct(
    bank: FeatureBank,
    given: Tensor,
    columns: Tensor,
    centers: Tensor,
    num_classes: int,
) -> tuple[Tensor, Tensor, Tensor]:
    """Rows, corrected labels and label quality of this rank's samples (Eq. 8-9)."""
    slots = (bank.norms > 0).nonzero().flatten()
    rows = bank.rows[slots]
    labels, quality = torch.empty(len(rows), dtype=torch.int32), torch.empty(len(rows))
    for part in torch.arange(len(rows)).split(SCORED_AT_ONCE):
        present = prototype_scores(bank.units[slots[part]], centers)
        labels[part] = columns[present.argmax(dim=1)].to(torch.int32)
        scores = torch.full((len(part), num_classes), -1.0)
        scores[:, columns] = present
        quality[part] = label_quality(scores, given[rows[part]].long())
    return rows, labels, quality
