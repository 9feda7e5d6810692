"""Clean labels of a few images, spread to the others by their features."""

import torch
from mmpretrain.registry import HOOKS
from torch import Tensor

from ...checks import check_count
from ...functional import propagate_labels
from ...supervision.gather import gather_norms, gather_units, on_some_rank
from ...supervision.label_summary import label_summary
from ...supervision.sample_hook import plain_model
from ...supervision.supervision_hook import SupervisionHook
from ...supervision.walk import WalkBatch

__all__ = ['LabelPropagationHook']


@HOOKS.register_module()
class LabelPropagationHook(SupervisionHook):
    """Trains on the labels that a few clean ones spread to all images.

    Zhu & Ghahramani 2002, with which Xiao et al. 2015 compare their posterior: it asks
    what the true labels of similar images are, and nothing about the noisy label.
    :func:`~nl_plugins.functional.propagate_labels` says what a sample without a clean
    label is, and the likeliest class replaces the noisy one in training. Clean are the
    labels of ``CleanLabels``, and those that verification calls right; a label that it
    calls wrong is only excluded. An image that does not load, or that nothing leads to,
    keeps its noisy label, or has none if that is wrong.

    Every rank needs the features of all samples in memory, N * d half precision
    numbers, and time grows with N^2 * d. The score is the probability of the given
    label.

    Args:
        start_epoch: First epoch (from 1) with the new labels; in iterations if not
            ``by_epoch``.
        interval: Epochs between estimates; None: there is one.
        neighbours: How many of the nearest samples one is connected to.
        standardize: Divide each dimension of the features by its deviation.
        **kwargs: See :class:`SupervisionHook`.

    >>> hook = HOOKS.build(dict(type='LabelPropagationHook'))
    >>> hook.start_epoch, hook.neighbours
    (1, 50)
    """

    def __init__(
        self,
        start_epoch: int = 1,
        interval: int | None = None,
        neighbours: int = 50,
        standardize: bool = False,
        **kwargs,
    ) -> None:
        super().__init__(start_epoch, interval, **kwargs)
        self.neighbours = check_count(neighbours, 'neighbours')
        self.standardize = standardize

    def before_train(self, runner) -> None:
        super().before_train(runner)
        if not bool((self._clean_labels() >= 0).any()):
            raise ValueError(
                'LabelPropagationHook needs clean labels to spread: wrap the training '
                'set in `CleanLabels` or `VerificationLabels`'
            )
        self.bank = self.make_bank(runner)

    def observe(self, batch: WalkBatch) -> None:
        self.bank.add(batch.rows, batch.features)

    def estimate(self, runner) -> None:
        self.source.run(plain_model(runner))
        rows = torch.arange(len(self.table))
        rows = rows[on_some_rank(self.bank.slots(rows) >= 0)]
        norms = gather_norms(self.bank, rows)
        rows, norms = rows[norms > 0], norms[norms > 0]
        if len(rows) < 2 or not bool((self._clean_labels()[rows] >= 0).any()):
            raise RuntimeError(
                f'of the {len(self.table)} images {len(rows)} load, none of them with '
                'a clean label, or it is the only one: look at them with check_data'
            )
        features = gather_units(self.bank, rows).float() * norms[:, None]
        self.bank.clear()
        probs = self._propagate(features, rows)
        given, table = self.table.given_labels.long(), self.table
        table.suggested_labels.copy_(given)
        table.scores.fill_(1)
        found = probs.sum(dim=1) > 0
        rows, probs = rows[found], probs[found]
        table.scores[rows] = probs.gather(1, given[rows, None])[:, 0].clamp(0, 1)
        table.suggested_labels[rows] = probs.argmax(dim=1).int()
        table.selected.copy_(table.suggested_labels == given)
        wrong = self.training_set.verification == 0
        table.weights.copy_(~(wrong & table.selected))  # no other label was found
        labels = given, table.suggested_labels, self.training_set.true_labels
        counts = table.suggested_labels.bincount(minlength=self.num_classes).tolist()
        self.log_round(runner, 'label propagation', label_summary(*labels), counts)

    def transform(self, targets: Tensor, rows: Tensor) -> Tensor:
        """The mass of a target, on the new label; none for a wrong one that stays."""
        labels = self.table.suggested_labels[rows, None].long()
        mass = targets.sum(dim=1, keepdim=True) * self.table.weights[rows, None]
        return torch.zeros_like(targets).scatter_(1, labels, mass)

    def recommend(self) -> dict[str, Tensor]:
        return dict(replace=~self.table.selected, drop=self.table.weights == 0)

    def _propagate(self, features: Tensor, rows: Tensor) -> Tensor:
        """(m, K) probabilities of the samples that have features; 0 where unknown."""
        probs = propagate_labels(
            features,
            self._clean_labels()[rows],
            self.num_classes,
            min(self.neighbours, len(rows) - 1),
            standardize=self.standardize,
        )
        given = self.table.given_labels[rows, None].long()
        wrong = self.training_set.verification[rows, None] == 0
        probs.scatter_(1, given, probs.gather(1, given).masked_fill(wrong, 0))
        return probs / probs.sum(dim=1, keepdim=True).clamp_min(1e-12)

    def _clean_labels(self) -> Tensor:
        """(N,) int64, -1 where it is not known."""
        samples = self.training_set
        clean = torch.tensor(samples.columns.clean_labels, dtype=torch.int64)
        right = (samples.verification == 1) & (clean < 0)
        return torch.where(right, samples.given_labels, clean)
