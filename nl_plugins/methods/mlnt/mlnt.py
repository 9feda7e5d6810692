"""Meta-learning of noise tolerance (Li, Wong, Zhao, Kankanhalli; CVPR 2019)."""

from typing import Any

import torch
import torch.nn.functional as F
from mmpretrain.registry import MODELS
from torch import Tensor

from ...checks import check_count, check_fraction, check_nonnegative, check_positive
from ...functional import label_donors
from ...supervision.ema_teacher import ema_teacher
from ...supervision.term import Term
from ...supervision.term_batch import TermBatch

__all__ = ['MLNT']


@MODELS.register_module()
class MLNT(Term):
    r"""Trains weights that a step on wrong labels hardly changes.

    Algorithm 1: M times a share of the batch's labels is replaced by those of near
    images (:func:`~nl_plugins.functional.label_donors`), and one gradient step
    :math:`\theta'_m = \theta - \alpha \nabla L(X, \hat Y_m, \theta)` is taken in
    thought. What the network then predicts must be what a teacher says, whose weights
    are a moving average: :math:`\frac1M \sum_m \frac1B \sum_i KL(f(x_i; \theta^*)\,
    \|\, f(x_i; \theta'_m))` (Eq. 3 to 5), with the gradient through the step (second
    order) or, as an approximation, without (``second_order=False``).

    The teacher is the model of the one ``EMAHook`` that the config must have, which
    averages, evaluates, saves and resumes it.

    Departures: the paper makes a step on this loss (learning rate eta) and then one on
    the labels (beta); here both gradients are summed in one step of the optimizer, and
    ``weight`` is eta / beta. Neighbours are looked for in the batch, by the present
    features, not in the training set by those of a pretrained network. The later
    iterations, in which the best teacher so far chooses images and joins in what the
    teacher says, are not here. The teacher predicts in eval mode. Each rank steps by
    its own batch. All M graphs are kept until the backward pass.

    Args:
        num_steps: M; 10 in the paper.
        step_size: alpha.
        rate: rho, the share of the labels that is replaced.
        neighbours: Of an image, whose labels it may get.
        weight: Of the loss, at least 0.
        second_order: Whether the gradient goes through the step.
        **schedule: See :class:`Term`.

    >>> term = MODELS.build(dict(type='MLNT', num_steps=4, start_epoch=3))
    >>> term.step_size, term.rate
    (0.2, 0.5)
    """

    def __init__(
        self,
        num_steps: int = 10,
        step_size: float = 0.2,
        rate: float = 0.5,
        neighbours: int = 10,
        weight: float = 2.0,
        second_order: bool = True,
        **schedule,
    ) -> None:
        super().__init__(**schedule)
        self.num_steps = check_count(num_steps, 'num_steps')
        self.step_size = check_positive(step_size, 'step_size')
        self.rate = check_fraction(rate, 'rate', zero=True)
        self.neighbours = check_count(neighbours, 'neighbours')
        self.weight = check_nonnegative(weight, 'weight')
        self.second_order = second_order

    def before_train(self, runner) -> None:
        """Find the teacher; a ValueError unless there is exactly one EMAHook."""
        self._average = ema_teacher(self, runner)

    def losses(self, batch: TermBatch) -> dict[str, Tensor]:
        """The mean divergence from the teacher after the steps."""
        features = batch.feats[-1] if isinstance(batch.feats, tuple) else batch.feats
        features, targets = features.detach().flatten(1), batch.targets
        expected = self.teacher_prediction(batch)
        total = batch.logits.new_zeros(())
        for _ in range(self.num_steps):
            donors = label_donors(features, self.rate, self.neighbours)
            logs = self._after_step(batch, targets[donors]).float().log_softmax(dim=1)
            total = total + F.kl_div(logs, expected, reduction='batchmean')
        return dict(loss_meta=self.weight * total / self.num_steps)

    @torch.no_grad()
    def teacher_prediction(self, batch: TermBatch) -> Tensor:
        """(B, K) probabilities, in eval mode."""
        teacher: Any = self._average.ema_model.module
        logits = teacher.eval()(batch.inputs, mode='tensor')
        return logits.float().softmax(dim=1)

    def _after_step(self, batch: TermBatch, targets: Tensor) -> Tensor:
        """(B, K) logits of the network after one step towards the targets (B, K)."""
        own = batch.model.named_parameters()
        weights = {name: value for name, value in own if value.requires_grad}
        loss = batch.each_loss(targets, batch.logits).mean()
        grads = torch.autograd.grad(
            loss,
            [*weights.values()],
            retain_graph=True,
            create_graph=self.second_order,
            allow_unused=True,  # of other terms
        )
        stepped = {
            name: value - self.step_size * grad
            for (name, value), grad in zip(weights.items(), grads)
            if grad is not None
        }
        buffers = {name: value.clone() for name, value in batch.model.named_buffers()}
        arguments = (batch.inputs,), dict(mode='tensor')
        return torch.func.functional_call(
            batch.model, (stepped, buffers), *arguments, tie_weights=False
        )
