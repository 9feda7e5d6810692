"""Out-of-sample scores of the training samples, from the features of a round."""

import torch
from mmengine.dist import all_reduce
from torch import Tensor

from ..functional import RidgeStatistics
from ..functional.leave_one_out import penalty_judges
from .feature_bank import FeatureBank
from .gather import Columns, merge_columns
from .sum_statistics import sum_statistics

__all__ = ['ridge_scores']

_CHUNK = 4096


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
    size = len(bank.rows)

    def read(part: slice | Tensor) -> tuple[Tensor, Tensor, Tensor]:
        rows, features = bank.rows[part], bank.units[part].float()
        return features * bank.norms[part, None], labels[rows], weights[rows]

    statistics = RidgeStatistics(bank.units.shape[1], num_classes, torch.float32)
    chunks = [slice(start, start + _CHUNK) for start in range(0, size, _CHUNK)]
    for part in chunks:
        statistics.add(*read(part))
    path = sum_statistics(statistics).solve(standardize=standardize)
    judges = torch.isin(bank.rows, penalty_judges(len(labels))).nonzero()[:, 0]
    parts = [path.loo_errors(*read(part)) for part in judges.split(_CHUNK)]
    errors = torch.stack(parts).sum(dim=0)
    all_reduce(errors, 'sum')
    fit = path.fit(path.best_ridge(errors))
    scores = statistics.cross.new_empty(size, num_classes)
    for part in chunks:
        scores[part] = fit.scores(*read(part))
    return merge_columns(len(labels), bank.rows, dict(scores=scores))
