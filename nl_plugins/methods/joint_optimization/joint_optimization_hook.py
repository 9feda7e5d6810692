"""Labels that are optimised together with the network (Tanaka et al.; CVPR 2018)."""

import torch
from mmpretrain.registry import HOOKS
from torch import Tensor

from ...checks import check_count
from ...supervision.earlier_run import earlier_state
from ...supervision.label_summary import label_accuracy
from ...supervision.sample_hook import plain_model
from ...supervision.supervision_hook import SupervisionHook

__all__ = ['JointOptimizationHook']


@HOOKS.register_module()
class JointOptimizationHook(SupervisionHook):
    """Replaces all labels by the network's predictions, again before each epoch.

    Tanaka et al. §3: from ``start_epoch`` on the labels are the mean predictions of the
    last ``memory`` epochs, as they are (soft, Eq. 6) or their likeliest class (hard,
    Eq. 5). The learning rate should be high, so that the network does not memorise, and
    ``JointRegularization`` is needed lest all labels become one class. The paper then
    trains a second network from scratch on the labels: give that run ``checkpoint``.

    The predictions are those of a walk over images without augmentation; the first
    updates average over the walks there are, as none precedes ``start_epoch``. KL and
    cross entropy have the same gradient. A target keeps the weight that another hook
    gave it. The score in the table is the mean probability of the given label.

    Args:
        start_epoch: First epoch (from 1) with new labels; in iterations if not
            ``by_epoch``.
        hard: Whether the labels are classes or distributions.
        memory: Number of predictions averaged, in float16.
        checkpoint: Of a run with this hook, whose final labels are kept: the second
            stage, in which ``start_epoch`` is 1.
        interval: Epochs between updates.
        **kwargs: See :class:`SupervisionHook`.

    Raises:
        ValueError: If an argument is out of range, or (at the start) the checkpoint
            holds no labels of this training set.
        FileNotFoundError: At the start, if the checkpoint is not there.

    >>> hook = HOOKS.build(dict(type='JointOptimizationHook', start_epoch=70))
    >>> hook.hard, hook.memory
    (False, 10)
    """

    history: Tensor  # (up to memory, N, K) float16

    def __init__(
        self,
        start_epoch: int = 1,
        hard: bool = False,
        memory: int = 10,
        checkpoint: str | None = None,
        interval: int | None = 1,
        **kwargs,
    ) -> None:
        super().__init__(start_epoch, interval, **kwargs)
        self.hard, self.first_stage = hard, checkpoint
        self.memory = check_count(memory, 'memory')
        if checkpoint is not None and start_epoch != 1:
            raise ValueError('the labels of a checkpoint count from start_epoch=1 on')

    def before_train(self, runner) -> None:
        super().before_train(runner)
        loaded = runner._resume or runner._load_from or self.finished
        if self.start_epoch == 1 and not loaded:
            runner.logger.warning(
                'the first labels are the predictions of a network that has learnt '
                'nothing: raise `start_epoch`, or load a checkpoint'
            )

    @property
    def finished(self) -> bool:
        return self.first_stage is not None

    def estimate(self, runner) -> None:
        found = self.walk.predictions(plain_model(runner))
        newest = found['probs'].half()[None]
        self.history = torch.cat([self.history, newest])[-self.memory :]
        probs = self.history.float().mean(dim=0)
        self._take(probs)
        true, labels = self.training_set.true_labels, probs.argmax(dim=1)
        changed = labels != self.table.given_labels
        summary = dict(changed=float(changed.double().mean()))
        if (true >= 0).any():
            summary['right'] = label_accuracy(labels, true)
        self.log_round(runner, 'joint optimization', summary)

    def transform(self, targets: Tensor, rows: Tensor) -> Tensor:
        """The new labels; an image that was never predicted keeps its target."""
        labels = self.history[:, rows].float().mean(dim=0)
        known = labels.sum(dim=1, keepdim=True) > 0
        if self.hard:
            classes = labels.argmax(dim=1, keepdim=True)
            labels = torch.zeros_like(labels).scatter_(1, classes, 1.0)
        else:
            labels = labels / labels.sum(dim=1, keepdim=True).clamp_min(1e-6)
        return torch.where(known, targets.sum(dim=1, keepdim=True) * labels, targets)

    def _take(self, probs: Tensor) -> None:
        """Put mean predictions (N, K) into the table."""
        table, given = self.table, self.table.given_labels.long()
        known = probs.sum(dim=1) > 0
        own = probs.gather(1, given[:, None])[:, 0].clamp(0, 1)
        table.scores.copy_(torch.where(known, own, 1.0))
        table.suggested_labels.copy_(torch.where(known, probs.argmax(dim=1), given))

    # State ----------------------------------------------------------------------

    def make_state(self) -> None:
        super().make_state()
        size = 0, len(self.table), self.num_classes
        self.history = torch.zeros(size, dtype=torch.float16)
        if self.first_stage is not None:
            state = earlier_state(self, self.first_stage)
            if not len(state.get('history', ())):
                raise ValueError(
                    f'{self.first_stage} holds no labels of JointOptimizationHook: '
                    'give the last checkpoint of the first stage'
                )
            self.load_state_dict(state)

    def state_dict(self) -> dict:
        return dict(super().state_dict(), history=self.history.clone())

    def load_state_dict(self, state: dict) -> None:
        super().load_state_dict(state)
        self.history = state['history']
