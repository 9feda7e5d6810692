"""Labels corrected, and judged, by the similarity of features to prototypes."""

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from ..checks import (
    check_features,
    check_range,
    check_scores,
    check_shape,
    check_tensor,
)
from .numerics import (
    compute_dtype,
    product,
    row_chunks,
    rows_and_norms,
    smallest_norm,
    unit_rows,
)

__all__ = ['class_centers', 'correct_labels', 'label_quality', 'prototype_scores']

_TOLERANCE = 1e-3  # cosines may leave [-1, 1] by rounding


def class_centers(prototypes: Sequence[Tensor] | Tensor, like: Tensor) -> Tensor:
    """The mean of the unit prototypes of each class: (K, d).

    Pass it in place of the prototypes where many chunks of features share it.

    Args:
        prototypes: K tensors (p_c, d), p_c >= 1; no row is zero.
        like: (any, d) features, whose precision and device the means have.

    >>> centers = class_centers([torch.eye(2), torch.eye(2)[:1]], torch.eye(2))
    >>> correct_labels(torch.tensor([[1.0, 2.0], [2.0, 1.0]]), centers)
    tensor([0, 1])
    """
    if len(prototypes) == 0:
        raise ValueError('prototypes must hold at least one class, got none')
    means = []
    for c, members in enumerate(prototypes):
        name = f'prototypes of class {c}'
        members = check_features(members, name)
        where = f'{name} (for features of shape {tuple(like.shape)})'
        check_shape(members, where, len(members), like.shape[1])
        mean = unit_rows(members, name).mean(dim=0)
        means.append(mean.to(like.device, compute_dtype(like)))
    return torch.stack(means)


def prototype_scores(features: Tensor, prototypes: Sequence[Tensor] | Tensor) -> Tensor:
    r"""Mean cosine to each class's prototypes, SMP (Han et al. 2019) Eq. 8: (N, K).

    :math:`\sigma_c = \frac{1}{p_c} \sum_l \cos(x, x_{cl})`, the inner product of the
    unit feature with the mean of the unit prototypes; in [-1, 1] up to rounding, in the
    precision of the features. Beside the result the memory does not grow with N.

    Args:
        features: (N, d) feature vectors, N >= 0, none of them zero.
        prototypes: K tensors (p_c, d), or their :func:`class_centers` (K, d).

    >>> prototypes = [torch.tensor([[5.0, 0.0], [0.0, 1.0]]), -torch.eye(2)[:1]]
    >>> prototype_scores(torch.tensor([[3.0, 4.0]]), prototypes)
    tensor([[ 0.7000, -0.6000]])
    """
    features = check_tensor(features, 'features', 2)
    means, column = _distinct_means(features, prototypes)
    scores = means.new_empty(len(features), len(column))
    for rows in row_chunks(features):
        chunk, norms = rows_and_norms(features[rows], first_row=rows.start)
        scores[rows] = product(chunk, means.T).div_(norms[:, None])[:, column]
    return scores


def correct_labels(features: Tensor, prototypes: Sequence[Tensor] | Tensor) -> Tensor:
    """Class of the highest score, SMP Eq. 9: (N,) int64, ties go to the lower class.

    The argmax of :func:`prototype_scores` of the same arguments, up to ties that their
    last rounding makes: the norm of a feature is left out.

    >>> prototypes = [torch.tensor([[5.0, 0.0], [0.0, 1.0]]), -torch.eye(2)[:1]]
    >>> correct_labels(torch.tensor([[2.0, 0.0], [-3.0, 1.0]]), prototypes)
    tensor([0, 1])
    """
    features = check_tensor(features, 'features', 2)
    means, column = _distinct_means(features, prototypes)
    labels = features.new_empty(len(features), dtype=torch.int64)
    for rows in row_chunks(features):
        scores = product(features[rows].to(means.dtype), means.T)
        # NaN and infinity reach every product of their row, and zeros give zeros: the
        # products prove the usual chunk valid without another pass.
        magnitude = torch.linalg.vector_norm(scores, ord=math.inf, dim=1)
        safe = (magnitude > smallest_norm(features)) & (magnitude < math.inf)
        if not bool(safe.all()):
            chunk, _ = rows_and_norms(features[rows], first_row=rows.start)
            scores = product(chunk, means.T)
        labels[rows] = scores[:, column].argmax(dim=1)
    return labels


def label_quality(scores: Tensor, labels: Tensor) -> Tensor:
    r"""Label quality (N,) from 0 to 1; low is suspicious.

    :math:`(2 + \sigma_y - \max_{c \ne y} \sigma_c) / 4`: the margin between the given
    class and the best other one, below 0.5 exactly when another class scores higher,
    whatever the rounding. Not in the SMP paper, which ranks no samples. ``scores``, see
    :func:`prototype_scores`, are (N, K >= 2), given labels (N,) integers in [0, K).

    >>> label_quality(torch.tensor([[1.0, -1.0], [0.2, 0.6]]), torch.tensor([0, 0]))
    tensor([1.0000, 0.4000])
    """
    scores, labels = check_scores('scores', scores, 2, labels=labels)
    check_range(scores, 'scores', -1, _TOLERANCE)
    scores = scores.to(compute_dtype(scores))
    others = scores.scatter(1, labels[:, None], -math.inf).amax(dim=1)
    margin = scores.gather(1, labels[:, None])[:, 0] - others
    quality = ((2 + margin) / 4).clamp_(0, 1)
    # A margin of -1e-9 is lost beside the 2 in float32.
    below = torch.nextafter(quality.new_tensor(0.5), quality.new_tensor(0.0))
    return torch.where(margin < 0, torch.minimum(quality, below), quality)


def _distinct_means(
    features: Tensor, prototypes: Sequence[Tensor] | Tensor
) -> tuple[Tensor, Tensor]:
    """(<= K, d) means and (K,) int64, which of them is that of each class.

    A matrix product may round equal columns differently, and then the tie between
    them would not go to the lower class.
    """
    if not isinstance(prototypes, Tensor) or prototypes.dim() != 2:
        prototypes = class_centers(prototypes, features)
    name = f'class centers (for features of shape {tuple(features.shape)})'
    check_shape(prototypes, name, len(prototypes), features.shape[1])
    means = prototypes.to(features.device, compute_dtype(features))
    return torch.unique(means, dim=0, return_inverse=True)
