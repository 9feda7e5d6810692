"""SMP's label correction phase over a bank of features (section 3.3)."""

from dataclasses import dataclass
from numbers import Real
from typing import NamedTuple

import numpy as np
import torch
from mmengine.logging import print_log
from torch import Tensor

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
    """The prototypes of one class.

    Attributes:
        rows: (m,) int64, the samples they were chosen from.
        chosen: (p,) int64, which of the rows they are; empty for cluster centres.
        prototypes: (p, d) float32 features.
        quantile: The density quantile that was used.
    """

    rows: Tensor
    chosen: Tensor
    prototypes: Tensor
    quantile: float


class Correction(NamedTuple):
    """Outcome of a correction phase; the same on every rank.

    Attributes:
        labels: (N,) int32 corrected labels; the given one where not ``known``.
        quality: (N,) float32, see :func:`~nl_plugins.functional.label_quality`.
        known: (N,) bool, the samples that got a corrected label; the others were not
            seen by any rank or have a zero feature vector.
        prototypes: (P,) int64, the samples that are prototypes, by class; empty for
            'kmeans++', whose prototypes are cluster centres.
        num_prototypes: P, also for 'kmeans++'.
        density_quantiles: The quantile of each class that has prototypes.
    """

    labels: Tensor
    quality: Tensor
    known: Tensor
    prototypes: Tensor
    num_prototypes: int
    density_quantiles: tuple[float, ...]


@dataclass
class PrototypeCorrection:
    """Prototypes of each class from a sample of it, then a label for every sample.

    The features stay on the rank that computed them; only the ``num_samples`` of each
    class that choose the prototypes are brought together.

    Args:
        num_samples, num_prototypes, density_quantile, max_similarity,
        candidate_fraction, prototype_method, seed: See
            ``SMPHook``.
    """

    num_samples: int
    num_prototypes: int
    density_quantile: float | str
    max_similarity: float
    candidate_fraction: float
    prototype_method: str
    seed: int

    def __post_init__(self) -> None:
        for name in ('num_samples', 'num_prototypes'):
            value = getattr(self, name)
            if not isinstance(value, int) or value < 1:
                raise ValueError(f'{name} must be a positive integer, got {value!r}')
        if self.prototype_method not in PROTOTYPE_METHODS:
            raise ValueError(
                f'prototype_method must be one of {PROTOTYPE_METHODS}, got '
                f'{self.prototype_method!r}'
            )
        if self.density_quantile == 'auto':
            if self.prototype_method != 'density':
                raise ValueError(
                    "density_quantile='auto' needs prototype_method='density', got "
                    f'{self.prototype_method!r}'
                )
        elif not (
            isinstance(self.density_quantile, Real) and 0 < self.density_quantile <= 1
        ):
            raise ValueError(
                "density_quantile must be 'auto' or a number in (0, 1], got "
                f'{self.density_quantile!r}'
            )
        for name in ('max_similarity', 'candidate_fraction'):
            value = getattr(self, name)
            if not isinstance(value, Real) or not 0 < float(value) <= 1:
                raise ValueError(f'{name} must lie in (0, 1], got {value!r}')

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
        prototypes = [selection.prototypes for selection in selections.values()]
        rows, *columns = _correct(
            bank, given, list(selections), prototypes, num_classes
        )
        names = ('labels', 'quality')
        found = merge_columns(len(given), rows, dict(zip(names, columns)))
        known = found.known
        labels = torch.where(known, found['labels'], given.to(torch.int32))
        quality = torch.where(known, found['quality'], 1.0)
        chosen = [selection.rows[selection.chosen] for selection in selections.values()]
        quantiles = tuple(selection.quantile for selection in selections.values())
        count = sum(map(len, prototypes))
        return Correction(labels, quality, known, torch.cat(chosen), count, quantiles)

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
        if self.density_quantile == 'auto':  # holds K m feature vectors at once
            features = [self._features(bank, rows) for rows in sampled.values()]
            found = select_prototypes_auto(
                features,
                self.num_prototypes,
                self.max_similarity,
                self.candidate_fraction,
            )
            return {
                label: Selection(rows, chosen, units[chosen], quantile)
                for (label, rows), units, (quantile, chosen) in zip(
                    sampled.items(), features, found
                )
            }
        return {
            label: Selection(rows, *self._select(self._features(bank, rows)))
            for label, rows in sampled.items()
        }

    def _sample(
        self, given: Tensor, allowed: Tensor, num_classes: int, step: int
    ) -> dict[int, Tensor]:
        """At most m allowed samples of each class, by class; empty classes left out."""
        chosen = {}
        for label in range(num_classes):
            rows = ((given == label) & allowed).nonzero().flatten()
            if len(rows) == 0:
                print_log(
                    f'class {label} has no sample to choose prototypes from: no '
                    'label is corrected to it',
                    logger='current',
                    level=30,
                )
                continue
            order = np.random.default_rng((self.seed, step, label)).permutation(
                len(rows)
            )
            chosen[label] = rows[torch.from_numpy(np.sort(order[: self.num_samples]))]
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
        """Prototypes of a class: chosen rows of the features, they, the quantile."""
        quantile = float(self.density_quantile)
        if self.prototype_method == 'kmeans++':
            centres = kmeans_prototypes(features, self.num_prototypes, self.seed)
            centres = centres[torch.linalg.vector_norm(centres, dim=1) > 0]
            return torch.empty(0, dtype=torch.int64), centres, quantile
        if self.prototype_method == 'euclidean':
            index = select_prototypes_euclidean(features, self.num_prototypes, quantile)
        else:
            index = select_prototypes(
                features,
                self.num_prototypes,
                quantile,
                self.max_similarity,
                self.candidate_fraction,
            )
        return index, features[index], quantile


def _correct(
    bank: FeatureBank,
    given: Tensor,
    classes: list[int],
    prototypes: list[Tensor],
    num_classes: int,
) -> tuple[Tensor, Tensor, Tensor]:
    """Rows, corrected labels and label quality of this rank's samples (Eq. 8-9)."""
    slots = (bank.norms > 0).nonzero().flatten()
    rows = bank.rows[slots]
    labels = torch.empty(len(rows), dtype=torch.int32)
    quality = torch.empty(len(rows))
    columns = torch.tensor(classes)
    centers = class_centers(prototypes, bank.units[:0])
    for part in torch.arange(len(rows)).split(SCORED_AT_ONCE):
        present = prototype_scores(bank.units[slots[part]], centers)
        labels[part] = columns[present.argmax(dim=1)].to(torch.int32)
        scores = torch.full((len(part), num_classes), -1.0)
        scores[:, columns] = present
        quality[part] = label_quality(scores, given[rows[part]].long())
    return rows, labels, quality
