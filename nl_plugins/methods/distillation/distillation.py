"""Noisy labels mixed with what a teacher, trained on clean labels, predicts."""

from typing import Any

import torch
from mmpretrain.registry import MODELS

from ...checks import check_fraction, check_positive
from ...supervision.earlier_run import earlier_model
from ...supervision.predictions import evaluating
from ...supervision.sample_hook import plain_model
from ...supervision.term import Term
from ...supervision.term_batch import TermBatch

__all__ = ['Distillation']

_OF_INPUTS = ('mean', 'std', 'to_rgb', 'pad_size_divisor', 'pad_value')


@MODELS.register_module()
class Distillation(Term):
    r"""Trains with :math:`\lambda y + (1 - \lambda) s`, Li et al. 2017 (ICCV), Eq. 5.

    s is the prediction :math:`softmax(z / T)` of a teacher that was trained on a small
    set with clean labels; it sees the first view of the image, without input noise, in
    eval mode. A target that a hook has weighted keeps its weight. The guidance of the
    paper's knowledge graph is not here. The teacher is no part of the checkpoint.

    Args:
        teacher: Config of a classifier: its backbone, neck and head. It sees what the
            ``data_preprocessor`` of the run makes of the images; one of its own must
            do the same to them.
        checkpoint: Its weights, the result of a run on the clean labels.
        label_share: lambda, in [0, 1]. Where the teacher is right more often than the
            given labels, it should be below one half.
        temperature: T, positive.
        **schedule: See :class:`Term`; labels are given ones while it is off, and the
            mixture is whole as soon as it is on.

    >>> term = dict(type='Distillation', checkpoint='teacher.pth', teacher=dict(
    ...     backbone=dict(type='FullyConnected', in_channels=64),
    ...     head=dict(type='LinearClsHead', num_classes=10, in_channels=128)))
    >>> [name for name, _ in MODELS.build(term).named_parameters()]
    []
    """

    def __init__(
        self,
        teacher: dict,
        checkpoint: str,
        label_share: float = 0.5,
        temperature: float = 1.0,
        **schedule,
    ) -> None:
        super().__init__(**schedule)
        self.label_share = check_fraction(label_share, 'label_share', zero=True)
        self.temperature = check_positive(temperature, 'temperature')
        self.checkpoint = checkpoint
        model = MODELS.build({'type': 'ImageClassifier', **teacher})
        self._teachers: list[Any] = [model]  # listed: no submodule
        self._preprocesses = bool(teacher.get('data_preprocessor'))

    def before_train(self, runner) -> None:
        """Load the teacher.

        Raises:
            ValueError: If it has another preprocessor than the run; and see
                :func:`.earlier_model`.
        """
        if self._preprocesses:
            run = plain_model(runner).data_preprocessor
            _check_alike(self._teachers[0].data_preprocessor, run)
        teacher = earlier_model(self, runner, self.checkpoint, self._teachers[0])
        teacher.to(next(plain_model(runner).parameters()).device)

    def before_supervised(self, batch: TermBatch) -> None:
        """Mix the targets with the predictions of the teacher."""
        teacher, targets = self._teachers[0], batch.targets
        with evaluating(teacher), torch.no_grad():
            logits = teacher.head(teacher.extract_feat(batch.views[0])).float()
        batch.check_classes(logits, 'the teacher of Distillation')
        guess = (logits / self.temperature).softmax(dim=1)
        guess = targets.sum(dim=1, keepdim=True) * guess
        batch.targets = guess.lerp(targets, self.label_share)


def _check_alike(teacher: Any, run: Any) -> None:
    """Refuse preprocessors that make other inputs of an image."""
    for name in _OF_INPUTS:
        own, other = (_plain(getattr(each, name, None)) for each in (teacher, run))
        if own != other:
            raise ValueError(
                f'the data_preprocessor of the teacher has {name}={own}, that of the '
                f'run {name}={other}: Distillation gives the teacher the inputs of the '
                'run, so train both with the same data_preprocessor'
            )


def _plain(value: Any) -> Any:
    return value.flatten().tolist() if isinstance(value, torch.Tensor) else value
