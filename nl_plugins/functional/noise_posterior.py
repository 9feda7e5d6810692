"""What a noisy label tells of the true label and the noise type of its sample."""

import math

import torch
from torch import Tensor

from ..checks import check_finite, check_scores, check_shape, check_tensor
from .confusion import check_confusion
from .numerics import compute_dtype

__all__ = ['NUM_TYPES', 'check_logits', 'log_probs', 'noise_posterior']

NUM_TYPES = 3


def noise_posterior(
    class_logits: Tensor, type_logits: Tensor, noisy_labels: Tensor, confusion: Tensor
) -> tuple[Tensor, Tensor]:
    r"""The posteriors of true label and noise type, Xiao et al. 2015, Eq. 1 and 5.

    :math:`p(y, z | \tilde y, x) \propto p(\tilde y | y, z) p(y | x) p(z | x)`, summed
    over z and over y: q_y (B, L) and q_z (B, 3), rows sum to 1. The noisy label is the
    true one (z = 0), any other with equal probability (z = 1), or one that it is
    confused with (z = 2). No gradient flows (the E-step), no logit is too large.

    Args:
        class_logits: (B, L) of p(y|x) up to a constant for each row.
        type_logits: (B, 3) of p(z|x): noise free, pure random, confusing.
        noisy_labels: (B,) integers in [0, L).
        confusion: (L, L), C[i, j] = p(noisy i | true j, confusing), zero diagonal.

    >>> swap, noisy = torch.tensor([[0.0, 1.0], [1.0, 0.0]]), torch.tensor([0])
    >>> noise_posterior(torch.zeros(1, 2), torch.zeros(1, 3), noisy, swap)
    (tensor([[0.3333, 0.6667]]), tensor([[0.3333, 0.3333, 0.3333]]))
    """
    confusion = check_confusion(confusion)
    class_logits, noisy = check_logits(class_logits, noisy_labels, len(confusion))
    check_finite(check_tensor(type_logits, 'type_logits', 2), 'type_logits')
    check_shape(type_logits, 'type_logits', len(noisy), NUM_TYPES)
    # (B, 3, L): log p(noisy | y, z) + log p(y|x) + log p(z|x)
    joint = _log_likelihoods(noisy, confusion.to(class_logits.dtype))
    joint += log_probs(class_logits)[:, None, :]
    joint += log_probs(type_logits).to(joint.dtype)[:, :, None]
    posterior = joint.flatten(1).softmax(dim=1).view_as(joint)
    return posterior.sum(dim=1), posterior.sum(dim=2)


def log_probs(logits: Tensor) -> Tensor:
    """Log-softmax that is finite for all finite logits, in the precision we use."""
    logits = logits.detach().to(compute_dtype(logits))
    return logits.log_softmax(dim=1).clamp_min(torch.finfo(logits.dtype).min / 8)


def check_logits(
    class_logits: Tensor, noisy_labels: Tensor, num_classes: int
) -> tuple[Tensor, Tensor]:
    """(B, L) finite logits in the precision to compute in, and (B,) int64 labels."""
    logits, labels = check_scores(
        'class_logits', class_logits, noisy_labels=noisy_labels
    )
    check_shape(logits, 'class_logits', len(labels), num_classes)
    return logits.to(compute_dtype(logits)), labels


def _log_likelihoods(noisy: Tensor, confusion: Tensor) -> Tensor:
    """Eq. 1: (B, 3, L) log p(noisy | y, z) for each noise type z and true label y."""
    same = torch.eye(len(confusion), dtype=torch.bool, device=noisy.device)[noisy]
    other = confusion.new_full((), -math.log(len(confusion) - 1))
    never = confusion.new_full((), -math.inf)
    free = torch.where(same, torch.zeros_like(never), never)
    random = torch.where(same, never, other)
    return torch.stack([free, random, confusion[noisy].log()], dim=1)
