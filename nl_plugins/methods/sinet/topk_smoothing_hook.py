"""Labels smoothed towards the predictions of a model of confident images (SINet)."""

import sys
from copy import deepcopy
from pathlib import Path

import torch
from mmengine.runner import load_checkpoint
from mmpretrain.registry import HOOKS
from torch import Tensor

from ...checks import check_count, check_fraction
from ...supervision.gather import merge_rows
from ...supervision.supervision_hook import SupervisionHook
from ...supervision.table_hook import plain_model

__all__ = ['TopKSmoothingHook']


@HOOKS.register_module()
class TopKSmoothingHook(SupervisionHook):
    """Adaptive label smoothing of SINet (Cheng et al. 2020) §3.4.

    A model that was trained on images of high confidence predicts all training images
    once. Then each sample is trained with (1 - epsilon) of its target and epsilon of
    its ``topk`` highest predictions, scaled to add up to 1; a target that another hook
    has weighted keeps its weight. The paper gives neither number.

    Such a model is that of a run with ``SINetHook(threshold=...)``, or of any other
    that leaves samples out; without ``checkpoint`` it is the network itself as it is
    at ``start_epoch``. The score in the table is the predicted probability of the given
    label, the suggested label the most probable one.

    Args:
        checkpoint: Of a model with the config of this run.
        topk: Predictions of a sample that are kept.
        epsilon: Their share of the target.
        start_epoch: The first epoch (from 1) with smoothed labels.
        interval: Epochs between predictions; None predicts once.
        label_file: See :class:`SupervisionHook`.
        **kwargs: See :class:`SupervisionHook`.

    Raises:
        ValueError: If an argument is out of range, or at the start of the training if
            the model has fewer classes than ``topk``.
        FileNotFoundError: At the start, if the checkpoint is not there.
        RuntimeError: If the checkpoint is that of another model.
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
        super().__init__(
            start_epoch, interval or sys.maxsize, label_file=label_file, **kwargs
        )
        self.checkpoint = checkpoint
        self.topk = check_count(topk, 'topk')
        self.epsilon = check_fraction(epsilon, 'epsilon')

    def before_train(self, runner) -> None:
        super().before_train(runner)
        name = self.checkpoint or ''
        if name and '://' not in name and not self.active and not Path(name).is_file():
            raise FileNotFoundError(
                f'the checkpoint of {type(self).__name__} is missing: {name}'
            )
        if self.topk > self.num_classes:
            raise ValueError(
                f'topk={self.topk} predictions of a model with {self.num_classes} '
                'classes: lower `topk`'
            )

    def estimate(self, runner) -> None:
        """Predict all training images."""
        model = plain_model(runner)
        if self.checkpoint is not None:
            model = deepcopy(model)
            load_checkpoint(model, self.checkpoint, map_location='cpu', strict=True)
        table, given = self.table, self.table.given_labels
        self.shares.zero_()
        seen = []
        for rows, _, probs in self.walk(model):
            values, classes = probs.topk(self.topk, dim=1)
            shares = values / values.sum(dim=1, keepdim=True)
            self.shares[rows] = shares.cpu().half()
            self.classes[rows] = classes.cpu().to(torch.int32)
            own = probs.gather(1, given[rows, None].long().to(probs.device))
            table.scores[rows] = own[:, 0].cpu().clamp(0, 1)
            seen.append(rows)
        rows = torch.cat(seen)
        for column in (*self.shares.T, *self.classes.T, table.scores):
            merge_rows(column, rows, column[rows])
        known = self.known
        table.suggested_labels[known] = self.classes[known, 0]
        agree = float((self.classes[known, 0] == given[known]).double().mean())
        mass = float(table.scores[known].double().mean())
        runner.logger.info(
            f'top-{self.topk} label smoothing: {int(known.sum())} of {len(given)} '
            f'images predicted, {agree:.4f} of them as labelled, mean probability of '
            f'the label {mass:.4f}'
        )

    def transform(self, targets: Tensor, rows: Tensor) -> Tensor:
        """The smoothed target; an image that was not predicted keeps its own."""
        share = self.epsilon * self.known[rows, None].float()
        mass = share * targets.sum(dim=1, keepdim=True)
        smoothed = mass * self.shares[rows].float()
        return ((1 - share) * targets).scatter_add(
            1, self.classes[rows].long(), smoothed
        )

    @property
    def known(self) -> Tensor:
        """(N,) bool, the samples that were predicted."""
        return self.shares[:, 0] > 0

    # State ----------------------------------------------------------------------

    def make_state(self) -> None:
        super().make_state()
        size = len(self.table), self.topk
        self.classes = torch.zeros(size, dtype=torch.int32)
        self.shares = torch.zeros(size, dtype=torch.float16)

    def state_dict(self) -> dict:
        return dict(
            super().state_dict(),
            classes=self.classes.clone(),
            shares=self.shares.clone(),
        )

    def load_state_dict(self, state: dict) -> None:
        super().load_state_dict(state)
        if state['classes'].shape != self.classes.shape:
            topk = state['classes'].size(1)
            raise ValueError(
                f'the checkpoint holds the {topk} highest predictions of each image: '
                f'resume with topk={topk}'
            )
        self.classes.copy_(state['classes'])
        self.shares.copy_(state['shares'])
