"""A second stage begins with a fresh optimizer."""

from mmengine.hooks import Hook
from mmengine.optim import ReduceOnPlateauParamScheduler
from mmpretrain.registry import HOOKS

from ..checks import check_count, check_positive
from ..supervision.start_checks import check_counting

__all__ = ['OptimizerRestartHook']


@HOOKS.register_module()
class OptimizerRestartHook(Hook):
    """Forgets the optimizer's state and sets the learning rate back.

    For a run whose second stage continues from the first one's weights as a run of its
    own. Momentum, the sums of AdaGrad or Adam and gradients that wait for their step
    (``accumulative_counts``) are forgotten; a scheduler that waits for a plateau starts
    waiting again. The ``begin`` and ``end`` of other schedulers tell which stage is
    theirs.

    Args:
        epoch: Epoch (from 1) before which to restart; iteration if not ``by_epoch``.
        lr: Learning rate from then on, times the factors of ``paramwise_cfg``; by
            default the initial one.
        by_epoch: Whether to count epochs or iterations.

    Raises:
        ValueError: If a value is out of range, or the training has no epochs to count.

    >>> hook = HOOKS.build(dict(type='OptimizerRestartHook', epoch=121, lr=0.01))
    >>> hook.epoch, hook.lr, hook.by_epoch
    (121, 0.01, True)
    """

    def __init__(
        self, epoch: int, lr: float | None = None, by_epoch: bool = True
    ) -> None:
        self.epoch = check_count(epoch, 'epoch')
        self.lr = None if lr is None else check_positive(lr, 'lr')
        self.by_epoch = by_epoch

    def before_train(self, runner) -> None:
        check_counting(runner, self)

    def before_train_epoch(self, runner) -> None:
        if self.by_epoch and runner.epoch + 1 == self.epoch:
            self.restart(runner)

    def before_train_iter(self, runner, batch_idx: int, data_batch=None) -> None:
        if not self.by_epoch and runner.iter + 1 == self.epoch:
            self.restart(runner)

    def restart(self, runner) -> None:
        """Make the optimizer and the schedulers those of a new run."""
        optimizer = runner.optim_wrapper.optimizer
        base = optimizer.defaults['lr']
        # AdaGrad's sums exist from its construction on
        fresh = type(optimizer)([dict(g) for g in optimizer.param_groups], lr=base)
        optimizer.state = fresh.state
        optimizer.zero_grad()
        factor = 1.0 if self.lr is None else self.lr / base
        for group in runner.optim_wrapper.param_groups:  # and what the log shows
            group['lr'] = group.get('initial_lr', group['lr']) * factor
        for scheduler in runner.param_schedulers or []:
            if isinstance(scheduler, ReduceOnPlateauParamScheduler):
                scheduler._reset()
