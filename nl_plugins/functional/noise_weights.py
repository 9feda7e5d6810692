"""Weights of samples by their distance from the prototype of their label."""

import torch
from torch import Tensor

from ..checks import (
    check_features,
    check_labels,
    check_positive,
    check_shape,
    check_tensor,
)
from .numerics import compute_dtype, row_chunks, unit_rows

__all__ = ['distance_weights', 'noise_weights']


def noise_weights(
    features: Tensor,
    prototypes: Tensor,
    labels: Tensor,
    alpha: float = 1.2,
    beta: float = 1.5,
) -> Tensor:
    r"""Weights of SINet (Cheng et al. 2020) Eq. 6: (N,) in [0, alpha ** beta].

    :math:`w_i = \max(0, \alpha - \|v_c - g_i\|)^\beta` of unit vectors, distances in
    [0, 2]. The paper takes the maximum after the power: the same where that exists.

    Args:
        features: (N, d) feature vectors, N >= 0, none of them zero.
        prototypes: (C, d), one row per class, none of them zero.
        labels: (N,) integers in [0, C).
        alpha: Distance from which on the weight is 0; positive.
        beta: Contrast, positive.

    >>> features = torch.tensor([[5.0, 0.0], [3.0, 4.0]])
    >>> noise_weights(features, torch.tensor([[1.0, 0.0]]), torch.tensor([0, 0]))
    tensor([1.3145, 0.1689])
    """
    features = check_tensor(features, 'features', 2)
    prototypes = check_features(prototypes, 'prototypes')
    labels = check_labels(labels, len(prototypes))
    check_shape(labels, 'labels', len(features))
    check_shape(prototypes, 'prototypes', len(prototypes), features.shape[1])
    centers = unit_rows(prototypes, 'prototypes')
    distances = features.new_empty(len(features), dtype=compute_dtype(features))
    for rows in row_chunks(features):
        units = unit_rows(features[rows], first_row=rows.start)
        own = centers[labels[rows]].to(units.dtype)
        distances[rows] = torch.linalg.vector_norm(units - own, dim=1)
    return distance_weights(distances, alpha, beta)


def distance_weights(
    distances: Tensor, alpha: float = 1.2, beta: float = 1.5
) -> Tensor:
    """The weights of :func:`noise_weights`, Cheng et al. 2020 Eq. 6, from distances.

    These are (N,), at least 0.

    >>> distance_weights(torch.tensor([0.0, 1.0, 1.5]), alpha=1.2, beta=2.0)
    tensor([1.4400, 0.0400, 0.0000])
    """
    alpha, beta = check_positive(alpha, 'alpha'), check_positive(beta, 'beta')
    return (alpha - distances).clamp_(min=0).pow_(beta)
