"""Scores of a classifier's head, and its loss, of the features of ``extract_feat``."""

from typing import Any

import torch
from mmpretrain.models.heads import ClsHead
from mmpretrain.structures import DataSample
from torch import Tensor

from ...supervision.predictions import evaluating, log_of, stacked_probs
from ...supervision.soft_targets import smoothing, write_targets

__all__ = ['class_scores', 'soft_loss']


@torch.no_grad()
def class_scores(network: Any, feats: Any) -> Tensor:
    """(B, K) float32 logits of the head, up to a constant for each row.

    Without gradient, and without what a head does in training only (dropout, ArcFace's
    margin). Heads that predict in a way of their own give log-probabilities.
    """
    head = network.head
    with evaluating(head):
        if isinstance(head, ClsHead) and type(head).predict is ClsHead.predict:
            return head(feats).float()
        return log_of(stacked_probs(head.predict(feats)))


def soft_loss(network: Any, feats: Any, targets: Tensor) -> dict[str, Tensor]:
    """The loss at targets (B, K), mean over the batch; a row of zeros adds nothing."""
    # ArcFace puts its margin at the label.
    samples = [DataSample().set_gt_label(label) for label in targets.argmax(dim=1)]
    smoothed = smoothing(network, targets.size(1))
    write_targets({'data_samples': samples}, targets, smoothed, mixed=True)
    return network.head.loss(feats, samples)
