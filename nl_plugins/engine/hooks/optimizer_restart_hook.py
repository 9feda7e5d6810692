"""A second stage begins with a fresh optimizer."""

from mmengine.hooks import Hook
from mmengine.optim import ReduceOnPlateauParamScheduler
from mmpretrain.registry import HOOKS

__all__ = ['OptimizerRestartHook']


@HOOKS.register_module()
class OptimizerRestartHook(Hook):
    """Forgets the optimizer's state and sets the learning rate back.

    For a run whose second stage continues from the first one's weights as if it were
    a run of its own. Momentum and the sums of AdaGrad or Adam are forgotten; a
    scheduler that waits for a plateau begins to wait anew. Other schedulers are told
    by their ``begin`` and ``end`` which stage is theirs.

    Args:
        epoch: Before which epoch (from 1).
        lr: The learning rate from then on; by default the initial one.

    Raises:
        ValueError: If an argument is out of range.
    """

    def __init__(self, epoch: int, lr: float | None = None) -> None:
        if not isinstance(epoch, int) or epoch < 1:
            raise ValueError(f'epoch must be a positive integer, got {epoch!r}')
        if lr is not None and not lr > 0:
            raise ValueError(f'lr must be positive, got {lr!r}')
        self.epoch = epoch
        self.lr = lr

    def before_train_epoch(self, runner) -> None:
        if runner.epoch + 1 != self.epoch:
            return
        optimizer = runner.optim_wrapper.optimizer
        groups = optimizer.param_groups
        initial = [group.get('initial_lr', group['lr']) for group in groups]
        # AdaGrad's sums exist from its construction on
        fresh = type(optimizer)([dict(group) for group in groups], lr=initial[0])
        optimizer.state = fresh.state
        factor = 1.0 if self.lr is None else self.lr / initial[0]
        for group, lr in zip(groups, initial, strict=True):
            group['lr'] = lr * factor
        for scheduler in runner.param_schedulers or []:
            if isinstance(scheduler, ReduceOnPlateauParamScheduler):
                scheduler._reset()
