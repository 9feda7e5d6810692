"""What ridge regression needs to know of its samples, collected chunk by chunk."""

from collections.abc import Sequence

import torch
from torch import Tensor

from ..checks import check_count, check_finite, check_positive, check_shape
from .numerics import product
from .ridge_chunk import check_dtype, gram, ridge_chunk
from .ridge_path import RidgePath, default_ridges

__all__ = ['RidgeStatistics']


class RidgeStatistics:
    """Weighted means and scatter of features and targets: all that a ridge fit needs.

    d * (d + K) float64 numbers, whatever the number of samples. Chunks are centred by
    their own means and joined as Chan et al. (1983) join variances, so that a large
    mean costs no precision and the chunks may come in any order, from any process.

    Args:
        dim: d.
        num_classes: K.
        dtype: float64, or float32 for the products within a chunk: less than half the
            time on a CPU, see :func:`leave_one_out_scores` for what it costs.
        device: Where the sums are, and where chunks are brought to.

    >>> statistics = RidgeStatistics(dim=1, num_classes=2)
    >>> features, labels = torch.tensor([[0.0], [1.0], [5.0]]), torch.tensor([0, 0, 1])
    >>> for rows in (slice(2), slice(2, None)):
    ...     statistics.add(features[rows], labels[rows])
    >>> statistics.solve().fit(ridge=1 / 3).predict(torch.tensor([[2.0]]))
    tensor([[0.6667, 0.3333]], dtype=torch.float64)
    """

    def __init__(
        self,
        dim: int,
        num_classes: int,
        dtype: torch.dtype = torch.float64,
        device: torch.device | str = 'cpu',
    ) -> None:
        dim = check_count(dim, 'dim')
        num_classes = check_count(num_classes, 'num_classes')
        self.dtype = check_dtype(dtype)
        zeros = torch.zeros(dim, num_classes, dtype=torch.float64, device=device)
        self.weight = zeros.new_zeros(())  # sum of the weights
        self.feature_mean = zeros.new_zeros(dim)
        self.target_mean = zeros.new_zeros(num_classes)
        self.scatter = zeros.new_zeros(dim, dim)  # about the mean
        self.cross = zeros  # (d, K), about the means

    def add(
        self,
        features: Tensor,
        targets: Tensor,
        weights: Tensor | None = None,
        first_row: int = 0,
    ) -> None:
        """Take in a chunk.

        Args:
            features: (n, d) finite numbers.
            targets: (n,) labels in [0, K), or (n, K) finite numbers.
            weights: (n,) numbers of at least 0; ones if None.
            first_row: Where the chunk began, for errors.
        """
        like = self.cross.to(self.dtype)
        x, y, w = ridge_chunk(features, targets, weights, like)
        dim, num_classes = like.shape
        chunk = RidgeStatistics(dim, num_classes, self.dtype, like.device)
        chunk.weight = w.sum(dtype=torch.float64)
        if chunk.weight == 0:
            return
        share, root = (w / chunk.weight).to(self.dtype), w.sqrt()[:, None]
        # About a row of its own a constant dimension is exactly 0, and stays it.
        origin, x = x[0].double(), x - x[0]
        mean_x, mean_y = product(share, x), product(share, y)
        if not bool(torch.isfinite(mean_x).all()):
            check_finite(features, 'features', first_row)
        x, y = x.sub_(mean_x).mul_(root), (y - mean_y).mul_(root)
        chunk.feature_mean, chunk.target_mean = origin + mean_x, mean_y.double()
        chunk.scatter, chunk.cross = gram(x), product(x.T, y)
        self.merge(chunk)

    def merge(self, other: 'RidgeStatistics') -> None:
        """Take in what another has collected, as if its chunks had come here."""
        check_shape(other.cross, "the other's sums", *self.cross.shape)
        total = self.weight + other.weight
        if total == 0:
            return
        share = other.weight / total
        dx = other.feature_mean - self.feature_mean
        dy = other.target_mean - self.target_mean
        self.scatter.add_(other.scatter).addr_(dx, dx * (self.weight * share))
        self.cross.add_(other.cross).addr_(dx, dy * (self.weight * share))
        self.feature_mean = self.feature_mean + dx * share
        self.target_mean = self.target_mean + dy * share
        self.weight = total

    def solve(
        self, ridges: Sequence[float] | None = None, standardize: bool = False
    ) -> RidgePath:
        """Ridge regression for all penalties, by one eigendecomposition.

        Args:
            ridges: L penalties above 0 for a unit of weight: N times that is the usual
                penalty if all weights are 1. None: 20 in equal ratios, from 1e-4 of the
                mean variance of a dimension to 10 times the variance along the first
                principal component.
            standardize: Divide each dimension by its standard deviation, and leave out
                those that are constant.
        """
        if self.weight == 0:
            raise ValueError('no sample has a weight above 0')
        if not bool(torch.isfinite(self.scatter).all()):
            raise ValueError(f'features are too large to be squared in {self.dtype}')
        covariance = self.scatter / self.weight
        scale = torch.ones_like(self.feature_mean)
        if standardize:
            deviations = covariance.diagonal().sqrt()
            scale = torch.where(deviations > 0, 1 / deviations, 0.0)
        variances, directions = torch.linalg.eigh(scale[:, None] * covariance * scale)
        variances = variances.clamp_min(0)
        directions *= scale[:, None]
        if ridges is None:
            ridges = default_ridges(float(variances.mean()), float(variances.max()))
        return RidgePath(
            ridges=tuple(check_positive(ridge, 'ridge') for ridge in ridges),
            weight=self.weight,
            feature_mean=self.feature_mean,
            target_mean=self.target_mean,
            variances=variances,
            directions=directions,
            covariances=product(directions.T, self.cross) / self.weight,
            dtype=self.dtype,
        )
