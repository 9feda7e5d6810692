"""Features of labelled samples, and how sure the network is of their labels."""

import torch
from mmengine.dist import get_world_size
from torch import Tensor, nn

from ...supervision.feature_bank import FeatureBank
from ...supervision.gather import merge_rows
from ...supervision.walk import Walk

__all__ = ['LabelledFeatures']

UNSEEN = -1.0


class LabelledFeatures:
    """What one walk over a dataset gives: the features stay on their rank.

    Features are kept in half precision, beyond ``memory_limit`` in a file; so one pass
    over the images serves any number of sweeps over the features.

    Attributes:
        labels: (N,) int64.
        confidence: (N,) float32, the probability that the network gives the label;
            negative for samples that no rank has seen or whose features are zero. The
            same on every rank.
        bank: The features of the samples that this rank has seen.

    Args:
        walk: Over the dataset.
        labels: (N,) integers.
        memory_limit: Bytes of features in memory.
        directory: Of the file.
    """

    def __init__(
        self, walk: Walk, labels: Tensor, memory_limit: int, directory: str
    ) -> None:
        share = -(-len(labels) // get_world_size())
        self.walk = walk
        self.labels = labels.long()
        self.confidence = torch.full((len(labels),), UNSEEN)
        self.bank = FeatureBank(len(labels), share, memory_limit, directory)

    def update(self, model: nn.Module) -> None:
        """Walk once with the present network."""
        self.bank.clear()
        self.confidence.fill_(UNSEEN)
        for rows, features, probs in self.walk(model):
            self.bank.add(rows, features)
            own = probs.gather(1, self.labels[rows, None].to(probs.device))
            self.confidence[rows] = own[:, 0].cpu()
        rows = self.bank.rows
        self.confidence[rows[self.bank.norms == 0]] = UNSEEN
        merge_rows(self.confidence, rows, self.confidence[rows])
