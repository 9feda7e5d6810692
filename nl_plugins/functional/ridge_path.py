"""Ridge regression of the same samples for several penalties."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from ..checks import check_positive
from .left_out_groups import left_out_residuals
from .numerics import product
from .ridge_chunk import ridge_chunk
from .ridge_fit import RidgeFit

__all__ = ['RidgePath', 'default_ridges']

_LENGTH, _LOWEST, _HIGHEST = 20, 1e-4, 10.0


@dataclass(frozen=True)
class RidgePath:
    """What :meth:`RidgeStatistics.solve` returns: fits that share eigenvectors.

    Everything is float64; ``dtype`` is that of the products with a chunk's features.

    >>> from nl_plugins.functional import RidgeStatistics
    >>> x, y = torch.tensor([[0.0], [1.0], [5.0], [6.0]]), torch.tensor([0, 0, 1, 1])
    >>> statistics = RidgeStatistics(dim=1, num_classes=2)
    >>> statistics.add(x, y)
    >>> path = statistics.solve([0.1, 10.0])
    >>> path.best_ridge(path.loo_errors(x, y))
    0.1
    """

    ridges: tuple[float, ...]  # L penalties for a unit of weight
    weight: Tensor  # () sum of the weights
    feature_mean: Tensor  # (d,)
    target_mean: Tensor  # (K,)
    variances: Tensor  # (d,) of the features, scaled if asked for, along ...
    directions: Tensor  # (d, d), one in each column
    covariances: Tensor  # (d, K) of these projections with the targets
    dtype: torch.dtype

    def loo_errors(
        self, features: Tensor, targets: Tensor, weights: Tensor | None = None
    ) -> Tensor:
        """(L,) float64 sums of a chunk's weighted squared leave-one-out errors.

        The arguments are those of :meth:`RidgeStatistics.add`, which the same samples
        have passed before.
        """
        x, y, w = ridge_chunk(features, targets, weights, self._like)
        x = product(x - self.feature_mean.to(x), self.directions.to(x))
        shrunk = 1 / (self.variances[:, None] + self._ridges)  # (d, L)
        leverages = 1 + product(x.square(), shrunk.to(x))
        kept = 1 - leverages.double() * (w.double() / self.weight)[:, None]
        y = y - self.target_mean.to(y)
        errors = []
        for column in shrunk.T:
            fitted = product(x, (self.covariances * column[:, None]).to(x))
            errors.append((y - fitted).double().square().sum(dim=1))
        return product(w.double(), torch.stack(errors, dim=1) / kept.square())

    def group_errors(
        self, features: Tensor, targets: Tensor, weights: Tensor, sizes: Sequence[int]
    ) -> Tensor:
        """(L,) float64, as :meth:`loo_errors`, where groups are left out together.

        The samples are those of :meth:`loo_errors`, groups one after another, of
        ``sizes``.
        """
        x, y, w = ridge_chunk(features, targets, weights, self.covariances)
        x = product(x - self.feature_mean, self.directions)
        y = y - self.target_mean
        errors = []
        for ridge in self.ridges:
            shrunk = 1 / (self.variances + ridge)
            residuals = y - product(x * shrunk, self.covariances)
            given = residuals, x * shrunk.sqrt(), w / self.weight
            left = left_out_residuals(*given, sizes)
            errors.append(product(w, left.square().sum(dim=1)))
        return torch.stack(errors)

    def best_ridge(self, loo_errors: Tensor) -> float:
        """The penalty of the least leave-one-out error (L,), summed over chunks."""
        return self.ridges[int(loo_errors.argmin())]

    def fit(self, ridge: float) -> RidgeFit:
        """The fit for one penalty above 0, of the path or not."""
        shrunk = 1 / (self.variances + check_positive(ridge, 'ridge'))
        return RidgeFit(
            weight=self.weight,
            feature_mean=self.feature_mean,
            target_mean=self.target_mean,
            coefficients=product(self.directions * shrunk, self.covariances),
            whitening=torch.linalg.qr((self.directions * shrunk.sqrt()).T).R.T,
            dtype=self.dtype,
        )

    @property
    def _like(self) -> Tensor:
        return self.covariances.to(self.dtype)

    @property
    def _ridges(self) -> Tensor:
        return self.variances.new_tensor(self.ridges)


def default_ridges(mean: float, largest: float) -> list[float]:
    """From where a fit is nearly free to where it is nearly constant, in equal ratios.

    Args:
        mean: Mean variance of a dimension.
        largest: Variance along the first principal component.
    """
    if mean == 0:  # nothing to fit: any penalty gives the constant
        return [1.0]
    low, high = _LOWEST * mean, _HIGHEST * largest
    return [low * (high / low) ** (i / (_LENGTH - 1)) for i in range(_LENGTH)]
