"""Checks of the training dataloader for runs without any other hook."""

from mmengine.hooks import Hook
from mmpretrain.registry import HOOKS

from ..supervision.sample_hook import plain_model
from ..supervision.training_loader import prepare_loader

__all__ = ['TrainingLoaderHook']


@HOOKS.register_module()
class TrainingLoaderHook(Hook):
    """Looks at the last batch of an epoch and at the seeds of workers at the start.

    All hooks that keep a table of samples do so; this one serves plain training, and
    ``tools/train.py`` and ``tools/compare.py`` add it to each run.

    Raises:
        ValueError: At the start, if an epoch ends with one image and the model cannot
            be trained with it.

    >>> HOOKS.build(dict(type='TrainingLoaderHook')).priority
    'NORMAL'
    """

    def before_train(self, runner) -> None:
        self.loader = runner.train_dataloader
        prepare_loader(runner, plain_model(runner))

    def before_train_epoch(self, runner) -> None:
        if runner.train_dataloader is not self.loader:  # of another hook
            self.before_train(runner)
