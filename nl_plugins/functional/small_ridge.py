"""Leave-one-out ridge regression of fewer samples than dimensions, by their kernel."""

from collections.abc import Sequence

import torch
from torch import Tensor

from .numerics import product
from .ridge_path import default_ridges

__all__ = ['small_ridge_scores']


def small_ridge_scores(
    x: Tensor,
    y: Tensor,
    w: Tensor,
    ridge: float | None,
    standardize: bool,
    groups: Sequence[Tensor] = (),
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
        groups: Rows that are left out together, of weights above 0.
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
        """Those of the fit, and of the fits without each sample, both times the root.

        (N, K); the second are meant for weights above 0.
        """
        left = ridge / (variances + ridge)
        fitted = product(vectors, left[:, None] * projected)
        without = fitted / product(vectors.square(), left)[:, None]
        for rows in groups:
            kept = product(vectors[rows] * left, vectors[rows].T)
            without[rows] = torch.linalg.solve(kept, fitted[rows])
        return fitted, without

    def error(ridge: float) -> float:
        return float(residuals(ridge)[1][w > 0].square().sum())

    if ridge is None:
        path = default_ridges(trace / x.shape[1], float(variances.max()))
        ridge = min(path, key=error)
    fitted, without = residuals(ridge)
    outside = mean_y + product(x, product((x * root).T, fitted)) / ridge
    return torch.where(root > 0, y - without / root, outside)
