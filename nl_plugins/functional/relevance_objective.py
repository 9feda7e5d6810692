"""CleanNet's objective and weights as functions of one similarity per sample."""

import torch
from torch import Tensor

from ..checks import (
    check_fraction,
    check_nonnegative,
    check_range,
    check_tensor,
    check_threshold,
    check_vector,
    check_verification,
)
from .numerics import compute_dtype

__all__ = ['relevance_loss', 'relevance_weights']

_TOLERANCE = 2e-3  # by which cosines in half precision may leave [-1, 1]


def relevance_loss(
    similarity: Tensor,
    verification: Tensor,
    margin: float = 0.1,
    negative_weight: float = 1.0,
    unsupervised_weight: float = 0.1,
) -> Tensor:
    r"""CleanNet (Lee et al. 2018) Eq. 6-10 without the reconstruction term: (B,).

    With s the cosine of a query and its class embedding, l the verification label,
    :math:`\rho` the margin, :math:`\omega` and :math:`\gamma` the weights:

    - l = 1: :math:`1 - s`,
    - l = 0: :math:`\omega \max(0, s - \rho)`,
    - l = -1 (nobody looked): :math:`\gamma (1 - s)` where :math:`s \ge \rho`, else 0.

    Args:
        similarity: (B,) cosines; the gradient flows back to it.
        verification: (B,) of 1 right, 0 wrong, -1 unknown.
        margin: Cosine from which on a label is taken for right, in [0, 1].
        negative_weight: Weight of wrong against right labels, at least 0.
        unsupervised_weight: Weight of samples without a verification label, at least 0.

    >>> relevance_loss(torch.tensor([0.75, 0.75, 0.75]), torch.tensor([1, 0, -1]))
    tensor([0.2500, 0.6500, 0.0250])
    """
    margin = check_fraction(margin, 'margin', zero=True)
    negative_weight = check_nonnegative(negative_weight, 'negative_weight')
    unsupervised_weight = check_nonnegative(unsupervised_weight, 'unsupervised_weight')
    similarity = _check_similarity(similarity)
    verification = check_verification(verification, similarity)
    pull, push = 1 - similarity, negative_weight * (similarity - margin).clamp_min(0)
    taken_for_right = (similarity.detach() >= margin).to(similarity.dtype)
    unsupervised = unsupervised_weight * taken_for_right * pull
    supervised = torch.where(verification == 1, pull, push)
    return torch.where(verification == -1, unsupervised, supervised)


def relevance_weights(
    similarity: Tensor, threshold: float | Tensor | None = None
) -> Tensor:
    """The weight of each sample in training, (N,) in [0, 1], CleanNet Eq. 12 or 13.

    Args:
        similarity: (N,) cosines of the samples and their classes.
        threshold: None gives the soft weights max(0, s), a number or (N,) numbers
            the hard ones: 1 where s >= threshold, else 0.

    >>> relevance_weights(torch.tensor([0.5, -0.5]))
    tensor([0.5000, 0.0000])
    >>> relevance_weights(torch.tensor([0.5, -0.5]), threshold=0.1)
    tensor([1., 0.])
    """
    similarity = _check_similarity(similarity).detach()
    if threshold is None:
        return similarity.clamp(0, 1)
    if isinstance(threshold, Tensor):
        threshold = check_vector(threshold, 'threshold', len(similarity))
    else:
        threshold = check_threshold(threshold, 'threshold')
    return (similarity >= threshold).to(similarity.dtype)


def _check_similarity(similarity: Tensor) -> Tensor:
    """(B,) cosines in the precision to compute in, with their gradient."""
    detached = check_tensor(similarity, 'similarity', 1)
    check_range(detached, 'similarity', -1, _TOLERANCE)
    return similarity.to(compute_dtype(similarity))
