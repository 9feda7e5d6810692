"""The state of an ``SMPHook`` in a checkpoint, and how older ones are read."""

from typing import Any

import torch

from .guard_setup import Stage, hold_out

__all__ = ['read_state', 'smp_state']


def smp_state(hook: Any) -> dict:
    """What a resumed run needs beside the table."""
    return dict(
        trust=hook.trust_guard.state_dict(),
        holdout=hook.holdout,
        holdout_origin=hook.holdout_origin,
        known=hook.known,
        stage=hook.stage,
    )


def read_state(hook: Any, state: dict) -> None:
    """Take over :func:`smp_state`, also of a run from before holding out changed.

    Raises:
        ValueError: If the config holds out other samples.
    """
    hook.stage = state['stage'] if 'stage' in state else _old_stage(hook, state)
    origin = state.get('holdout_origin', 'drawn')
    # Such a run once held samples out where nothing was to be held out any more.
    older = hook.holdout_fraction is None and not hook.holdout.any()
    if origin == 'loaded' or older:
        hold_out(hook, state['holdout'], origin)
    hook.holdout_origin = origin
    if hook.stage == Stage.GAVE_UP:
        hook.holdout.fill_(False)
    if not torch.equal(state['holdout'], hook.holdout):
        raise ValueError(
            f'the checkpoint holds out {int(state["holdout"].sum())} samples, this '
            f'config {int(hook.holdout.sum())} or other ones: resume with the '
            '`seed` and `holdout_fraction` of the original run'
        )
    hook.known = state['known']
    hook.trust_guard.load_state_dict(state['trust'])


def _old_stage(hook: Any, state: dict) -> str:
    """The stage in a checkpoint of version 0.1."""
    if state['gave_up']:
        return Stage.GAVE_UP
    if not state['active']:
        return Stage.WAITING
    trusted = state['trust']['trusted'] or not hook.guard
    return Stage.CORRECTING if trusted else Stage.WITHHELD
