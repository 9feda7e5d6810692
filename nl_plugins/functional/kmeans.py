"""Cluster centres that stand for a class: SMP's Table 4, CleanNet's reference set."""

from typing import Any

import numpy as np
import torch
from torch import Tensor

from ..checks import check_count, check_features, check_finite
from .numerics import rows_and_norms

__all__ = ['kmeans_prototypes', 'reference_vectors']

_BATCH = 1024


def kmeans_prototypes(
    features: Tensor, num_prototypes: int = 8, seed: int = 0
) -> Tensor:
    """Centres of k-means started by k-means++, an alternative in SMP Table 4: (p, d).

    The paper names no settings. Taken here: the features as they are (Euclidean
    distance, as in the other alternative), one start, scikit-learn's defaults. Computed
    in float64 on one thread, so that the same input and seed give the same centres.
    Fewer than p where there are fewer distinct samples.

    Args:
        features: (n, d) of the samples that share one given label, none of them zero.
        num_prototypes: p, at least 1.
        seed: Random seed of the starting centres, at least 0.

    >>> kmeans_prototypes(torch.tensor([[1.0, 0.0], [3.0, 0.0]]), num_prototypes=1)
    tensor([[2., 0.]])
    """
    from sklearn.cluster import KMeans  # late: slow to load

    num_prototypes = check_count(num_prototypes, 'num_prototypes')
    seed = check_count(seed, 'seed', minimum=0)
    features = check_features(features)
    dtype = rows_and_norms(features)[0].dtype
    samples = features.cpu().to(torch.float64).numpy()
    clusters = min(num_prototypes, len(np.unique(samples, axis=0)))
    model = KMeans(clusters, init='k-means++', n_init=1, random_state=seed)
    return _centers(model, samples).to(features.device, dtype)


def reference_vectors(features: Tensor, count: int = 50, seed: int = 0) -> Tensor:
    """(count, d) float32 vectors for a class, CleanNet (Lee et al. 2018) section 3.1.

    Mini-batch k-means of scikit-learn, in float32 on one thread: many times faster than
    :func:`kmeans_prototypes`, hardly worse, and the same input and seed give the same
    centres. The features themselves if there are no more than ``count``.

    Args:
        features: (n, d) of the samples that share one given label.
        count: Number of vectors at most, at least 1.
        seed: Random seed of the starting centres, at least 0.

    >>> reference_vectors(torch.rand(100, 8), count=5).shape
    torch.Size([5, 8])
    """
    from sklearn.cluster import MiniBatchKMeans

    count = check_count(count, 'count')
    seed = check_count(seed, 'seed', minimum=0)
    features = check_finite(check_features(features).float(), 'features')
    if len(features) <= count:
        return features
    model = MiniBatchKMeans(
        count, batch_size=_BATCH, n_init=1, random_state=seed, compute_labels=False
    ).set_params(init_size=max(_BATCH, count))
    return _centers(model, features.cpu().numpy()).to(features.device)


def _centers(model: Any, samples: np.ndarray) -> Tensor:
    """Fitted on one thread: several add their sums in the order they finish in."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(limits=1):
        return torch.from_numpy(model.fit(samples).cluster_centers_)
