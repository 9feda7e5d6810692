"""A mean teacher (Tarvainen & Valpola; NIPS 2017)."""

import torch
from mmengine.hooks import EMAHook
from mmpretrain.registry import HOOKS
from torch import Tensor

from .consistency_hook import ConsistencyHook

__all__ = ['MeanTeacherHook']


@HOOKS.register_module()
class MeanTeacherHook(ConsistencyHook):
    """Compares with the prediction of a teacher that averages the weights.

    The teacher is the model of an ``EMAHook`` in the same config, which averages,
    evaluates, saves and resumes it; a checkpoint's weights are the teacher's, as
    with every EMAHook. Here it only predicts: on the second view, with noise and
    dropout of its own and, like its authors' teacher, in training mode. Let the
    EMAHook begin with stage 2::

        custom_hooks = [
            dict(type='EMAHook', momentum=0.001, begin_epoch=31),
            dict(type='MeanTeacherHook', start_epoch=31, ramp_up=5),
        ]

    Args:
        **kwargs: See :class:`ConsistencyHook`.

    Raises:
        ValueError: If there is not exactly one EMAHook, at the start of the training.
    """

    def before_train(self, runner) -> None:
        averages = [hook for hook in runner.hooks if isinstance(hook, EMAHook)]
        if len(averages) != 1:
            raise ValueError(
                'MeanTeacherHook takes its teacher from an EMAHook: custom_hooks has '
                f'{len(averages)} of them, it needs one'
            )
        self.teacher = averages[0].ema_model.module
        super().before_train(runner)

    @torch.no_grad()
    def second_prediction(self, probs: Tensor, inputs: Tensor, samples: list) -> Tensor:
        """(B, K) predictions of the teacher."""
        self.teacher.train()
        return self.teacher.stochastic_probs(inputs)
