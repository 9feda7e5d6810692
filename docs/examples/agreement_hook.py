"""Keeps a label as long as the network agrees with it."""

import torch
from mmpretrain.registry import HOOKS
from torch import Tensor

from nl_plugins.supervision.sample_hook import plain_model
from nl_plugins.supervision.supervision_hook import SupervisionHook
from nl_plugins.supervision.walk import WalkBatch


@HOOKS.register_module()
class AgreementHook(SupervisionHook):
    """Trains on the labels among the ``top`` likeliest classes of their image.

    Args:
        top: How many classes count as agreement.
        **kwargs: ``start_epoch``, ``interval`` and the rest of SupervisionHook.
    """

    def __init__(self, top: int = 1, **kwargs) -> None:
        super().__init__(**kwargs)
        self.top = top

    def estimate(self, runner) -> None:
        """Before an epoch: look at all training images, and fill the table."""
        found = self.walk.collect(plain_model(runner), self._look)
        known = found.known  # not the images that did not load
        table = self.table
        table.scores[known] = found['scores'][known]
        table.suggested_labels[known] = found['suggested'][known].int()
        table.selected.copy_(~known | found['agrees'])
        table.weights.copy_(table.selected)
        kept = float(table.selected.double().mean())
        self.log_round(runner, 'agreement', dict(kept=kept))

    def _look(self, batch: WalkBatch) -> dict[str, Tensor]:
        """Three values for each image of a batch."""
        given = self.table.given_labels[batch.rows].long().to(batch.probs.device)
        own = batch.probs.gather(1, given[:, None])
        likeliest = batch.probs.topk(self.top).indices
        return dict(
            scores=own[:, 0],
            suggested=likeliest[:, 0],
            agrees=(likeliest == given[:, None]).any(dim=1),
        )

    def transform(self, targets: Tensor, rows: Tensor) -> Tensor:
        """Before a step: a zero vector is no target."""
        return torch.where(self.table.selected[rows, None], targets, 0.0)

    def recommend(self) -> dict[str, Tensor]:
        """For the label file: what to leave out of the next training."""
        return dict(drop=~self.table.selected)
