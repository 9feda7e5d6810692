"""Ridge regression as it is written, and refitted without each sample."""

import torch
from torch import Tensor


def fit(x: Tensor, y: Tensor, w: Tensor, penalty: float) -> Tensor:
    """(1 + d, K): the intercept, which is not penalised, above the coefficients."""
    x = torch.cat([torch.ones(len(x), 1, dtype=x.dtype), x], dim=1)
    penalties = torch.full((x.shape[1],), float(penalty), dtype=x.dtype)
    penalties[0] = 0
    normal = (x * w[:, None]).T @ x + penalties.diag()
    return torch.linalg.solve(normal, (x * w[:, None]).T @ y)


def refitted(
    x: Tensor,
    y: Tensor,
    ridge: float,
    w: Tensor | None = None,
    groups: Tensor | None = None,
) -> Tensor:
    """(N, K): each sample's prediction by a fit without it; the same penalty in all.

    With ``groups`` (N,) without all samples that have its number.
    """
    w = torch.ones(len(x), dtype=x.dtype) if w is None else w
    groups = torch.arange(len(x)) if groups is None else groups
    rows = []
    for i in range(len(x)):
        others = groups != groups[i]
        weights = fit(x[others], y[others], w[others], ridge * w.sum())
        rows.append(weights[0] + x[i] @ weights[1:])
    return torch.stack(rows)
