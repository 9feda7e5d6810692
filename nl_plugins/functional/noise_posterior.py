"""What a noisy label tells of the true one: by noise types, or by class alone."""

import math

import torch
from torch import Tensor

from ..checks import (
    check_finite,
    check_fraction,
    check_scores,
    check_shape,
    check_square,
    check_tensor,
    first_index,
)
from .confusion import check_confusion, check_stochastic, label_counts
from .numerics import compute_dtype

__all__ = [
    'NUM_TYPES', 'bottom_up_posterior', 'check_label_confusion', 'label_confusion',
    'noise_posterior',
]  # fmt: skip

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
    class_logits, noisy = _check_logits(class_logits, noisy_labels, len(confusion))
    check_finite(check_tensor(type_logits, 'type_logits', 2), 'type_logits')
    check_shape(type_logits, 'type_logits', len(noisy), NUM_TYPES)
    # (B, 3, L): log p(noisy | y, z) + log p(y|x) + log p(z|x)
    joint = _log_likelihoods(noisy, confusion.to(class_logits.dtype))
    joint += _log_probs(class_logits)[:, None, :]
    joint += _log_probs(type_logits).to(joint.dtype)[:, :, None]
    posterior = joint.flatten(1).softmax(dim=1).view_as(joint)
    return posterior.sum(dim=1), posterior.sum(dim=2)


def label_confusion(
    true_labels: Tensor, noisy_labels: Tensor, num_classes: int, prior: float = 0.0
) -> Tensor:
    """Q[i, j] = p(noisy i | true j), Xiao et al. 2015, Fig. 6: (L, L) float64.

    Columns sum to 1; that of a class without samples is the identity's if ``prior`` is
    0, uniform otherwise.

    Args:
        true_labels: (N,) integers in [0, L).
        noisy_labels: (N,) integers in [0, L), the given labels of the same samples.
        num_classes: L, at least 2.
        prior: Number of imagined samples, in [0, 1], that each true class adds, spread
            evenly over all labels (not in the paper). With 0 a label that a class never
            had is impossible for it.

    >>> label_confusion(torch.tensor([0, 0, 1]), torch.tensor([0, 1, 1]), 2).tolist()
    [[0.5, 0.0], [0.5, 1.0]]
    """
    prior = check_fraction(prior, 'prior', zero=True)
    counts = label_counts(true_labels, noisy_labels, num_classes).cpu().double()
    if prior == 0:
        counts += torch.diag((counts.sum(dim=0) == 0).double())
    counts += prior / num_classes
    return (counts / counts.sum(dim=0)).to(noisy_labels.device)


def bottom_up_posterior(
    class_logits: Tensor, noisy_labels: Tensor, confusion: Tensor
) -> Tensor:
    r"""Posterior of the true label if noise depends on the class alone: (B, L).

    Sukhbaatar & Fergus 2014 ("bottom-up"): :math:`p(\tilde y|x) = \sum_y Q_{\tilde y y}
    p(y|x)` is the output of a linear layer on top of the softmax. The gradient of its
    negative logarithm is that of the cross entropy with the posterior
    :math:`p(y|\tilde y, x) \propto Q_{\tilde y y} p(y|x)` as a constant target. Rows
    sum to 1.

    Logits and labels as for :func:`noise_posterior`, ``confusion`` from
    :func:`label_confusion`: no row is zero (that label could not occur).

    >>> confusion = torch.tensor([[0.5, 0.0], [0.5, 1.0]])
    >>> bottom_up_posterior(torch.zeros(1, 2), torch.tensor([1]), confusion)
    tensor([[0.3333, 0.6667]])
    """
    confusion = check_label_confusion(confusion)
    class_logits, noisy = _check_logits(class_logits, noisy_labels, len(confusion))
    likelihood = confusion.to(class_logits.dtype)[noisy]
    return (likelihood.log() + _log_probs(class_logits)).softmax(dim=1)


def check_label_confusion(confusion: Tensor, name: str = 'confusion') -> Tensor:
    """A square matrix whose columns sum to 1 and whose rows are not zero."""
    confusion = check_square(confusion, name)
    check_stochastic(confusion, name)
    if index := first_index((confusion == 0).all(dim=1)):
        raise ValueError(
            f'row {index[0]} of {name} is zero: that noisy label could not occur; '
            'estimate it from more samples, or with a prior'
        )
    return confusion


def _log_probs(logits: Tensor) -> Tensor:
    """Log-softmax that is finite for all finite logits, in the precision we use."""
    logits = logits.detach().to(compute_dtype(logits))
    return logits.log_softmax(dim=1).clamp_min(torch.finfo(logits.dtype).min / 8)


def _check_logits(
    logits: Tensor, noisy_labels: Tensor, num_classes: int
) -> tuple[Tensor, Tensor]:
    """(B, L) finite logits in the precision to compute in, and (B,) int64 labels."""
    logits, labels = check_scores('class_logits', logits, noisy_labels=noisy_labels)
    check_shape(logits, 'class_logits', len(labels), num_classes)
    return logits.to(compute_dtype(logits)), labels


def _log_likelihoods(noisy: Tensor, confusion: Tensor) -> Tensor:
    """Eq. 1: (B, 3, L) log p(noisy | y, z) for each noise type z and true label y."""
    same = torch.eye(len(confusion), dtype=torch.bool, device=noisy.device)[noisy]
    free = confusion.new_zeros(same.shape).masked_fill_(~same, -math.inf)
    random = confusion.new_full(same.shape, -math.log(len(confusion) - 1))
    random = random.masked_fill_(same, -math.inf)
    return torch.stack([free, random, confusion[noisy].log()], dim=1)
