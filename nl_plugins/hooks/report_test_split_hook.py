"""The accuracy on the test split along the training, to be reported only."""

from mmengine.hooks import Hook
from mmpretrain.registry import HOOKS

__all__ = ['ReportTestSplitHook']


@HOOKS.register_module()
class ReportTestSplitHook(Hook):
    """Evaluates the test split after validation, and logs it.

    For runs whose validation split is not their test split (it steers the learning
    rate, say): the curve of test accuracies is then drawn all the same, under the
    names of ``test_evaluator``. Nothing sees these numbers but the log.

    Args:
        interval: Epochs between evaluations; the last epoch is always evaluated.

    Raises:
        ValueError: If it is not a positive integer.
    """

    priority = 'LOWEST'

    def __init__(self, interval: int = 1) -> None:
        if not isinstance(interval, int) or interval < 1:
            raise ValueError(f'interval must be a positive integer, got {interval!r}')
        self.interval = interval

    def after_val_epoch(self, runner, metrics: dict | None = None) -> None:
        last = runner.epoch == runner.max_epochs or runner.train_loop.stop_training
        if last or runner.epoch % self.interval == 0:
            results = runner.test_loop.run()
            runner.visualizer.add_scalars(results, step=runner.epoch)
