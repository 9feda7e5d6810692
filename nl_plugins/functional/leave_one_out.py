"""Predictions for all samples by the fits that each has no part in."""

from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor

from ..checks import check_count, check_finite, check_positive
from .feature_rows import FeatureRows
from .left_out_groups import joined_groups, shared_groups
from .ridge_chunk import check_dtype, check_targets, check_weights, ridge_chunk
from .ridge_path import RidgePath
from .ridge_statistics import RidgeStatistics
from .small_ridge import small_ridge_scores

__all__ = ['leave_one_out_scores', 'penalty_judges']

_JUDGES = 10_000  # samples at most whose errors choose the penalty


@torch.no_grad()
def leave_one_out_scores(
    features: Tensor | np.ndarray,
    labels: Tensor,
    num_classes: int,
    ridge: float | None = None,
    *,
    weights: Tensor | None = None,
    standardize: bool = False,
    dtype: torch.dtype = torch.float64,
    groups: Tensor | None = None,
) -> Tensor:
    r"""Each sample's scores by ridge regression on all the others: (N, K) float64.

    One-hot labels are regressed on the features with a free intercept and the penalty
    ``ridge`` * N * |coefficients|^2, which stays the same when a sample is left out.
    All N fits follow exactly from one (equal to refitting to 1e-8):
    :math:`\hat y_{-i} = (\hat y_i - h_i y_i) / (1 - h_i)` with the leverage
    :math:`h_i`. Scores are no probabilities: they sum to 1 if the labels do, but may be
    negative. The features are read in chunks, two or three times; beside the result and
    a chunk the memory is of the order d * (d + K), whatever N.

    Args:
        features: (N >= 2, d) finite numbers; a tensor, or a NumPy array such as a
            memory-mapped file. Scores are on the device of the features.
        labels: (N,) integers in [0, K), or soft labels: (N, K) finite numbers.
        num_classes: K.
        ridge: A number above 0, in units of the features' variance. None chooses the
            one of the least squared leave-one-out error on the path of
            :meth:`RidgeStatistics.solve`; of more than 10,000 samples, as many of them,
            drawn with a fixed seed, judge.
        weights: (N,) numbers of at least 0, two or more above it; ones if None. The
            penalty is ``ridge`` times their sum. A sample of weight 0 is in no fit.
        standardize: Divide each dimension by its standard deviation over all samples,
            and leave out those that are constant. The sample that is left out keeps
            its part in these.
        dtype: Of the products within a chunk. float32 takes less than half the time on
            a CPU; on ImageNet features of CIFAR-10N it changed no score by more than
            3e-5. With N <= d all is float64.
        groups: (N,) integers, the same for samples that must not judge each other, such
            as copies of one picture: each is predicted by the fit without all of them,
            as exactly. Their weights must be above 0. None: every sample by itself.

    >>> features = torch.tensor([[0.0], [1.0], [5.0], [6.0]])
    >>> leave_one_out_scores(features, torch.tensor([0, 0, 1, 1]), 2, ridge=0.1)
    tensor([[ 1.1667, -0.1667],
            [ 0.7975,  0.2025],
            [ 0.2025,  0.7975],
            [-0.1667,  1.1667]], dtype=torch.float64)
    """
    dtype = check_dtype(dtype)
    if ridge is not None:
        ridge = check_positive(ridge, 'ridge')
    rows = FeatureRows(features)
    size, dim = rows.shape
    num_classes = check_count(num_classes, 'num_classes')
    labels = check_targets(labels, num_classes, size)
    weights = check_weights(weights, size)
    if int((weights > 0).sum()) < 2:
        raise ValueError('fewer than 2 samples have a weight above 0')
    shared = [] if groups is None else shared_groups(groups, weights)

    def read(part: slice | Tensor) -> tuple[Tensor, Tensor, Tensor]:
        return rows[part], labels[part], weights[part]

    if size <= dim:
        like = torch.zeros(dim, num_classes, dtype=torch.float64, device=rows.device)
        x, y, w = ridge_chunk(*read(slice(None)), like)
        settings = ridge, standardize, shared
        return small_ridge_scores(check_finite(x, 'features'), y, w, *settings)
    statistics = RidgeStatistics(dim, num_classes, dtype, rows.device)
    chunks = list(rows.chunks(dtype, extra=num_classes))
    for part in chunks:
        statistics.add(*read(part), first_row=part.start)
    path = statistics.solve(None if ridge is None else [ridge], standardize)
    if ridge is None:
        ridge = _best_ridge(path, read, shared, size, chunks[0].stop)
    fit = path.fit(ridge)
    scores = statistics.cross.new_empty(size, num_classes)
    for part in chunks:
        scores[part] = fit.scores(*read(part))
    for members, sizes in joined_groups(shared, chunks[0].stop):
        scores[members] = fit.group_scores(*read(members), sizes)
    return scores


def _best_ridge(
    path: RidgePath,
    read: Callable[[Tensor], tuple[Tensor, Tensor, Tensor]],
    shared: Sequence[Tensor],
    size: int,
    step: int,
) -> float:
    """The penalty of the least error, of samples that are left out with their group."""
    judges, drawn = penalty_judges(size, shared)
    errors = [path.loo_errors(*read(part)) for part in judges.split(step)]
    for members, sizes in joined_groups(drawn, step):
        errors.append(path.group_errors(*read(members), sizes))
    return path.best_ridge(torch.stack(errors).sum(dim=0))


def penalty_judges(
    size: int, groups: Sequence[Tensor] = ()
) -> tuple[Tensor, list[Tensor]]:
    """Whose errors choose the penalty: samples (m,) by themselves, int64, and groups.

    All, or 10,000 of them, drawn with a fixed seed; a group judges if its first sample
    does.

    >>> penalty_judges(4, [torch.tensor([0, 2])])
    (tensor([1, 3]), [tensor([0, 2])])
    """
    judging = torch.ones(size, dtype=torch.bool)
    if size > _JUDGES:
        generator = torch.Generator().manual_seed(0)
        judging[torch.randperm(size, generator=generator)[_JUDGES:]] = False
    drawn = [members for members in groups if judging[members[0]]]
    for members in groups:
        judging[members] = False
    return judging.nonzero()[:, 0], drawn
