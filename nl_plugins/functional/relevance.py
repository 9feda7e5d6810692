"""CleanNet's objective and weights as functions of one similarity a sample."""

import torch
from torch import Tensor

from ..checks import check_finite, check_fraction, check_nonnegative, check_threshold
from .numerics import compute_dtype
from .verified_accuracy import check_verification

__all__ = ['relevance_loss', 'relevance_weights']

# Cosines may leave [-1, 1] by rounding, half precision by this much.
_TOLERANCE = 2e-3


def relevance_loss(
    similarity: Tensor,
    verification: Tensor,
    margin: float = 0.1,
    negative_weight: float = 1.0,
    unsupervised_weight: float = 0.1,
) -> Tensor:
    r"""CleanNet (Lee et al. 2018) Eq. 6-10 without the reconstruction term.

    With s the cosine of a query and its class embedding, l the verification label,
    :math:`\rho` the margin, :math:`\omega` and :math:`\gamma` the weights:

    - l = 1: :math:`1 - s`,
    - l = 0: :math:`\omega \max(0, s - \rho)`,
    - l = -1 (nobody looked): :math:`\gamma (1 - s)` where :math:`s \ge \rho`, else 0.

    Args:
        similarity: (B,) cosines; the gradient flows back to it. Half precision is
            computed in float32.
        verification: (B,) of 1, 0 and -1.
        margin: In [0, 1].
        negative_weight: Balances wrong against right labels, at least 0.
        unsupervised_weight: Of samples without a verification label, at least 0.

    Returns:
        (B,) losses, unreduced.

    Raises:
        ValueError: Wrong rank, length or value of an argument, NaN, no cosine.
    """
    margin = check_fraction(margin, 'margin', zero=True)
    negative_weight = check_nonnegative(negative_weight, 'negative_weight')
    unsupervised_weight = check_nonnegative(unsupervised_weight, 'unsupervised_weight')
    similarity = _check_similarity(similarity)
    verification = check_verification(verification, similarity)
    pull = 1 - similarity
    push = negative_weight * (similarity - margin).clamp_min(0)
    taken_for_right = (similarity.detach() >= margin).to(similarity.dtype)
    unsupervised = unsupervised_weight * taken_for_right * pull
    supervised = torch.where(verification == 1, pull, push)
    return torch.where(verification == -1, unsupervised, supervised)


def relevance_weights(
    similarity: Tensor, threshold: float | Tensor | None = None
) -> Tensor:
    """The weight of each sample in training, CleanNet Eq. 12 or 13.

    Args:
        similarity: (N,) cosines of the samples and their classes.
        threshold: None gives the soft weights max(0, s), a number or (N,) numbers
            the hard ones: 1 where s >= threshold, else 0.

    Returns:
        (N,) in [0, 1], float64 for float64 similarities, otherwise float32.

    Raises:
        ValueError: Wrong rank, NaN, no cosine, a threshold that is no number.
    """
    similarity = _check_similarity(similarity).detach()
    if threshold is None:
        return similarity.clamp(0, 1)
    if isinstance(threshold, Tensor):
        check_finite(threshold, 'threshold')
        if threshold.shape != similarity.shape:
            raise ValueError(
                f'got {len(similarity)} similarities, but thresholds of shape '
                f'{tuple(threshold.shape)}'
            )
    else:
        threshold = check_threshold(threshold, 'threshold')
    return (similarity >= threshold).to(similarity.dtype)


def _check_similarity(similarity: Tensor) -> Tensor:
    """(B,) finite cosines in the dtype to compute in, with their gradient."""
    if not isinstance(similarity, Tensor):
        raise ValueError(
            f'similarity must be a tensor, got {type(similarity).__name__}'
        )
    if similarity.dim() != 1:
        raise ValueError(
            f'similarity must have rank 1, got shape {tuple(similarity.shape)}'
        )
    check_finite(similarity.detach(), 'similarity')
    similarity = similarity.to(compute_dtype(similarity))
    outside = (similarity.detach().abs() > 1 + _TOLERANCE).nonzero()
    if len(outside):
        index = int(outside[0])
        raise ValueError(
            f'similarity must lie in [-1, 1], got {float(similarity[index])} at {index}'
        )
    return similarity
