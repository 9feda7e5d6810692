"""Which labels are wrong, from features that the labels have not shaped."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ..formats.label_file import recommend
from ..functional import leave_one_out_scores
from ..functional.posterior_advice import SUSPICIOUS, posterior_advice, rate_error
from ..functional.posterior_fit import PosteriorFit, fit_posterior

__all__ = [
    'FEWEST_DRAWN', 'LabelEstimate', 'balanced_limit', 'estimate_labels',
    'estimate_of_fit'
]  # fmt: skip

MOST_LIKELY_RIGHT = 0.6  # a label at least as likely as this is never suspicious
FEWEST_DRAWN = 20  # verified samples that a rate is judged by
_FLOAT32_FROM = 5000  # samples; below, twice the time does not matter


@dataclass(frozen=True, eq=False)
class LabelEstimate:
    """What :func:`estimate_labels` returns of N samples and K classes."""

    posterior: Tensor  # (N, K) float64, p(class | image, given label)
    given: Tensor  # (N,) int64
    verification: Tensor  # (N,) 1 the given label is right, 0 wrong, -1 unknown
    limit: float  # a given label of a lower score is suspicious
    unmarked: Tensor  # (N,) the scores as they are without verification labels
    # (N,) bool, verified samples that were drawn at random, by which rates are judged
    drawn: Tensor

    @property
    def scores(self) -> Tensor:
        """(N,) the probability that the given label is right."""
        return self.posterior.gather(1, self.given[:, None])[:, 0]

    @property
    def suggested(self) -> Tensor:
        """(N,) the likeliest class."""
        return self.posterior.argmax(dim=1)

    @property
    def selected(self) -> Tensor:
        """(N,) bool, the samples whose label is not suspicious."""
        return self.scores >= self.limit

    def recommended(self) -> np.ndarray:
        """(N,) words, see ``LabelFile``."""
        best = self.posterior.max(dim=1).values.masked_fill(self.selected, 0.0)
        masks = posterior_advice(self.given, self.suggested, best, ~self.selected)
        return recommend(len(self.given), self.verification, **masks)

    def noise_rate(self, label: int | None = None) -> tuple[float, float]:
        """The share of wrong labels, of a class or of all, and its standard error.

        The error has a part for chance, and one for what the model supposes, of which
        the samples that were verified are free. Where 20 or more of them were drawn at
        random, the rate is right on average whatever the model supposes, and the error
        is that of the draw: the mean of the scores, corrected by their mean error on
        the drawn (a difference estimator; Angelopoulos et al. 2023, prediction-powered
        inference).
        """
        rows = torch.ones_like(self.drawn) if label is None else self.given == label
        drawn = rows & self.drawn
        count, size = int(drawn.sum()), max(1, int(rows.sum()))
        if count >= FEWEST_DRAWN:
            wrong = (self.verification == 0).double()
            missed = wrong[drawn] - (1 - self.unmarked[drawn])
            rate = float((1 - self.unmarked[rows]).mean() + missed.mean())
            left = 1 - count / size
            error = float(missed.std()) * (left / count) ** 0.5
            return min(max(rate, 0.0), 1.0), error
        scores, known = self.scores[rows], self.verification[rows] >= 0
        chance = (scores * (1 - scores)).sum() / size**2
        model = rate_error(*self.posterior.shape) * float((~known).double().mean())
        return 1 - float(scores.mean()), float((chance + model**2).sqrt())


def estimate_labels(
    features: Any,
    labels: Any,
    num_classes: int,
    verification: Any = None,
    pictures: Any = None,
    drawn: Any = None,
) -> LabelEstimate:
    """Scores of all samples by fits that each has no part in, and the noise modelled.

    See ``LabelPosteriorHook``, which trains with the same posterior.

    Args:
        features: (N, d), an array or a tensor.
        labels: (N,) given labels.
        num_classes: K.
        verification: (N,) in {1, 0, -1}; see :func:`fit_posterior`.
        pictures: (N,) integers, the same for copies of one picture, which are judged by
            fits without any of them: a copy with the same wrong label would confirm it.
        drawn: (N,) bool, verified samples that were drawn at random.

    Raises:
        ValueError: If there are fewer than two samples or classes, or a feature is not
            finite.

    >>> features = torch.eye(2).repeat(50, 1) + torch.arange(100)[:, None] % 7 / 50
    >>> labels = torch.arange(100) % 2
    >>> labels[::5] = 1 - labels[::5]
    >>> found = estimate_labels(features, labels, 2)
    >>> (~found.selected).nonzero()[:3, 0], '%.2f' % found.noise_rate()[0]
    (tensor([ 0,  5, 10]), '0.20')
    """
    given = torch.as_tensor(np.asarray(labels), dtype=torch.int64)
    if len(given.unique()) < 2:
        raise ValueError('all samples have one class: there is nothing to tell apart')
    known = torch.full_like(given, -1)
    if verification is not None:
        known = torch.as_tensor(np.asarray(verification), dtype=torch.int64)
    groups = None
    if pictures is not None:
        groups = torch.as_tensor(np.asarray(pictures), dtype=torch.int64)
    dtype = torch.float64 if len(given) < _FLOAT32_FROM else torch.float32
    settings: Any = dict(num_classes=num_classes, dtype=dtype, groups=groups)

    def regress(targets: Tensor, weights: Tensor) -> Tensor:
        return leave_one_out_scores(features, targets, weights=weights, **settings)

    fit = fit_posterior(regress, given, known, groups)
    return estimate_of_fit(fit, given, known, drawn)


def estimate_of_fit(
    fit: PosteriorFit, given: Tensor, verification: Tensor, drawn: Any = None
) -> LabelEstimate:
    """The estimate that a fit of the posteriors comes to.

    Args:
        fit: See :func:`fit_posterior`.
        given: (N,) given labels.
        verification: (N,) in {1, 0, -1}.
        drawn: (N,) bool, verified samples that were drawn at random.
    """
    given = given.long()
    judges = torch.zeros(len(given), dtype=torch.bool)
    if drawn is not None:
        known = verification >= 0
        judges = torch.as_tensor(np.asarray(drawn), dtype=torch.bool) & known
    limit = balanced_limit(fit.posterior.gather(1, given[:, None])[:, 0])
    found = fit.posterior, given, verification, limit, fit.unmarked, judges
    return LabelEstimate(*found)


def balanced_limit(scores: Tensor) -> float:
    """Below which score labels are called wrong, for the best F1 to be expected.

    Calling wrong what is wrong with a probability above F/2 gives the best expected
    F1, which is F (Lipton et al. 2014, Theorem 1), and so a precision and a recall
    that are alike. The scores are taken for probabilities; no truth is needed. Never
    below 0.5, nor above 0.6, where F1 would flag right labels by the dozen because
    hardly any is wrong, or nothing is known of them.

    >>> balanced_limit(torch.tensor([0.01, 0.02, 0.4, 0.55, 0.9, 0.99]))
    0.576...
    """
    wrong = (1 - scores.double()).sort(descending=True).values
    count = torch.arange(1, len(wrong) + 1)
    best = float((2 * wrong.cumsum(0) / (count + wrong.sum())).max())
    return min(max(1 - best / 2, SUSPICIOUS), MOST_LIKELY_RIGHT)
