"""The guard's verdict where no label has shaped the features."""

import math
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor

from ...functional import LabelTrust
from ...functional.posterior_advice import blindness, rate_error
from ...supervision.bank_posterior import fit_bank_posterior
from ...supervision.feature_bank import FeatureBank
from ...supervision.gather import merge_columns, merge_passes
from ...supervision.walk import WalkBatch
from .holdout import judging_rows
from .trust_guard import GuardState, Z

__all__ = ['ClosedFormGuard']

SOURCE = 'ridge regression, leave-one-out'


class ClosedFormGuard(GuardState):
    """Judges labels by the posterior of each sample's class; nothing is held out.

    The posterior joins what a ridge regression on all *other* samples says of a sample
    (exact, in closed form) with its given label, as ``LabelPosteriorHook`` does. An
    accuracy is the mean posterior of the labels in question. It is out of sample only
    if no label has shaped the features: what comes before the head must not be
    trained, nor have been on these labels before. Correction begins when the gain is
    larger than its error, and ends when there is none, or the features do not tell the
    classes apart.

    Args:
        features: Walks over the training set and gives what the head is given; asked
            once, at the first verdict.
        given: (N,) int, the given labels.
        num_classes: K.
        verification: (N,) int in {1, 0, -1}.
        seed: Of the draw of those that judge, where there are many.

    >>> given = torch.arange(100) % 2
    >>> wrong = torch.arange(100) % 5 == 0
    >>> features = torch.eye(2)[given]
    >>> batch = WalkBatch(torch.arange(100), features, features)
    >>> noisy = torch.where(wrong, 1 - given, given)
    >>> guard = ClosedFormGuard(
    ...     lambda: iter([batch]), noisy, 2, torch.full((100,), -1), seed=0)
    >>> trust = guard.judge(corrected=given)
    >>> round(trust.given_accuracy, 1), round(trust.corrected_accuracy, 1)
    (0.8, 1.0)
    """

    def __init__(
        self,
        features: Callable[[], Iterator[WalkBatch]],
        given: Tensor,
        num_classes: int,
        verification: Tensor,
        seed: int,
    ) -> None:
        super().__init__()
        self.features, self.num_classes = features, num_classes
        self.given, self.verification = given.long(), verification
        self.rows = judging_rows(given < 0, verification, seed)
        self.scores: Any = None  # (N, K) float32, out of sample
        self.blind = False
        self._predicted = [(self.rows[:0], self.rows[:0])]

    def add(self, rows: Tensor, probs: Tensor) -> None:
        """Keep the predictions (B, K) of the samples ``rows`` (B,)."""
        self._predicted.append((rows, probs.argmax(dim=1).cpu()))

    def judge(self, corrected: Tensor) -> LabelTrust:
        """Estimate how right corrected labels (N,) are; one verdict on all ranks."""
        self.prepare()
        rows, predicted = merge_passes(self._predicted)
        del self._predicted[1:]
        size, columns = len(self.given), dict(predicted=predicted)
        predicted = merge_columns(size, rows, columns)['predicted']
        right = [
            self.posterior.gather(1, labels[self.rows, None].long())[:, 0]
            for labels in (self.given, corrected, predicted)
        ]
        given, better, other = (float(each.mean()) for each in right)
        chance = float((right[1] - right[0]).std()) / math.sqrt(len(self.rows))
        error = math.hypot(rate_error(size, self.num_classes), chance)
        gains = better - given > (0.0 if self.trusted else Z * error)
        self.trusted = gains and not self.blind
        agreed = float((corrected == self.given)[self.rows].double().mean())
        values = given, better, other, error, self.trusted, SOURCE, size, agreed, size
        self.trust = LabelTrust(*values)
        return self.trust

    def noise_rate(self) -> tuple[float, float] | None:
        """The share of wrong given labels and its standard error, if estimated."""
        if self.trust is None:
            return None
        error = rate_error(len(self.given), self.num_classes)
        return 1 - self.trust.given_accuracy, error

    def label_scores(self, quality: Tensor) -> Tensor:
        """(N,) float32, the probability that the given label is right."""
        self.prepare()
        return self.right

    def score_bank(self, rows: Tensor) -> FeatureBank:
        """The scores of samples, less their mean, in the place of features."""
        self.prepare()
        bank = FeatureBank(len(self.given), len(rows))
        bank.add(rows, self.scores[rows] - self.scores.mean(dim=0))
        return bank

    def prepare(self) -> None:
        """Walk and fit, unless that is done."""
        if self.scores is not None:
            return
        bank = FeatureBank(len(self.given))
        for batch in self.features():
            bank.add(batch.rows, batch.features)
        evidence = self.given, self.verification
        known, fit = fit_bank_posterior(bank, *evidence, self.num_classes)
        self.blind, _ = blindness(float(fit.unmarked.mean()), self.num_classes)
        own = fit.posterior.gather(1, self.given[known, None])[:, 0].float()
        self.right = torch.ones(len(self.given))
        self.right[known] = own
        self.rows = self.rows[known[self.rows]]
        places = known.cumsum(0) - 1
        self.posterior = fit.posterior[places[self.rows]]
        self.scores = torch.zeros(len(known), self.num_classes)
        self.scores[known] = fit.scores.float()
