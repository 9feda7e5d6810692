"""The bottom-up noise model, which the label noise layer is compared with."""

import torch
from torch import Tensor

from ..checks import check_fraction, check_square, first_index
from .confusion import check_stochastic, label_counts
from .noise_posterior import check_logits, log_probs

__all__ = ['bottom_up_posterior', 'check_label_confusion', 'label_confusion']


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

    Args:
        class_logits: (B, L) of p(y|x) up to a constant for each row.
        noisy_labels: (B,) integers in [0, L).
        confusion: (L, L), Q[i, j] = p(noisy i | true j), see :func:`label_confusion`;
            no row is zero (that label could not occur).

    >>> confusion = torch.tensor([[0.5, 0.0], [0.5, 1.0]])
    >>> bottom_up_posterior(torch.zeros(1, 2), torch.tensor([1]), confusion)
    tensor([[0.3333, 0.6667]])
    """
    confusion = check_label_confusion(confusion)
    class_logits, noisy = check_logits(class_logits, noisy_labels, len(confusion))
    likelihood = confusion.to(class_logits.dtype)[noisy]
    return (likelihood.log() + log_probs(class_logits)).softmax(dim=1)


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
