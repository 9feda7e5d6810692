"""Sets up what an ``SMPHook`` judges by: held-out samples, or a closed form."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from torch import Tensor

from ...supervision.sample_hook import plain_model
from ...supervision.walk import Walk
from .closed_form_guard import ClosedFormGuard
from .holdout import FEWEST_JUDGES, draw_holdout, judging_rows
from .loaded_weights import LoadedWeights, held_out_before, pretrained_weights
from .trust_guard import TrustGuard

__all__ = [
    'Stage',
    'check_set_up',
    'doubt_holdout',
    'draw_judges',
    'give_up',
    'hold_out',
]


class Stage:
    """What a hook does with its corrected labels."""

    WAITING, WITHHELD, CORRECTING, GAVE_UP = (
        'waiting', 'withheld', 'correcting', 'gave_up'
    )  # fmt: skip


def draw_judges(hook: Any) -> None:
    """Hold out what a fresh run needs; nothing where a closed form judges.

    Raises:
        ValueError: If a guard has too few samples to judge by.
    """
    given, share = hook.table.given_labels, hook.holdout_fraction
    if share is None and (not hook.guard or hook.head_only is not None):
        share = 0.0
    hold_out(hook, draw_holdout(given, share, hook.seed), 'drawn')
    judges = int(hook.holdout.sum())
    if isinstance(hook.trust_guard, ClosedFormGuard):
        judges = len(given)
    if hook.guard and judges < FEWEST_JUDGES:
        raise ValueError(
            f'a guard cannot judge by {judges} held-out samples: it needs '
            f'{FEWEST_JUDGES}, better 400; raise `holdout_fraction`'
        )


def hold_out(hook: Any, holdout: Tensor, origin: str) -> None:
    """Keep these samples (N,) bool apart and judge by them.

    ``origin`` is 'drawn', 'loaded' (held out by the run that the weights come from), or
    becomes 'seen' where those may have seen the labels. Where none is held out and only
    the head is trained, all samples are judged in closed form.
    """
    given, verification = hook.table.given_labels, hook.verification
    hook.holdout, hook.holdout_origin = holdout, origin
    if hook.head_only is not None and not holdout.any():
        walk = hook.walk
        settings = walk.batch_size, walk.num_workers, 0, 'head'
        walk = Walk(walk.dataset, walk.pipeline, *settings)
        features = partial(walk, hook.head_only)
        hook.trust_guard = ClosedFormGuard(
            features, given, hook.num_classes, verification, hook.seed
        )
        return
    judges = judging_rows(holdout, verification, hook.seed)
    hook.trust_guard = TrustGuard(
        judges, ~holdout, given, hook.num_classes, verification
    )


def check_set_up(hook: Any, logger) -> None:
    """Warn of what costs much or says little.

    Raises:
        ValueError: If `class_scores` is asked for where there are none.
    """
    closed = isinstance(hook.trust_guard, ClosedFormGuard)
    if hook.class_scores and (not closed or hook.evaluate_on is not None):
        raise ValueError(
            '`class_scores` needs a model of which only the head is trained, '
            '`online=False`, no `holdout_fraction` and no `evaluate_on`'
        )
    verified = hook.verification >= 0
    if not closed and not hook.trust_guard.all_verified and verified.any():
        logger.warning(
            f'{int((hook.holdout & verified).sum())} of {int(verified.sum())} verified '
            f'samples are held out, but judging by them needs {FEWEST_JUDGES}, right '
            'and wrong ones: corrections are judged by noisy labels; verify more '
            'samples or raise `holdout_fraction`'
        )


def doubt_holdout(hook: Any, runner, loaded: Sequence[LoadedWeights]) -> None:
    """Hold out what the weights that the run starts with have not seen."""
    if not hook.holdout.any() or hook.trust_guard.all_verified:
        return
    model = plain_model(runner)
    found = loaded or pretrained_weights(model)
    holdout, origin = held_out_before(found, hook.training_set, model, runner.logger)
    if holdout is not None:
        hold_out(hook, holdout, 'loaded')
    hook.holdout_origin = origin


def give_up(hook: Any, logger) -> None:
    """Go on with the given labels, of all samples."""
    hook.stage = Stage.GAVE_UP
    hook.holdout.fill_(False)
    logger.warning(
        'half of the training is over and the corrected labels are not clearly better: '
        'they will not be used, training goes on with the given labels'
    )
