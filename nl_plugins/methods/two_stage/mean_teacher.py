"""A mean teacher (Tarvainen & Valpola; NIPS 2017)."""

from typing import Any

import torch
from mmpretrain.registry import MODELS
from torch import Tensor

from ...supervision.ema_teacher import ema_teacher
from ...supervision.term_batch import TermBatch
from .pi_consistency import PiConsistency

__all__ = ['MeanTeacher']


@MODELS.register_module()
class MeanTeacher(PiConsistency):
    """Compares with the prediction of a teacher that averages the weights.

    The teacher is the model of the one ``EMAHook`` that the config must have, which
    averages, evaluates, saves and resumes it; a checkpoint's weights are the teacher's.
    Here it only predicts: on the second view, with noise and dropout of its own and,
    like its authors' teacher, in training mode. Let the EMAHook begin with the term.

    >>> from mmpretrain.registry import HOOKS
    >>> term = MODELS.build(dict(type='MeanTeacher', start_epoch=31, ramp_up=5))
    >>> average = dict(type='EMAHook', begin_epoch=31, momentum=0.001)
    >>> hooks = [dict(type='TermsHook'), average]
    >>> term.start_epoch == HOOKS.build(average).begin_epoch
    True
    """

    def before_train(self, runner) -> None:
        """Find the teacher; a ValueError unless there is exactly one EMAHook."""
        self._average = ema_teacher(self, runner)

    @torch.no_grad()
    def second_prediction(self, batch: TermBatch) -> Tensor:
        """(B, K) predictions of the teacher."""
        teacher: Any = self._average.ema_model.module
        return teacher.train().stochastic_probs(batch.views[-1])
