"""How well a sample's likeness to the classes agrees with its label's."""

import torch
from torch import Tensor, nn

from ..checks import check_choice, check_positive, check_scores, check_shape
from .numerics import compute_dtype

__all__ = ['consistency_scores']


def consistency_scores(
    visual: Tensor,
    textual: Tensor,
    gamma: float = 1.0,
    eps: float = 1e-6,
    normalize: str = 'softmax',
) -> Tensor:
    r"""Consistency of SINet (Cheng et al. 2020) Eq. 4: (N,), float64 if an input is.

    :math:`p_i = (KL(\psi(s_t^i) \| \psi(s_v^i)) + \epsilon)^{-\gamma}`: high where the
    image is similar to those classes that the graph calls similar to its label.

    The paper names both the softmax and the L2 norm for :math:`\psi`. Vectors of unit
    L2 norm are no distributions: with 'l2' entries below ``eps`` count as ``eps``, and
    the divergence is the generalised one, :math:`\sum_j t_j \log(t_j / v_j) - t_j +
    v_j`, which is never negative and equals KL for distributions.

    Args:
        visual: (N, C >= 1) cosines of the samples to the prototypes of all classes.
        textual: (N, C), the graph's row of each sample's label.
        gamma: Contrast, positive.
        eps: Positive number; the highest score is ``eps ** -gamma``.
        normalize: 'softmax' or 'l2'.

    >>> graph = torch.tensor([[1.0, 0.0], [0.0, 1.0]])
    >>> consistency_scores(torch.tensor([[1.0, 0.0], [1.0, 0.0]]), graph, eps=0.1)
    tensor([10.0000,  1.7790])
    """
    (visual,) = check_scores('visual', visual)
    (textual,) = check_scores('textual', textual)
    check_shape(textual, 'textual', *visual.shape)
    gamma, eps = check_positive(gamma, 'gamma'), check_positive(eps, 'eps')
    check_choice('normalize', normalize, ('softmax', 'l2'))
    dtype = torch.promote_types(compute_dtype(visual), compute_dtype(textual))
    visual, textual = visual.to(dtype), textual.to(dtype)
    if normalize == 'softmax':
        log_textual = textual.log_softmax(dim=1)
        difference = log_textual - visual.log_softmax(dim=1)
        divergence = log_textual.exp_().mul_(difference).sum(dim=1)
    else:
        t = nn.functional.normalize(textual.clamp(min=eps), eps=0.0)
        v = nn.functional.normalize(visual.clamp(min=eps), eps=0.0)
        divergence = (t * (t / v).log() - t + v).sum(dim=1)
    return (divergence.clamp_(min=0) + eps).pow_(-gamma)
