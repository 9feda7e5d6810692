"""Labels corrected by the similarity of features to the classes' prototypes."""

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from ..checks import check_features, check_matrix
from .numerics import (
    compute_dtype,
    product,
    row_chunks,
    rows_and_norms,
    smallest_norm,
    unit_rows,
)

__all__ = ['correct_labels', 'prototype_scores']


def prototype_scores(features: Tensor, prototypes: Sequence[Tensor]) -> Tensor:
    r"""Mean cosine to the prototypes of each class, SMP (Han et al. 2019) Eq. 8.

    :math:`\sigma_c = \frac{1}{p_c} \sum_l \cos(x, x_{cl})`. This is the inner
    product of the unit feature with the mean of the unit prototypes, hence one
    (N, d) x (d, K) product, in chunks: beside the result the extra memory does
    not grow with N.

    Args:
        features: (N, d), N >= 0; half precision is computed in float32.
        prototypes: K tensors (p_c, d), p_c >= 1, as features and not normalised;
            the sizes p_c may differ.

    Returns:
        (N, K) in [-1, 1] up to rounding, float64 for float64 features, float32
        for the other floating dtypes.

    Raises:
        ValueError: Wrong rank, d differs, a class without prototypes, NaN,
            infinity or a row of zero norm in either.
    """
    features = check_matrix(features, 'features')
    centers, column = _class_centers(prototypes, features)
    scores = centers.new_empty(len(features), len(column))
    for rows in row_chunks(features):
        chunk, norms = rows_and_norms(features[rows], first_row=rows.start)
        cosines = product(chunk, centers.T).div_(norms[:, None])
        scores[rows] = cosines[:, column]
    return scores


def correct_labels(features: Tensor, prototypes: Sequence[Tensor]) -> Tensor:
    """Class of the highest score, SMP Eq. 9; ties go to the lower class.

    Args:
        features: As in :func:`prototype_scores`. Its norm does not change which
            class wins and is left out, so this is the argmax of those scores up
            to ties that their last rounding makes.
        prototypes: As there.

    Returns:
        (N,) int64 in [0, K).

    Raises:
        ValueError: As :func:`prototype_scores`.
    """
    features = check_matrix(features, 'features')
    centers, column = _class_centers(prototypes, features)
    labels = features.new_empty(len(features), dtype=torch.int64)
    for rows in row_chunks(features):
        scores = _products(features[rows], centers, rows.start)
        labels[rows] = scores[:, column].argmax(dim=1)
    return labels


def _class_centers(
    prototypes: Sequence[Tensor], features: Tensor
) -> tuple[Tensor, Tensor]:
    """Distinct means of the unit prototypes, in the precision of ``features``.

    Classes with the same mean share it: a matrix product may round equal columns
    differently, and then the tie between them would not go to the lower class.

    Returns:
        (<= K, d) means and (K,) int64, which of them is each class's.
    """
    if len(prototypes) == 0:
        raise ValueError('prototypes must hold at least one class, got none')
    centers = []
    for c, members in enumerate(prototypes):
        name = f'prototypes of class {c}'
        members = check_features(members, name)
        if members.shape[1] != features.shape[1]:
            raise ValueError(
                f'{name} have shape {tuple(members.shape)}, '
                f'but features have shape {tuple(features.shape)}'
            )
        centers.append(unit_rows(members, name).mean(dim=0))
    stacked = [c.to(features.device, compute_dtype(features)) for c in centers]
    distinct, column = torch.unique(torch.stack(stacked), dim=0, return_inverse=True)
    return distinct, column


def _products(features: Tensor, centers: Tensor, first_row: int) -> Tensor:
    """Inner products of one chunk, in which the largest of a row is the nearest.

    NaN and infinity reach every product of their row, and a row of zeros has none
    but zeros: the products prove the usual chunk valid without another pass.
    """
    scores = product(features.to(centers.dtype), centers.T)
    magnitude = torch.linalg.vector_norm(scores, ord=math.inf, dim=1)
    safe = (magnitude > smallest_norm(features)) & (magnitude < math.inf)
    if not bool(safe.all()):
        rows, _ = rows_and_norms(features, first_row=first_row)
        scores = product(rows, centers.T)
    return scores
