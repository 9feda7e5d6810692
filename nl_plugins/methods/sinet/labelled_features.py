"""Features of labelled samples, and how sure the network is of their labels."""

from collections.abc import Callable, Iterator

import torch
import torch.nn.functional as F
from mmengine.dist import get_rank
from torch import Tensor

from ...supervision.feature_bank import FeatureBank, as_slice
from ...supervision.gather import Columns, merge_columns
from ...supervision.walk import WalkBatch

__all__ = ['UNSEEN', 'LabelledFeatures']

UNSEEN = -1.0
ENTRIES_AT_ONCE = 1 << 20  # stay in a processor's cache


class LabelledFeatures:
    """What is observed of a dataset: its features stay on the rank that saw them.

    So one pass over the images serves any number of sweeps over the features, which
    compute on ``device``. There are K = ``num_classes`` and N labels, of integers, and
    the bank is an empty one for N samples.

    Attributes:
        confidence: (N,) float32, the probability that the network gives the label;
            negative for samples that no rank has seen or whose features are zero. The
            same on every rank, after :meth:`merge`.
    """

    def __init__(
        self,
        labels: Tensor,
        num_classes: int,
        bank: FeatureBank,
        device: torch.device | str = 'cpu',
    ) -> None:
        self.labels, self.num_classes = labels.long(), num_classes
        self.bank, self.device = bank, device
        self.confidence = torch.full((len(labels),), UNSEEN)
        self._observed = self.confidence.clone()

    def add(self, batch: WalkBatch) -> None:
        """Keep features and confidences; a sample that comes again is overwritten."""
        self.bank.add(batch.rows, batch.features)
        labels = self.labels[batch.rows, None].to(batch.probs.device)
        self._observed[batch.rows] = batch.probs.gather(1, labels)[:, 0].cpu()

    def merge(self) -> None:
        """Share the confidences; a sample seen by several ranks is the lowest one's."""
        rows = self.bank.rows
        own = self._observed[rows].masked_fill(self.bank.norms == 0, UNSEEN)
        ranks = torch.full_like(rows, get_rank())
        found = merge_columns(len(self.labels), rows, dict(own=own, ranks=ranks))
        self.confidence = found['own'].masked_fill(~found.known, UNSEEN)
        self._mine = found['ranks'][rows] == get_rank()

    def collect(
        self, chosen: Tensor, fn: Callable[[Tensor, Tensor], dict[str, Tensor]]
    ) -> Columns:
        """One sweep: what ``fn`` makes of rows and features (B, d), (B,) by name."""
        parts = [dict(fn(rows, units), rows=rows) for rows, units in self.sweep(chosen)]
        values = {name: torch.cat([p[name].cpu() for p in parts]) for name in parts[0]}
        return merge_columns(len(self.labels), values.pop('rows'), values)

    def sweep(self, chosen: Tensor) -> Iterator[tuple[Tensor, Tensor]]:
        """Rows and float32 unit features of this rank's chosen samples, in chunks.

        At least one, and none whose features or class scores are a large matrix.
        """
        slots = (self._mine & chosen[self.bank.rows]).nonzero()[:, 0]
        width = max(self.bank.units.size(1), self.num_classes)
        for part in slots.split(max(1, ENTRIES_AT_ONCE // width)):
            units = self.bank.units[as_slice(part)].to(self.device).float()
            yield self.bank.rows[part], F.normalize(units, dim=1, out=units)
