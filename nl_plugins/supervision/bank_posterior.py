"""What the features of a round say of the labels, by fits without each sample."""

import torch
from mmengine.dist import all_reduce
from torch import Tensor

from ..functional import RidgeStatistics
from ..functional.leave_one_out import penalty_judges
from ..functional.left_out_groups import joined_groups, shared_groups
from ..functional.posterior_fit import PosteriorFit, fit_posterior
from .feature_bank import FeatureBank
from .gather import (
    Columns,
    gather_norms,
    gather_units,
    merge_columns,
    on_some_rank,
)
from .sum_statistics import sum_statistics

__all__ = ['fit_bank_posterior', 'ridge_scores']

_CHUNK = 4096


@torch.no_grad()
def ridge_scores(
    bank: FeatureBank,
    labels: Tensor,
    num_classes: int,
    weights: Tensor | None = None,
    standardize: bool = False,
    groups: Tensor | None = None,
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
        groups: (N,) integers, as there; those of several samples are all in the bank of
            some rank.

    >>> bank = FeatureBank(num_samples=6)
    >>> bank.add(torch.arange(6), torch.eye(2).repeat(3, 1))
    >>> scores = ridge_scores(bank, torch.arange(6) % 2, num_classes=2)['scores']
    >>> scores.argmax(dim=1)
    tensor([0, 1, 0, 1, 0, 1])
    """
    labels = labels.long() if labels.dim() == 1 else labels
    weights = torch.ones(len(labels)) if weights is None else weights
    size, num_samples = len(bank.rows), len(labels)
    shared = [] if groups is None else shared_groups(groups, weights)

    def gathered(rows: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        features = gather_units(bank, rows).float() * gather_norms(bank, rows)[:, None]
        return features, labels[rows], weights[rows]

    def read(part: slice | Tensor) -> tuple[Tensor, Tensor, Tensor]:
        rows, features = bank.rows[part], bank.units[part].float()
        return features * bank.norms[part, None], labels[rows], weights[rows]

    statistics = RidgeStatistics(bank.units.shape[1], num_classes, torch.float32)
    chunks = [slice(start, start + _CHUNK) for start in range(0, size, _CHUNK)]
    for part in chunks:
        statistics.add(*read(part))
    path = sum_statistics(statistics).solve(standardize=standardize)
    judges, drawn = penalty_judges(num_samples, shared)
    judging = torch.isin(bank.rows, judges).nonzero()[:, 0]
    parts = [path.loo_errors(*read(part)) for part in judging.split(_CHUNK)]
    errors = torch.stack(parts).sum(dim=0)
    all_reduce(errors, 'sum')
    for members, sizes in joined_groups(drawn, _CHUNK):  # on every rank the same
        errors += path.group_errors(*gathered(members), sizes)
    fit = path.fit(path.best_ridge(errors))
    scores = statistics.cross.new_empty(size, num_classes)
    for part in chunks:
        scores[part] = fit.scores(*read(part))
    for members, sizes in joined_groups(shared, _CHUNK):
        found = fit.group_scores(*gathered(members), sizes)
        slots = bank.slots(members)
        scores[slots[slots >= 0]] = found[slots >= 0]
    return merge_columns(num_samples, bank.rows, dict(scores=scores))


def fit_bank_posterior(
    bank: FeatureBank,
    labels: Tensor,
    verification: Tensor,
    num_classes: int,
    standardize: bool = False,
    groups: Tensor | None = None,
) -> tuple[Tensor, PosteriorFit]:
    """By ridge regression on the features of all ranks' banks; every rank calls it.

    Args:
        bank: What this rank has of N samples; each sample lies on one rank.
        labels: (N,) given labels.
        verification: (N,) as in :func:`fit_posterior`.
        num_classes: K.
        standardize: See :func:`~nl_plugins.functional.leave_one_out_scores`.
        groups: (N,) integers, as there.

    Returns:
        Which samples have features on some rank, (N,) bool, and the fit of these.

    >>> bank = FeatureBank(num_samples=6)
    >>> bank.add(torch.arange(5), torch.eye(2).repeat(3, 1)[:5])
    >>> marks = torch.full((6,), -1)
    >>> known, fit = fit_bank_posterior(bank, torch.arange(6) % 2, marks, 2)
    >>> int(known.sum()), fit.posterior.argmax(dim=1)
    (5, tensor([0, 1, 0, 1, 0]))
    """
    labels = labels.long()
    known = on_some_rank(bank.slots(torch.arange(len(labels))) >= 0)
    if groups is not None:  # what no fit knows is in no group
        alone = torch.arange(len(labels)) + groups.max() + 1
        groups = torch.where(known, groups, alone)

    def regress(targets: Tensor, trust: Tensor) -> Tensor:
        weights = torch.zeros(len(labels), dtype=trust.dtype)
        weights[known] = trust
        wanted = targets.new_zeros(len(labels), *targets.shape[1:])
        wanted[known] = targets
        found = ridge_scores(bank, wanted, num_classes, weights, standardize, groups)
        return found['scores'][known]

    together = None if groups is None else groups[known]
    evidence = labels[known], verification[known], together
    return known, fit_posterior(regress, *evidence)
