"""How well a sample's likeness to the classes agrees with its label's."""

import torch
from torch import Tensor

from ..checks import check_choice, check_finite, check_positive, check_tensor
from .numerics import compute_dtype

__all__ = ['consistency_scores']


def consistency_scores(
    visual: Tensor,
    textual: Tensor,
    gamma: float = 1.0,
    eps: float = 1e-6,
    normalize: str = 'softmax',
) -> Tensor:
    r"""Consistency of SINet (Cheng et al. 2020) Eq. 4.

    :math:`p_i = (KL(\psi(s_t^i) \| \psi(s_v^i)) + \epsilon)^{-\gamma}`: high where
    the image is similar to those classes that the graph calls similar to its label.

    The paper names both the softmax and the L2 norm for :math:`\psi`. Vectors of unit
    L2 norm are no distributions: their entries may be negative and the sum of Eq. 4
    as well. So with 'l2' entries below ``eps`` count as ``eps``, and the divergence is
    the generalised one, :math:`\sum_j t_j \log(t_j / v_j) - t_j + v_j`, which is
    never negative and equals KL for distributions.

    Args:
        visual: (N, C >= 1) cosines of the samples to the prototypes of all classes.
        textual: (N, C), the graph's row of each sample's label.
        gamma: Contrast, positive.
        eps: Positive number; the highest score is ``eps ** -gamma``.
        normalize: 'softmax' or 'l2'.

    Returns:
        (N,) positive scores, float64 if either input is.

    >>> graph = torch.tensor([[1.0, 0.0], [0.0, 1.0]])
    >>> consistency_scores(torch.tensor([[1.0, 0.0], [1.0, 0.0]]), graph, eps=0.1)
    tensor([10.0000,  1.7790])
    """
    visual = check_tensor(visual, 'visual', 2)
    textual = check_tensor(textual, 'textual', 2)
    if visual.shape != textual.shape or visual.shape[1] == 0:
        raise ValueError(
            f'visual has shape {tuple(visual.shape)}, textual '
            f'{tuple(textual.shape)}: both must be (N, C), C >= 1'
        )
    gamma, eps = check_positive(gamma, 'gamma'), check_positive(eps, 'eps')
    check_choice('normalize', normalize, ('softmax', 'l2'))
    check_finite(visual, 'visual')
    check_finite(textual, 'textual')
    dtype = torch.promote_types(compute_dtype(visual), compute_dtype(textual))
    visual, textual = visual.to(dtype), textual.to(dtype)
    if normalize == 'softmax':
        divergence = _softmax_divergence(textual, visual)
    else:
        divergence = _unit_divergence(textual, visual, eps)
    return (divergence.clamp_(min=0) + eps).pow_(-gamma)


def _softmax_divergence(textual: Tensor, visual: Tensor) -> Tensor:
    log_textual = textual.log_softmax(dim=1)
    difference = log_textual - visual.log_softmax(dim=1)
    return log_textual.exp_().mul_(difference).sum(dim=1)


def _unit_divergence(textual: Tensor, visual: Tensor, eps: float) -> Tensor:
    textual, visual = textual.clamp(min=eps), visual.clamp(min=eps)
    textual = textual / torch.linalg.vector_norm(textual, dim=1, keepdim=True)
    visual = visual / torch.linalg.vector_norm(visual, dim=1, keepdim=True)
    return (textual * (textual / visual).log() - textual + visual).sum(dim=1)
