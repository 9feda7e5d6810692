"""The averaged model that a term takes for its teacher."""

from typing import Any

from mmengine.hooks import EMAHook

__all__ = ['ema_teacher']


def ema_teacher(term: Any, runner) -> EMAHook:
    """The one EMAHook of a run, whose averaged model is the teacher of ``term``.

    Raises:
        ValueError: Unless there is exactly one.
    """
    averages = [hook for hook in runner.hooks if isinstance(hook, EMAHook)]
    if len(averages) != 1:
        raise ValueError(
            f'{type(term).__name__} takes its teacher from an EMAHook: custom_hooks '
            f'has {len(averages)} of them, it needs one'
        )
    return averages[0]
