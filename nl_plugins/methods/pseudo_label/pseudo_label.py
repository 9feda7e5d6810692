"""Unlabelled images trained with the class that they are predicted as."""

from mmengine.dist import all_reduce
from mmpretrain.registry import MODELS
from torch import Tensor
from torch.nn.functional import one_hot

from ...checks import check_nonnegative
from ...functional import ramp_down
from ...supervision.term import Term
from ...supervision.term_batch import TermBatch

__all__ = ['PseudoLabel']


@MODELS.register_module()
class PseudoLabel(Term):
    r"""Adds :math:`\alpha(t) \frac1{n'} \sum L(y', f)`, Lee 2013 (ICML workshop).

    The n' images of a batch without a label (with the target zero, as
    ``LabelSelectionHook`` leaves them) have the likeliest class y' of the same pass as
    their label (Eq. 14 and 15), with the loss of the head. :math:`\alpha(t)` rises in a
    straight line (Eq. 16) from 0 in epoch ``start_epoch`` to ``weight`` after
    ``ramp_up`` epochs.

    Args:
        weight: alpha_f, at least 0; 3 in the paper.
        start_epoch: T_1.
        ramp_up: T_2 - T_1, in epochs (or iterations, as ``TermsHook`` counts).
        ramp_down: See :class:`Term`.

    >>> term = MODELS.build(dict(type='PseudoLabel', start_epoch=11, ramp_up=4))
    >>> [term.scale_at(epoch, last=30) for epoch in (10, 11, 12, 15, 30)]
    [0.0, 0.0, 0.25, 1.0, 1.0]
    """

    def __init__(
        self,
        weight: float = 3.0,
        start_epoch: int = 1,
        ramp_up: int = 0,
        ramp_down: int = 0,
    ) -> None:
        super().__init__(start_epoch, ramp_up, ramp_down)
        self.weight = check_nonnegative(weight, 'weight')

    def scale_at(self, step: int, last: int) -> float:
        """The factor in epoch or iteration ``step`` (from 1) of ``last``."""
        rise = (step - self.start_epoch) / max(self.ramp_up, 1)
        rise = min(max(rise, 0.0), 1.0) if self.ramp_up else 1.0
        started = step >= self.start_epoch
        return rise * started * ramp_down(last - step, self.ramp_down)

    def losses(self, batch: TermBatch) -> dict[str, Tensor]:
        """The loss of the images without a label, a mean over those of all ranks."""
        logits, bare = batch.logits, ~batch.labelled
        count = bare.sum().to(logits.dtype)
        all_reduce(count, 'mean')
        labels = logits.detach()[bare].argmax(dim=1)
        if len(labels) == 0:
            return dict(loss_pseudo=logits.sum() * 0)
        targets = one_hot(labels, logits.size(1)).float()  # some losses take no labels
        loss = batch.model.head.loss_module
        loss = loss(logits[bare], targets, avg_factor=float(count))
        return dict(loss_pseudo=self.weight * loss)
