"""Out-of-sample scores of the training samples, from the features of a round."""

from collections.abc import Iterator

import torch
from mmengine.dist import all_reduce
from torch import Tensor

from ..functional import RidgeStatistics
from .feature_bank import FeatureBank
from .gather import Columns, merge_columns
from .sum_statistics import sum_statistics

__all__ = ['ridge_scores']

_CHUNK = 4096
_JUDGES = 10_000  # samples at most whose errors choose the penalty


@torch.no_grad()
def ridge_scores(
    bank: FeatureBank,
    labels: Tensor,
    num_classes: int,
    weights: Tensor | None = None,
    standardize: bool = False,
) -> Columns:
    """``scores`` (N, K): :func:`leave_one_out_scores` of all ranks' samples together.

    The penalty is the one that predicts the given labels best. The features are those
    of the bank, with their norms; samples that no rank has are not ``known``.

    Args:
        bank: What this rank has; each sample lies on one rank.
        labels: (N,) given labels, or (N, K) soft ones.
        num_classes: K.
        weights: (N,) of at least 0; a sample of weight 0 is scored, but in no fit.
        standardize: See :func:`leave_one_out_scores`.

    >>> bank = FeatureBank(num_samples=6)
    >>> bank.add(torch.arange(6), torch.eye(2).repeat(3, 1))
    >>> scores = ridge_scores(bank, torch.arange(6) % 2, num_classes=2)['scores']
    >>> scores.argmax(dim=1)
    tensor([0, 1, 0, 1, 0, 1])
    """
    labels = labels.long() if labels.dim() == 1 else labels
    weights = torch.ones(len(labels)) if weights is None else weights
    statistics = RidgeStatistics(bank.units.shape[1], num_classes, torch.float32)
    for rows, features in _chunks(bank):
        statistics.add(features, labels[rows], weights[rows])
    path = sum_statistics(statistics).solve(standardize=standardize)
    judges = torch.zeros(len(labels), dtype=torch.bool)
    generator = torch.Generator().manual_seed(0)
    judges[torch.randperm(len(labels), generator=generator)[:_JUDGES]] = True
    errors = torch.zeros(len(path.ridges), dtype=torch.float64)
    for rows, features in _chunks(bank):
        chosen = judges[rows]
        if chosen.any():
            picked = rows[chosen]
            errors += path.loo_errors(features[chosen], labels[picked], weights[picked])
    all_reduce(errors, 'sum')
    fit = path.fit(path.best_ridge(errors))
    scores = [
        fit.scores(features, labels[rows], weights[rows])
        for rows, features in _chunks(bank)
    ]
    columns = dict(scores=torch.cat([torch.empty(0, num_classes).double(), *scores]))
    return merge_columns(len(labels), bank.rows, columns)


def _chunks(bank: FeatureBank) -> Iterator[tuple[Tensor, Tensor]]:
    """Rows and float32 features, some at a time."""
    for start in range(0, len(bank.rows), _CHUNK):
        part = slice(start, start + _CHUNK)
        yield bank.rows[part], bank.units[part].float() * bank.norms[part, None]
