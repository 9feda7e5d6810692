"""Labels corrected by the similarity of features to the classes' prototypes."""

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from .checks import check_features, check_matrix
from .numerics import compute_dtype, product, rows_and_norms, unit_rows

__all__ = ['correct_labels', 'prototype_scores']

# A chunk is read twice, for its norms and for the product: on a CPU it has to
# stay in cache in between, elsewhere it has to be large enough to launch.
_CHUNK_BYTES = {'cpu': 2 << 20}
_DEVICE_CHUNK_BYTES = 256 << 20


@torch.no_grad()
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
    centers = _class_centers(prototypes, features)
    scores = centers.new_empty(len(features), len(centers))
    for rows, chunk_scores in _score_chunks(features, centers):
        scores[rows] = chunk_scores
    return scores


@torch.no_grad()
def correct_labels(features: Tensor, prototypes: Sequence[Tensor]) -> Tensor:
    """Class of the highest score, SMP Eq. 9; ties go to the lower class.

    Args:
        features: As in :func:`prototype_scores`, of which this is the argmax
            without its (N, K) result in memory.
        prototypes: As there.

    Returns:
        (N,) int64 in [0, K).

    Raises:
        ValueError: As :func:`prototype_scores`.
    """
    features = check_matrix(features, 'features')
    centers = _class_centers(prototypes, features)
    labels = features.new_empty(len(features), dtype=torch.int64)
    for rows, chunk_scores in _score_chunks(features, centers):
        labels[rows] = chunk_scores.argmax(dim=1)
    return labels


def _class_centers(prototypes: Sequence[Tensor], features: Tensor) -> Tensor:
    """(K, d) means of the unit prototypes, in the precision of ``features``."""
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
    return torch.stack(stacked)


def _score_chunks(features: Tensor, centers: Tensor) -> Iterator[tuple[slice, Tensor]]:
    """Slices of the rows with their scores, every chunk checked."""
    limit = _CHUNK_BYTES.get(features.device.type, _DEVICE_CHUNK_BYTES)
    step = max(1, limit // (centers.shape[1] * centers.element_size()))
    for start in range(0, len(features), step):
        rows = slice(start, start + step)
        chunk, norms = rows_and_norms(features[rows], first_row=start)
        yield rows, product(chunk, centers.T).div_(norms[:, None])
