"""Weights of samples by their distance from the prototype of their label."""

import torch
from torch import Tensor

from ..checks import check_features, check_labels, check_matrix, check_positive
from .numerics import row_chunks, unit_rows

__all__ = ['distance_weights', 'noise_weights', 'prototype_distances']


def noise_weights(
    features: Tensor,
    prototypes: Tensor,
    labels: Tensor,
    alpha: float = 1.2,
    beta: float = 1.5,
) -> Tensor:
    r"""Weights of SINet (Cheng et al. 2020) Eq. 6.

    :math:`w_i = \max(0, \alpha - \|v_c - g_i\|)^\beta` on L2-normalised vectors, where
    the distance lies in [0, 2]. The paper takes the maximum after the power, which is
    the same where the power of a negative number exists.

    Args:
        features: (N, d), N >= 0.
        prototypes: (C, d), one row a class.
        labels: (N,) integers in [0, C).
        alpha: Distance from which on the weight is 0; positive.
        beta: Contrast, positive.

    Returns:
        (N,) in [0, alpha ** beta], float64 for float64 features, otherwise float32.

    Raises:
        ValueError: Wrong rank or length, d differs, NaN, infinity or a zero norm in
            either, labels or settings out of range.
    """
    return distance_weights(
        prototype_distances(features, prototypes, labels), alpha, beta
    )


def prototype_distances(features: Tensor, prototypes: Tensor, labels: Tensor) -> Tensor:
    """(N,) distances in [0, 2]; arguments and errors as for :func:`noise_weights`."""
    features = check_matrix(features, 'features')
    prototypes = check_features(prototypes, 'prototypes')
    labels = check_labels(labels, len(prototypes))
    if features.shape[1] != prototypes.shape[1] or len(features) != len(labels):
        raise ValueError(
            f'features of shape {tuple(features.shape)} do not go with prototypes of '
            f'shape {tuple(prototypes.shape)} and {len(labels)} labels'
        )
    centers = unit_rows(prototypes, 'prototypes')
    distances = []
    for rows in row_chunks(features):
        units = unit_rows(features[rows], first_row=rows.start)
        own = centers[labels[rows]].to(units.dtype)
        distances.append(torch.linalg.vector_norm(units - own, dim=1))
    return torch.cat(distances) if distances else centers.new_empty(0)


def distance_weights(
    distances: Tensor, alpha: float = 1.2, beta: float = 1.5
) -> Tensor:
    """Eq. 6 from the distances (N,)."""
    alpha, beta = check_positive(alpha, 'alpha'), check_positive(beta, 'beta')
    return (alpha - distances).clamp_(min=0).pow_(beta)
