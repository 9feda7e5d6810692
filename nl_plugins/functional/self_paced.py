"""Weights of samples by their losses: MentorNet's predefined curriculum."""

import torch
from torch import Tensor

from ..checks import check_nonnegative, check_threshold, check_vector

__all__ = ['self_paced_weights']


def self_paced_weights(losses: Tensor, threshold: float, width: float = 0.0) -> Tensor:
    r"""The best weights v for given losses, MentorNet (Jiang et al. 2018): (n,).

    In [0, 1], those of the least :math:`\sum_i v_i \ell_i + G(v)` with the paper's
    :math:`G(v) = \sum_i \frac{\lambda_2}{2} v_i^2 - (\lambda_1 + \lambda_2) v_i`:
    :math:`\min(\max(0, 1 - (\ell_i - \lambda_1) / \lambda_2), 1)`; for
    :math:`\lambda_2 = 0`, self-paced learning (Kumar et al. 2010), 1 where
    :math:`\ell_i \le \lambda_1` and else 0.

    Args:
        losses: (n,).
        threshold: :math:`\lambda_1`, up to which a weight is 1.
        width: :math:`\lambda_2`, at least 0: how far above it a weight falls to 0.

    >>> losses = torch.tensor([0.5, 1.0, 1.5, 3.0])
    >>> self_paced_weights(losses, threshold=1.0).tolist()
    [1.0, 1.0, 0.0, 0.0]
    >>> self_paced_weights(losses, threshold=1.0, width=1.0).tolist()
    [1.0, 1.0, 0.5, 0.0]
    """
    losses = check_vector(losses, 'losses')
    threshold = check_threshold(threshold, 'threshold')
    width = check_nonnegative(width, 'width')
    losses = losses if losses.dtype == torch.float64 else losses.float()
    if width == 0:
        return (losses <= threshold).to(losses.dtype)
    return (1 - (losses - threshold) / width).clamp(0, 1)
