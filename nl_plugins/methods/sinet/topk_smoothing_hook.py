"""Labels smoothed towards the predictions of a model of confident images (SINet)."""

import torch
from mmpretrain.registry import HOOKS
from torch import Tensor

from ...checks import check_count, check_fraction
from ...supervision.supervision_hook import SupervisionHook
from ...supervision.walk import WalkBatch

__all__ = ['TopKSmoothingHook']


@HOOKS.register_module()
class TopKSmoothingHook(SupervisionHook):
    """Adaptive label smoothing of SINet (Cheng et al. 2020) §3.4.

    A model that was trained on images of high confidence, that of a run with
    ``SINetHook(threshold=...)`` or of any other that leaves samples out, predicts all
    training images once. Then each sample is trained with (1 - epsilon) of its target
    and epsilon of its ``topk`` highest predictions, scaled to add up to 1; a target
    that another hook has weighted keeps its weight. The paper gives neither number.

    The score in the table is the predicted probability of the given label, the
    suggested label the most probable one.

    Args:
        checkpoint: Weights of a model with the config of this run, for the first
            predictions; None takes the network itself as it is at ``start_epoch``.
        topk: Number of predictions of a sample that are kept.
        epsilon: Their share of the target.
        start_epoch: The first epoch (from 1) with smoothed labels.
        interval: Epochs between predictions; None predicts once.
        label_file: See :class:`SupervisionHook`, also for ``**kwargs``.

    Raises:
        ValueError: If an argument is out of range, ``online`` is set, or (at the start)
            the model has fewer classes than ``topk`` or the checkpoint others.
        FileNotFoundError: At the start, if the checkpoint is not there.
        RuntimeError: At the start, if the checkpoint is that of another model.

    Example:
        >>> hook = HOOKS.build(dict(type='TopKSmoothingHook', topk=3, start_epoch=4))
        >>> hook.topk, hook.epsilon, hook.checkpoint
        (3, 0.1, None)
    """

    def __init__(
        self,
        checkpoint: str | None = None,
        topk: int = 5,
        epsilon: float = 0.1,
        start_epoch: int = 1,
        interval: int | None = None,
        label_file: str | None = None,
        **kwargs,
    ) -> None:
        super().__init__(start_epoch, interval, label_file=label_file, **kwargs)
        self.checkpoint = checkpoint
        self.topk = check_count(topk, 'topk')
        self.epsilon = check_fraction(epsilon, 'epsilon')

    def before_train(self, runner) -> None:
        super().before_train(runner)
        if self.topk > (size := self.num_classes):
            message = f'topk={self.topk} predictions of a model with {size} classes'
            raise ValueError(f'{message}: lower `topk`')

    def estimate(self, runner) -> None:
        found = self.walk.collect(self.network(runner), self._highest)
        self.shares, self.classes = found['shares'], found['classes']
        table, known = self.table, found.known
        table.scores[known] = found['own'][known]
        table.suggested_labels[known] = self.classes[known, 0]
        figures = dict(
            predicted=known,
            as_labelled=self.classes[known, 0] == table.given_labels[known],
            label_probability=table.scores[known],
        )
        summary = {name: float(each.double().mean()) for name, each in figures.items()}
        self.log_round(runner, f'top-{self.topk} label smoothing', summary)

    def _highest(self, batch: WalkBatch) -> dict[str, Tensor]:
        ranked = batch.probs.sort(dim=1, descending=True, stable=True)
        values, classes = (each[:, : self.topk] for each in ranked)
        shares = (values / values.sum(dim=1, keepdim=True)).half()
        given = self.table.given_labels[batch.rows, None].long()
        own = batch.probs.gather(1, given.to(batch.probs.device))[:, 0].clamp(0, 1)
        return dict(shares=shares, classes=classes.to(torch.int32), own=own)

    def transform(self, targets: Tensor, rows: Tensor) -> Tensor:
        """The smoothed target; an image that was not predicted keeps its own."""
        shares = self.shares[rows].float()
        part = self.epsilon * (shares[:, :1] > 0).float()
        smoothed = part * targets.sum(dim=1, keepdim=True) * shares
        kept, classes = (1 - part) * targets, self.classes[rows].long()
        return kept.scatter_add(1, classes, smoothed)

    # State ----------------------------------------------------------------------

    def make_state(self) -> None:
        super().make_state()
        size = len(self.table), self.topk
        self.classes = torch.zeros(size, dtype=torch.int32)
        self.shares = torch.zeros(size, dtype=torch.float16)

    def state_dict(self) -> dict:
        classes, shares = self.classes.clone(), self.shares.clone()
        return dict(super().state_dict(), classes=classes, shares=shares)

    def load_state_dict(self, state: dict) -> None:
        super().load_state_dict(state)
        if (topk := state['classes'].size(1)) != self.topk:
            raise ValueError(
                f'the checkpoint holds the {topk} highest predictions of each image: '
                f'resume with topk={topk}'
            )
        self.classes, self.shares = state['classes'], state['shares']
