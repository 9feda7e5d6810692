"""Random numbers that depend on the iteration alone."""

from collections.abc import Iterator
from typing import Any

from mmengine.dist import get_rank
from mmengine.hooks import Hook
from mmengine.runner import IterBasedTrainLoop
from mmpretrain.registry import HOOKS

from ..supervision.training_loader import seed_everything

__all__ = ['StepSeedHook']

EPOCH, STEP, BATCH = 0, 1, 2


@HOOKS.register_module()
class StepSeedHook(Hook):
    """Seeds Python, NumPy and torch before every epoch and iteration.

    MMEngine saves no state of the random generators, so the dropout and the noise of
    a resumed run are others than those of an uninterrupted one. With this hook they
    follow from the run's seed, the iteration and the rank, as does an augmentation
    that runs in the main process: an iteration-based loop, which loads the batches that
    are done again, seeds each of them as well.

    >>> import torch
    >>> from types import SimpleNamespace
    >>> hook, runner = StepSeedHook(), SimpleNamespace(seed=0, iter=7)
    >>> hook.before_train_iter(runner, 0)
    >>> noise = torch.rand(2)
    >>> hook.before_train_iter(runner, 0)
    >>> bool((torch.rand(2) == noise).all())
    True
    """

    priority = 'VERY_HIGH'

    def before_train(self, runner) -> None:
        loop = runner.train_loop
        if isinstance(loop, IterBasedTrainLoop):
            loop.dataloader_iterator = _seeded(loop.dataloader_iterator, runner.seed)

    def before_train_epoch(self, runner) -> None:
        seed_everything(runner.seed, runner.iter, get_rank(), EPOCH)

    def before_train_iter(self, runner, batch_idx: int, data_batch=None) -> None:
        seed_everything(runner.seed, runner.iter, get_rank(), STEP)


def _seeded(batches: Iterator, seed: int) -> Iterator[Any]:
    """The batches; the random numbers of each depend on its number alone."""
    number = 0
    while True:
        seed_everything(seed, number, get_rank(), BATCH)
        yield next(batches)
        number += 1
