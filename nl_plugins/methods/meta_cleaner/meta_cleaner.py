"""MetaCleaner (Zhang, Wang, Qiao; CVPR 2019): one clean image out of several."""

import torch
from mmpretrain.registry import MODELS
from torch import Tensor, nn
from torch.nn.functional import one_hot

from ...checks import check_count
from ...supervision.term import Term
from ...supervision.term_batch import TermBatch

__all__ = ['MetaCleaner']


@MODELS.register_module()
class MetaCleaner(Term):
    r"""Classifies the weighted mean of images of a class instead of each image.

    Noisy weighting: a small network looks at the features :math:`v_1 \dots v_K` of
    images with one label together and says how much it trusts each,
    :math:`\alpha = \mathrm{softmax}(s)`. Clean hallucinating: the clean
    representation :math:`\sum_k \alpha_k v_k` is classified by the head, with the loss
    of the label; through it the weighting learns. The images themselves have no target
    meanwhile. In the test the weighting is not used.

    The subsets are the images of a class in the batch; where there are many classes,
    ``ClassGroupSampler`` fills batches with several of each. What is ours: the score is
    that of two layers on :math:`[v_k, \bar v]`, the feature beside the mean of the
    subset, which takes subsets of any size and in any order; the paper's network is
    given the features of all K side by side, and says K scores at once. The label is
    the class of the highest weight in the target; images without a label are left
    alone.

    Args:
        in_channels: d, of the features that the head is given.
        hidden_channels: Of the weighting network.
        subset_size: K, the most images of a subset, which is cut at random; None: all
            images of the class.
        **schedule: See :class:`Term`.

    >>> term = MODELS.build(dict(type='MetaCleaner', in_channels=64))
    >>> features, groups = torch.rand(5, 64), torch.tensor([0, 0, 1, 1, 1])
    >>> term.weights(features, groups).shape
    torch.Size([5])
    """

    def __init__(
        self,
        in_channels: int,
        hidden_channels: int = 128,
        subset_size: int | None = None,
        **schedule,
    ) -> None:
        super().__init__(**schedule)
        channels = check_count(in_channels, 'in_channels')
        hidden = check_count(hidden_channels, 'hidden_channels')
        self.subset_size = subset_size
        if subset_size is not None:
            check_count(subset_size, 'subset_size', minimum=2)
        self.scores = nn.Sequential(
            nn.Linear(2 * channels, hidden), nn.ReLU(), nn.Linear(hidden, 1)
        )

    def before_supervised(self, batch: TermBatch) -> None:
        """Keep the labels for :meth:`losses`; no image has a target of its own."""
        targets = batch.targets
        labels = targets.argmax(dim=1)
        self._labels = labels.masked_fill(targets.sum(dim=1) <= 0, -1)
        batch.targets = torch.zeros_like(targets)

    def losses(self, batch: TermBatch) -> dict[str, Tensor]:
        """The loss of the head for the clean representations."""
        features = batch.feats[-1] if isinstance(batch.feats, tuple) else batch.feats
        labelled = self._labels >= 0
        features, labels = features[labelled].flatten(1), self._labels[labelled]
        if len(labels) == 0:
            unused = sum(value.sum() for value in self.parameters())
            return dict(loss_clean=0 * (batch.logits.sum() + unused))
        groups, classes = self.subsets(labels)
        weighted = features * self.weights(features, groups)[:, None]
        clean = features.new_zeros(len(classes), features.size(1))
        clean = clean.index_add(0, groups, weighted)
        logits, loss = batch.model.head((clean,)), batch.model.head.loss_module
        targets = one_hot(classes, logits.size(1)).float()  # some losses take no labels
        return dict(loss_clean=loss(logits, targets, avg_factor=len(classes)))

    def subsets(self, labels: Tensor) -> tuple[Tensor, Tensor]:
        """The number of each image's subset (n,), and the class of each subset (m,)."""
        parts = torch.zeros_like(labels)
        if self.subset_size is not None:
            order = torch.randperm(len(labels)).to(labels.device)
            same = labels[order, None] == labels[order]
            place = same.tril(-1).sum(dim=1)  # among those of its class
            parts[order] = place // self.subset_size
        pairs = torch.stack([labels, parts], dim=1)
        kinds, groups = pairs.unique(dim=0, return_inverse=True)
        return groups, kinds[:, 0]

    def weights(self, features: Tensor, groups: Tensor) -> Tensor:
        """(n,) alpha, which sums to 1 in each of the subsets ``groups`` (n,).

        ``features`` are (n, d).
        """
        counts = groups.bincount().to(features.dtype)[:, None]
        sums = features.new_zeros(len(counts), features.size(1))
        means = sums.index_add(0, groups, features) / counts.clamp_min(1)
        pairs = torch.cat([features, means[groups]], dim=1)
        scores = self.scores(pairs)[:, 0].float()
        highest = scores.detach().new_full((len(counts),), -torch.inf)
        highest = highest.scatter_reduce(0, groups, scores.detach(), 'amax')
        powers = (scores - highest[groups]).exp()
        totals = powers.new_zeros(len(counts)).index_add(0, groups, powers)
        return (powers / totals[groups]).to(features.dtype)
