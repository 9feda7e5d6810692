"""A ridge regression: predictions, and those of the fits without each sample."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from ..checks import check_finite, check_shape, check_tensor
from .left_out_groups import left_out_residuals
from .numerics import product
from .ridge_chunk import lower_lengths, ridge_chunk

__all__ = ['RidgeFit']


@dataclass(frozen=True)
class RidgeFit:
    """What :meth:`RidgePath.fit` returns. Everything is float64.

    ``dtype`` is that of the products with a chunk's features.

    >>> from nl_plugins.functional import RidgeStatistics
    >>> x, y = torch.tensor([[0.0], [1.0], [5.0], [6.0]]), torch.tensor([0, 0, 1, 1])
    >>> statistics = RidgeStatistics(dim=1, num_classes=2)
    >>> statistics.add(x, y)
    >>> fit = statistics.solve().fit(ridge=0.1)
    >>> fit.predict(torch.tensor([[3.0]])), fit.scores(x[:1], y[:1])
    (tensor([[0.5000, 0.5000]], dtype=torch.float64),
     tensor([[ 1.1667, -0.1667]], dtype=torch.float64))
    """

    weight: Tensor  # () sum of the weights
    feature_mean: Tensor  # (d,)
    target_mean: Tensor  # (K,)
    coefficients: Tensor  # (d, K)
    whitening: Tensor  # (d, d) lower; times its transpose the inverse of cov. + ridge
    dtype: torch.dtype

    def predict(self, features: Tensor) -> Tensor:
        """(n, K) float64 predictions for samples (n, d) that the fit has not seen."""
        features = check_tensor(features, 'features', 2)
        check_shape(features, 'features', len(features), len(self.coefficients))
        x = features.to(self.feature_mean.device, self.dtype)
        fitted = product(x - self.feature_mean.to(x), self.coefficients.to(x)).double()
        check_finite(fitted, 'the prediction, and so features,')
        return fitted + self.target_mean

    def scores(
        self, features: Tensor, targets: Tensor, weights: Tensor | None = None
    ) -> Tensor:
        r"""(n, K) float64 predictions of the fits without each of these samples.

        :math:`(\hat y_i - h_i y_i) / (1 - h_i)` with the leverage :math:`h_i = w_i
        (1 + (x_i - \bar x)^T A^{-1} (x_i - \bar x)) / W`, A the covariance plus the
        penalty on its diagonal, W the sum of the weights. The arguments are those of
        :meth:`RidgeStatistics.add`, which the same samples have passed before; of
        weight 0 are those that have not.
        """
        like = self.coefficients.to(self.dtype)
        x, y, w = ridge_chunk(features, targets, weights, like)
        x = x - self.feature_mean.to(x)
        fitted = product(x, like).double() + self.target_mean
        leverages = lower_lengths(x, self.whitening.to(x)).double()
        leverages = (1 + leverages) * (w.double() / self.weight)
        kept = (1 - leverages)[:, None]
        return (fitted - leverages[:, None] * y.double()) / kept

    def group_scores(
        self, features: Tensor, targets: Tensor, weights: Tensor, sizes: Sequence[int]
    ) -> Tensor:
        """(n, K) float64 predictions of the fits without each of these groups.

        The samples are those of :meth:`scores`, groups one after another, of ``sizes``.
        """
        x, y, w = ridge_chunk(features, targets, weights, self.coefficients)
        x = x - self.feature_mean
        residuals = y - product(x, self.coefficients) - self.target_mean
        directions = product(x, self.whitening)
        return y - left_out_residuals(residuals, directions, w / self.weight, sizes)
