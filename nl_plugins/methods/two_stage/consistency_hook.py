"""When and how much consistency counts, and with what predictions are compared."""

from typing import Any

from mmengine.hooks import Hook
from mmpretrain.registry import HOOKS

from ...functional import ramp_down, ramp_up
from ...supervision.start_checks import check_counting
from ...supervision.table_hook import plain_model

__all__ = ['ConsistencyHook']


@HOOKS.register_module()
class ConsistencyHook(Hook):
    r"""Begins stage 2 of a ``PiModelClassifier`` and schedules its consistency loss.

    Before ``start_epoch`` the classifier trains as a plain one. From then on its
    consistency loss has the weight :math:`\alpha` of the loss module times
    :func:`~nl_plugins.functional.ramp_up` of the time since then times
    :func:`~nl_plugins.functional.ramp_down` of the time left, in the manner of Laine
    & Aila (2017). Both depend on nothing but the epoch, so a resumed run goes on
    exactly. Without this hook the weight is alpha from the beginning.

    This hook leaves it to the classifier to predict a second time (the Pi-model).
    Subclasses say where else the prediction to compare with comes from:
    :class:`TemporalEnsemblingHook`, :class:`MeanTeacherHook`.

    Args:
        start_epoch: The first epoch (from 1) of stage 2; in iterations if not
            ``by_epoch``.
        ramp_up: Epochs until the full weight; 0: at once (fixed alpha).
        ramp_down: How many epochs before the end the weight begins to fall; 0: it
            stays.
        by_epoch: Count epochs or iterations.

    Raises:
        ValueError: If an argument is out of range, or at the start of the training
            if the model has no consistency loss.
    """

    second_prediction: Any = None
    """See ``PiModelClassifier.second_prediction``."""

    def __init__(
        self,
        start_epoch: int = 1,
        ramp_up: int = 0,
        ramp_down: int = 0,
        by_epoch: bool = True,
    ) -> None:
        for name, value, least in (
            ('start_epoch', start_epoch, 1),
            ('ramp_up', ramp_up, 0),
            ('ramp_down', ramp_down, 0),
        ):
            if not isinstance(value, int) or value < least:
                raise ValueError(f'{name} must be an integer >= {least}, got {value!r}')
        self.start_epoch = start_epoch
        self.ramp_up = ramp_up
        self.ramp_down = ramp_down
        self.by_epoch = by_epoch

    def before_train(self, runner) -> None:
        self.model: Any = plain_model(runner)
        if not hasattr(self.model, 'consistency_scale'):
            raise ValueError(
                f'{type(self.model).__name__} has no consistency loss: use '
                'model.type="PiModelClassifier"'
            )
        check_counting(runner, self)
        self.model.second_prediction = self.second_prediction

    def before_train_iter(self, runner, batch_idx: int, data_batch=None) -> None:
        now, end = runner.epoch, runner.max_epochs
        if not self.by_epoch:
            now, end = runner.iter, runner.max_iters
        self.model.consistency_scale = self.scale(now + 1, end)

    def scale(self, step: int, last: int) -> float:
        """The factor in epoch or iteration ``step`` (from 1) of ``last``."""
        if step < self.start_epoch:
            return 0.0
        rise = ramp_up(step - self.start_epoch, self.ramp_up)
        return rise * ramp_down(last - step, self.ramp_down)
