"""A training batch, as the terms of a classifier see it."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import torch
from torch import Tensor

from .gather import gather_batches
from .soft_targets import read_targets, smoothing, write_targets

__all__ = ['TermBatch']


@dataclass(eq=False)
class TermBatch:
    """What a training step knows of its B images.

    Attributes:
        model: The classifier.
        views: One or two batches (B, C, H, W), as the pipeline made them.
        samples: Their B data samples, targets of supervision hooks included.
        inputs: The first view as the network saw it (with input noise).
        feats: What ``extract_feat`` made of it.
    """

    model: Any
    views: list[Tensor]
    samples: list
    inputs: Tensor
    feats: Any

    @cached_property
    def logits(self) -> Tensor:
        """(B, K) of the first view, with gradient whoever asks first."""
        with torch.enable_grad():
            return self.model.head(self.feats)

    @property
    def probs(self) -> Tensor:
        """(B, K) float32 softmax outputs of the first view, with gradient."""
        return self.logits.float().softmax(dim=1)

    @property
    def rows(self) -> Tensor:
        """(B,) int64 ``sample_idx``, on the model's device."""
        rows = [sample.sample_idx for sample in self.samples]
        return torch.tensor(rows, device=self.logits.device)

    @property
    def targets(self) -> Tensor:
        """(B, K) float32 weights of the classes; what is assigned trains the model."""
        labels = torch.cat([sample.gt_label for sample in self.samples])
        batch, classes = {'data_samples': self.samples}, self.logits.size(1)
        return read_targets(batch, labels, classes, self._smoothing)

    @targets.setter
    def targets(self, targets: Tensor) -> None:
        batch = {'data_samples': self.samples}
        write_targets(batch, targets.detach(), self._smoothing, mixed=True)

    @property
    def labelled(self) -> Tensor:
        """(B,) bool, which samples have a target that is not zero."""
        return self.targets.sum(dim=1) > 1e-6  # smoothing is taken back up to rounding

    @property
    def _smoothing(self) -> float:
        return smoothing(self.model, self.logits.size(1))

    def each_loss(self, targets: Tensor, logits: Tensor | None = None) -> Tensor:
        """(B,) the head's loss of each image, for its target scaled to the mass 1.

        Args:
            targets: (B, K) weights of the classes; where all are zero, the loss is 0.
            logits: (B, K), by default those of the batch, without gradient.
        """
        mass = targets.sum(dim=1, keepdim=True)
        targets = targets / mass.clamp_min(torch.finfo(targets.dtype).tiny)
        logits = self.logits.detach() if logits is None else logits
        loss = self.model.head.loss_module
        losses = loss(logits, targets, reduction_override='none').float()
        return losses.flatten(1).sum(dim=1) if losses.ndim > 1 else losses

    def check_classes(self, logits: Tensor, whose: str) -> None:
        """ValueError unless logits (B, K) of another network have the same K."""
        mine, theirs = self.logits.size(1), logits.size(1)
        if mine != theirs:
            raise ValueError(
                f'the head of the classifier predicts {mine} classes, that of {whose} '
                f'{theirs}: give both the same `num_classes`'
            )

    def over_ranks(self, values: Tensor) -> tuple[Tensor, Tensor]:
        """The samples (n,) int64 of all ranks' batches and their values (n, k).

        Each sample once, ascending, with its mean where it occurs several times; the
        same on every rank.
        """
        rows, values = gather_batches(self.rows, values.detach())
        rows, places = rows.unique(return_inverse=True)
        sums = values.new_zeros(len(rows), values.size(1)).index_add_(0, places, values)
        return rows, sums / places.bincount(minlength=len(rows))[:, None]
