"""Two networks that choose each other's training images (Han et al.; NeurIPS 2018)."""

from typing import Any

import torch
from mmpretrain.registry import MODELS
from mmpretrain.structures import DataSample
from torch import Tensor

from ...checks import check_count, check_fraction
from ...functional import small_loss_posterior
from ...supervision.term import Term
from ...supervision.term_batch import TermBatch

__all__ = ['CoTeaching']


@MODELS.register_module()
class CoTeaching(Term):
    r"""Each of two networks learns from the images of small loss to the other.

    Algorithm 1: of each batch both networks take the share :math:`R(T) = 1 - \tau
    \min(T / T_k, 1)` of the labels with the smallest loss, and each is trained on what
    the other took. The classifier is the first network, and all that predicts; the
    second, ``peer``, lies under ``terms.`` in the checkpoint.

    The paper takes the true noise rate for :math:`\tau`. Here none is needed: before
    each epoch :math:`\tau` is one minus the mean of
    :func:`~nl_plugins.functional.small_loss_posterior`, of the losses that each label
    last had, averaged over both networks. T counts from 1, so the first epoch drops
    :math:`\tau / T_k` already, where the authors' code drops nothing; from epoch
    :math:`T_k` on both have the full rate. The number is rounded down, as there. The
    loss is that of the head, for a target of mass 1; images without a label are not
    taken. Each rank chooses from its own batch.

    Args:
        peer: Config of the second network: its backbone, neck and head.
        forget_rate: tau, in [0, 1); None estimates it.
        ramp: T_k, in epochs (or iterations, as ``TermsHook`` counts).
        interval: Epochs (or iterations) between estimates.

    >>> term = MODELS.build(dict(
    ...     type='CoTeaching',
    ...     forget_rate=0.4,
    ...     peer=dict(
    ...         backbone=dict(type='FullyConnected', in_channels=64),
    ...         head=dict(type='LinearClsHead', num_classes=10, in_channels=128),
    ...     ),
    ... ))
    >>> [round(term.keep_rate(epoch), 2) for epoch in (1, 5, 10, 20)]
    [0.96, 0.8, 0.6, 0.6]
    """

    def __init__(
        self,
        peer: dict,
        forget_rate: float | None = None,
        ramp: int = 10,
        interval: int = 1,
    ) -> None:
        super().__init__()
        self.peer = MODELS.build(dict(peer, type='NoisyLabelClassifier'))
        if check_fraction(forget_rate or 0.0, 'forget_rate', zero=True) == 1:
            raise ValueError('forget_rate must be below 1: nothing would be learnt')
        self.forget_rate = forget_rate
        self.ramp = check_count(ramp, 'ramp')
        self.interval = check_count(interval, 'interval')
        self._step = 0

    def make_state(self, num_samples: int, num_classes: int) -> dict[str, Tensor]:
        """``losses`` (N,), the latest, nan before; ``rate`` (1,), tau as of now."""
        losses = torch.full((num_samples,), torch.nan)
        return dict(losses=losses, rate=torch.zeros(1, dtype=torch.float64))

    def scale_at(self, step: int, last: int) -> float:
        """1; before an epoch tau is estimated."""
        due = step != self._step and (step - 1) % self.interval == 0
        self._step = step
        if due and self.sample_state and self.forget_rate is None:
            self._estimate()
        return 1.0

    def keep_rate(self, step: int) -> float:
        """R(T), of the epoch T = ``step``."""
        rate = self.forget_rate
        if rate is None:
            rate = float(self.sample_state['rate']) if self.sample_state else 0.0
        return 1 - rate * min(step / self.ramp, 1)

    def before_supervised(self, batch: TermBatch) -> None:
        """Choose, and give each network the other's choice as its targets."""
        feats: Any = self.peer.extract_feat(batch.inputs)
        labels = torch.cat([sample.gt_label for sample in batch.samples])
        samples = [DataSample().set_gt_label(label) for label in labels]
        other = TermBatch(self.peer, batch.views, samples, batch.inputs, feats)
        batch.check_classes(other.logits, 'the peer of CoTeaching')
        self.peer.check_targets(other.logits.size(1))
        targets = batch.targets
        each = [network.each_loss(targets) for network in (batch, other)]
        mine, theirs = (self._smallest(losses, targets) for losses in each)
        batch.targets = targets * theirs[:, None]
        other.targets = targets * mine[:, None]
        self._other, self._kept = other, mine
        rows, means = batch.over_ranks(torch.stack(each, dim=1))
        self.state(batch)['losses'][rows] = means.mean(dim=1)

    def losses(self, batch: TermBatch) -> dict[str, Tensor]:
        """The loss of the second network, and the share of the batch that it took."""
        loss = self.peer.supervised(self._other)['loss']
        return dict(loss_peer=loss, kept=self._kept.mean())

    def _smallest(self, losses: Tensor, targets: Tensor) -> Tensor:
        """(B,) 1 for the labels that a network with these losses takes, else 0."""
        labelled = targets.sum(dim=1) > 0
        count = int(self.keep_rate(self._step) * int(labelled.sum()))
        order = losses.masked_fill(~labelled, torch.inf).argsort(stable=True)
        return torch.zeros_like(losses).index_fill_(0, order[: max(count, 1)], 1.0)

    def _estimate(self) -> None:
        seen = self.sample_state['losses']
        seen = seen[seen.isfinite()]
        if len(seen):
            self.sample_state['rate'].fill_(1 - small_loss_posterior(seen).mean())
