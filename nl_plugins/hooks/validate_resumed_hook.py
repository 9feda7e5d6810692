"""The validation between a checkpoint and the next epoch."""

from mmengine.hooks import Hook
from mmengine.runner import EpochBasedTrainLoop
from mmpretrain.registry import HOOKS

__all__ = ['ValidateResumedHook']


@HOOKS.register_module()
class ValidateResumedHook(Hook):
    """Repeats, on resume, the validation of the epoch that the checkpoint ends.

    MMEngine saves an epoch's checkpoint before that epoch is validated. What listens
    to validation (a learning rate that falls on a plateau, early stopping) would
    miss it in a resumed run, which then differs from an uninterrupted one.

    >>> HOOKS.build(dict(type='ValidateResumedHook')).priority  # after all others
    'LOWEST'
    """

    priority = 'LOWEST'

    def before_train(self, runner) -> None:
        loop = runner.train_loop
        if not runner._resume or not isinstance(loop, EpochBasedTrainLoop):
            return
        loop._decide_current_val_interval()
        due = loop.epoch >= loop.val_begin and loop.epoch % loop.val_interval == 0
        if runner.val_loop is not None and loop.epoch and due:
            runner.val_loop.run()
