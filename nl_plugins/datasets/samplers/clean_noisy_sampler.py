"""Noisy samples mixed with clean ones that are repeated."""

from typing import Any

import torch
from mmpretrain.registry import DATA_SAMPLERS
from torch import Generator, Tensor

from ...functional.numerics import exact_ceil
from ..columns import known_labels
from .epoch_sampler import EpochSampler

__all__ = ['CleanNoisySampler']


@DATA_SAMPLERS.register_module()
class CleanNoisySampler(EpochSampler):
    """Repeats clean samples to half of the number of noisy ones, Xiao et al. 2015, §4.

    Which samples an epoch holds depends on the phase, which ``NoiseLayerHook`` sets:
    ``joint`` those without a clean label once and the clean ones repeated, ``classes``
    the clean ones, ``types`` those with both labels, ``given`` all. Every epoch has the
    length of a ``joint`` one, so schedules need not know of phases: where there are
    fewer samples they repeat, all equally often (give or take one), in an order of
    their own each time.

    Args:
        dataset: ``CleanLabels``, also inside InMemory.
        clean_ratio: Clean samples for each noisy one, at least; clean samples are
            never left out.
        phase: At the start.
        seed: See :class:`EpochSampler`.
        shuffle: Likewise.

    Raises:
        ValueError: If the dataset does not tell its clean labels, ``clean_ratio`` is
            negative, or no sample serves the phase.
    """

    def __init__(
        self,
        dataset: Any,
        clean_ratio: float = 0.5,
        phase: str = 'joint',
        seed: int | None = None,
        shuffle: bool = True,
    ) -> None:
        super().__init__(dataset, seed, shuffle)
        labels = known_labels(dataset)
        if labels is None:
            raise ValueError(
                f'{type(dataset).__name__} does not tell its clean labels: wrap it as '
                '`dict(type="CleanLabels", dataset=dict(...), ...)`'
            )
        if not clean_ratio >= 0:
            raise ValueError(f'clean_ratio must be at least 0, got {clean_ratio!r}')
        clean, noisy_known = (torch.from_numpy(column >= 0) for column in labels)
        both = clean & noisy_known
        self._rows = dict(
            given=torch.arange(len(clean)),
            classes=clean.nonzero()[:, 0],
            types=both.nonzero()[:, 0],
            joint=(~clean).nonzero()[:, 0],  # and the clean ones
        )
        noisy, clean_size = len(self._rows['joint']), len(self._rows['classes'])
        self._clean_size = max(clean_size, exact_ceil(clean_ratio, noisy))
        if clean_size == 0:
            self._clean_size = 0
        self._size = noisy + self._clean_size
        self.set_phase(phase)

    def set_phase(self, phase: str) -> None:
        """Choose what the next epochs hold.

        Raises:
            ValueError: If there is no such phase, or no sample for it.
        """
        if phase not in self._rows:
            raise ValueError(f'phase must be one of {list(self._rows)}, got {phase!r}')
        labels = dict(classes='a clean label', types='a clean and a noisy label')
        if phase in labels and not len(self._rows[phase]):
            raise ValueError(
                f'the phase {phase!r} trains on samples with {labels[phase]}, but the '
                'dataset has none'
            )
        self.phase = phase

    def draw(self, generator: Generator) -> Tensor:
        """The samples (len(self),) of this rank."""
        if self.phase == 'joint':
            clean = _passes(self._rows['classes'], self._clean_size, generator)
            order = _shuffled(torch.cat([self._rows['joint'], clean]), generator)
        else:
            order = _passes(self._rows[self.phase], self._size, generator)
        return self.take_share(order, len(self))

    def __len__(self) -> int:
        """How many samples this rank has in an epoch."""
        return self.share(self._size)


def _shuffled(rows: Tensor, generator: Generator) -> Tensor:
    return rows[torch.randperm(len(rows), generator=generator)]


def _passes(rows: Tensor, length: int, generator: Generator) -> Tensor:
    """The first ``length`` of the rows in a new order again and again."""
    passes = -(-length // max(len(rows), 1))
    orders = [rows[:0], *(_shuffled(rows, generator) for _ in range(passes))]
    return torch.cat(orders)[:length]
