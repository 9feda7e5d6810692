"""Leave-one-out ridge regression of fewer samples than dimensions, by their kernel."""

import torch
from torch import Tensor

from .numerics import product
from .ridge_path import default_ridges

__all__ = ['small_ridge_scores']


def small_ridge_scores(
    x: Tensor, y: Tensor, w: Tensor, ridge: float | None, standardize: bool
) -> Tensor:
    r"""What :func:`leave_one_out_scores` returns, from an N x N eigendecomposition.

    Where samples are fewer than dimensions :math:`1 - h_i` is nearly 0. Here it is a
    sum of :math:`\lambda / (\kappa_j + \lambda)`, :math:`\kappa` the eigenvalues of the
    centred kernel, which loses no digits; so is the residual.

    Args:
        x: (N, d) float64 features.
        y: (N, K) float64 targets.
        w: (N,) float64 weights.
        ridge: The penalty, or None.
        standardize: Whether to divide by the standard deviations.
    """
    w = w / w.sum()
    x = x - x[:1]  # constant dimensions become exactly 0
    x, mean_y = x - product(w, x), product(w, y)
    root = w.sqrt()[:, None]
    if standardize:
        deviations = product(w, x.square()).sqrt()
        x = x * torch.where(deviations > 0, 1 / deviations, 0.0)
    kernel = product(x * root, (x * root).T)
    # The mean takes the direction of the root, whose eigenvalue is made the largest.
    trace = float(kernel.trace())
    kernel.addr_(root[:, 0], root[:, 0], alpha=2 * trace or 1)
    variances, vectors = (part[..., :-1] for part in torch.linalg.eigh(kernel))
    variances = variances.clamp_min(0)
    projected = product(vectors.T, root * (y - mean_y))

    def residuals(ridge: float) -> tuple[Tensor, Tensor]:
        """Those of the fit times the root (N, K), and 1 - leverage (N, 1)."""
        left = ridge / (variances + ridge)
        fitted = product(vectors, left[:, None] * projected)
        return fitted, product(vectors.square(), left)[:, None]

    def error(ridge: float) -> float:
        fitted, left = residuals(ridge)
        return float((fitted / left)[w > 0].square().sum())

    if ridge is None:
        path = default_ridges(trace / x.shape[1], float(variances.max()))
        ridge = min(path, key=error)
    fitted, left = residuals(ridge)
    outside = mean_y + product(x, product((x * root).T, fitted)) / ridge
    return torch.where(root > 0, y - fitted / (root * left), outside)
