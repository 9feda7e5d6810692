"""The validation between a checkpoint and the next epoch."""

from mmengine.hooks import Hook
from mmengine.runner import EpochBasedTrainLoop, IterBasedTrainLoop
from mmpretrain.registry import HOOKS

__all__ = ['ValidateResumedHook']


@HOOKS.register_module()
class ValidateResumedHook(Hook):
    """Repeats, on resume, the validation that was due when the checkpoint was made.

    MMEngine saves the checkpoint of an epoch, or, in an iteration-based loop, of an
    iteration, before the validation that follows it. What listens to validation (a
    learning rate that falls on a plateau, early stopping) would miss it in a resumed
    run, which then differs from an uninterrupted one; and a run that was stopped in its
    last validation would end with the figure of the one before.

    >>> HOOKS.build(dict(type='ValidateResumedHook')).priority  # after all others
    'LOWEST'
    """

    priority = 'LOWEST'

    def before_train(self, runner) -> None:
        loop = runner.train_loop
        known = EpochBasedTrainLoop, IterBasedTrainLoop
        if not runner._resume or not isinstance(loop, known):
            return
        loop._decide_current_val_interval()
        by_epoch = isinstance(loop, EpochBasedTrainLoop)
        done = loop.epoch if by_epoch else loop.iter
        last = loop.max_epochs if by_epoch else loop.max_iters
        due = done % loop.val_interval == 0 or done == last
        if runner.val_loop is not None and done >= max(loop.val_begin, 1) and due:
            runner.val_loop.run()
