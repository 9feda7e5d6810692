"""What a noisy label tells of the true label and the noise type of its sample."""

import math

import torch
from torch import Tensor

from ..checks import check_finite, check_labels, check_lengths, check_tensor
from .confusion import check_confusion
from .numerics import compute_dtype

__all__ = ['NUM_TYPES', 'check_logits', 'log_probs', 'noise_posterior']

NUM_TYPES = 3


def noise_posterior(
    class_logits: Tensor, type_logits: Tensor, noisy_labels: Tensor, confusion: Tensor
) -> tuple[Tensor, Tensor]:
    r"""The posteriors of true label and noise type, Xiao et al. 2015, Eq. 1 and 5.

    :math:`p(y, z | \tilde y, x) \propto p(\tilde y | y, z) p(y | x) p(z | x)`, summed
    over z and over y. The noisy label is the true one (z = 0), any other with equal
    probability (z = 1), or one that it is confused with (z = 2). Computed from
    log-probabilities: no logit is too large. No gradient flows (the E-step).

    Args:
        class_logits: (B, L) of p(y|x) up to a constant for each row.
        type_logits: (B, 3) of p(z|x): noise free, pure random, confusing.
        noisy_labels: (B,) integers in [0, L).
        confusion: (L, L), C[i, j] = p(noisy i | true j, confusing), zero diagonal.

    Returns:
        q_y (B, L) and q_z (B, 3), rows sum to 1.

    >>> swap, noisy = torch.tensor([[0.0, 1.0], [1.0, 0.0]]), torch.tensor([0])
    >>> noise_posterior(torch.zeros(1, 2), torch.zeros(1, 3), noisy, swap)
    (tensor([[0.3333, 0.6667]]), tensor([[0.3333, 0.3333, 0.3333]]))
    """
    confusion = check_confusion(confusion)
    class_logits = check_logits(class_logits, 'class_logits', len(confusion))
    type_logits = check_logits(type_logits, 'type_logits', NUM_TYPES)
    noisy = check_labels(noisy_labels, len(confusion), 'noisy_labels')
    check_lengths(
        class_logits=class_logits, type_logits=type_logits, noisy_labels=noisy
    )
    # (B, 3, L): log p(noisy | y, z) + log p(y|x) + log p(z|x)
    joint = _log_likelihoods(noisy, confusion.to(class_logits.dtype))
    joint += log_probs(class_logits)[:, None, :]
    joint += log_probs(type_logits).to(joint.dtype)[:, :, None]
    posterior = joint.flatten(1).softmax(dim=1).view_as(joint)
    return posterior.sum(dim=1), posterior.sum(dim=2)


def log_probs(logits: Tensor) -> Tensor:
    """Log-softmax that is finite for all finite logits."""
    return logits.log_softmax(dim=1).clamp_min(torch.finfo(logits.dtype).min / 8)


def check_logits(logits: Tensor, name: str, width: int) -> Tensor:
    """(B, width) finite logits, in the precision to compute in."""
    logits = check_tensor(logits, name, 2)
    if logits.shape[1] != width:
        raise ValueError(
            f'{name} must have shape (B, {width}), got {tuple(logits.shape)}'
        )
    check_finite(logits, name)
    return logits.to(compute_dtype(logits))


def _log_likelihoods(noisy: Tensor, confusion: Tensor) -> Tensor:
    """Eq. 1: (B, 3, L) log p(noisy | y, z) for each noise type z and true label y."""
    same = torch.eye(len(confusion), dtype=torch.bool, device=noisy.device)[noisy]
    other = confusion.new_full((), -math.log(len(confusion) - 1))
    never = confusion.new_full((), -math.inf)
    free = torch.where(same, torch.zeros_like(never), never)
    return torch.stack(
        [free, torch.where(same, never, other), confusion[noisy].log()], dim=1
    )
