"""Early stopping that survives a resume."""

import math

import mmengine.hooks
from mmpretrain.registry import HOOKS

from ..supervision.stateful_hook import StatefulHook

__all__ = ['ResumableEarlyStoppingHook']


@HOOKS.register_module()
class ResumableEarlyStoppingHook(mmengine.hooks.EarlyStoppingHook, StatefulHook):
    """MMEngine's EarlyStoppingHook with its count in the checkpoint.

    Use it with :class:`ValidateResumedHook`, which makes up for the validation that
    MMEngine's checkpoints have not seen. Arguments are those of EarlyStoppingHook, but
    a score that equals the best is no improvement, not even with ``min_delta=0``.

    >>> stop = dict(type='ResumableEarlyStoppingHook', monitor='accuracy/top1')
    >>> HOOKS.build(dict(stop, patience=3)).state_dict()
    {'wait_count': 0, 'best_score': -inf}
    """

    def before_train(self, runner) -> None:
        self.take_over()

    def state_dict(self) -> dict:
        return dict(wait_count=self.wait_count, best_score=self.best_score)

    def load_state_dict(self, state: dict) -> None:
        self.wait_count, self.best_score = state['wait_count'], state['best_score']

    def _check_stop_condition(self, current_score: float) -> tuple[bool, str]:
        if current_score == self.best_score:
            worse = -math.inf if self.rule == 'greater' else math.inf
            current_score = math.nextafter(current_score, worse)
        return super()._check_stop_condition(current_score)
