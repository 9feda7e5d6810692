"""The state of an ``SMPHook`` in a checkpoint."""

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
    """Take over :func:`smp_state`.

    Raises:
        ValueError: If the config holds out other samples.
    """
    hook.stage, hook.holdout_origin = state['stage'], state['holdout_origin']
    if hook.holdout_origin == 'loaded':
        hold_out(hook, state['holdout'], 'loaded')
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
