"""The accuracy on the test split along the training, to be reported only."""

from mmengine.hooks import Hook
from mmengine.runner import IterBasedTrainLoop
from mmpretrain.registry import HOOKS

from ..checks import check_count

__all__ = ['ReportTestSplitHook']


@HOOKS.register_module()
class ReportTestSplitHook(Hook):
    """Evaluates the test split after validation, and logs it.

    For runs whose validation split is not their test split (it steers the learning
    rate, say): the curve of test accuracies is then drawn all the same, under the
    names of ``test_evaluator``. Only the log sees these numbers.

    Args:
        interval: Number of epochs between evaluations, of iterations in an
            iteration-based loop; the last is always evaluated.

    >>> HOOKS.build(dict(type='ReportTestSplitHook', interval=10)).interval
    10
    """

    priority = 'LOWEST'

    def __init__(self, interval: int = 1) -> None:
        self.interval = check_count(interval, 'interval')

    def after_val_epoch(self, runner, metrics: dict | None = None) -> None:
        done, last = runner.epoch, runner.max_epochs
        if isinstance(runner.train_loop, IterBasedTrainLoop):
            done, last = runner.iter, runner.max_iters
        ends = done == last or runner.train_loop.stop_training
        if ends or done % self.interval == 0:
            results = runner.test_loop.run()
            runner.visualizer.add_scalars(results, step=done)
