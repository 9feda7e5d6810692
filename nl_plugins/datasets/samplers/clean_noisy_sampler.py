"""Noisy samples mixed with clean ones that are repeated."""

from typing import Any

import torch
from mmpretrain.registry import DATA_SAMPLERS
from torch import Generator, Tensor

from ...checks import check_choice, check_nonnegative
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
    fewer samples they repeat, all equally often (give or take one), each time in
    another order.

    Args:
        dataset: ``CleanLabels``, also inside InMemory; a ValueError for another.
        clean_ratio: Least number (>= 0) of clean samples for each noisy one; clean ones
            are never left out.
        phase: Phase at the start; see :meth:`set_phase`.
        seed, shuffle: See :class:`EpochSampler`.

    >>> from mmpretrain.registry import DATASETS
    >>> noisy = dict(type='NoisyLabels', dataset=dict(type='Digits'),
    ...              noise=dict(type='symmetric', rate=0.5))
    >>> mixed = DATASETS.build(dict(type='CleanLabels', dataset=noisy, fraction=0.1))
    >>> len(mixed), len(CleanNoisySampler(mixed, seed=0))  # 1,293 noisy, 647 clean
    (1437, 1940)
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
        check_nonnegative(clean_ratio, 'clean_ratio')
        clean, noisy_known = (torch.from_numpy(column >= 0) for column in labels)
        self._indices = dict(
            given=torch.arange(len(clean)),
            classes=clean.nonzero()[:, 0],
            types=(clean & noisy_known).nonzero()[:, 0],
            joint=(~clean).nonzero()[:, 0],  # and the clean ones
        )
        noisy, clean_size = len(self._indices['joint']), len(self._indices['classes'])
        wanted = exact_ceil(clean_ratio, noisy) if clean_size else 0
        self._clean_size = max(clean_size, wanted)
        self.size = noisy + self._clean_size
        self.set_phase(phase)

    def set_phase(self, phase: str) -> None:
        """Choose what the next epochs hold; a ValueError if no sample serves it."""
        check_choice('phase', phase, tuple(self._indices))
        labels = dict(classes='a clean label', types='a clean and a noisy label')
        if phase in labels and not len(self._indices[phase]):
            wanted = f'trains on samples with {labels[phase]}, but the dataset has none'
            raise ValueError(f'the phase {phase!r} {wanted}')
        self.phase = phase

    def draw(self, generator: Generator) -> Tensor:
        """The samples (len(self),) of this rank."""
        if self.phase == 'joint':
            clean = _passes(self._indices['classes'], self._clean_size, generator)
            order = _shuffled(torch.cat([self._indices['joint'], clean]), generator)
        else:
            order = _passes(self._indices[self.phase], self.size, generator)
        return self.take_share(order, len(self))


def _shuffled(indices: Tensor, generator: Generator) -> Tensor:
    return indices[torch.randperm(len(indices), generator=generator)]


def _passes(indices: Tensor, length: int, generator: Generator) -> Tensor:
    """The first ``length`` of the indices, which repeat, each time in another order."""
    passes = range(-(-length // max(len(indices), 1)))
    orders = [_shuffled(indices, generator) for _ in passes]
    return torch.cat([indices[:0], *orders])[:length]
