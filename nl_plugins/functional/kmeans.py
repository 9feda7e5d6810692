"""Cluster centres as prototypes: the k-means++ row of SMP's Table 4."""

import numpy as np
import torch
from torch import Tensor

from ..checks import check_count, check_features
from .numerics import rows_and_norms

__all__ = ['kmeans_prototypes']


def kmeans_prototypes(
    features: Tensor, num_prototypes: int = 8, seed: int = 0
) -> Tensor:
    """Centres of k-means started by k-means++, an alternative in SMP Table 4.

    The paper names the algorithm and no settings. Taken here: the features as
    they are (not normalised, so that distances are Euclidean, as in the other
    alternative), one start, scikit-learn's defaults otherwise. The same input and
    seed give the same centres: they are computed in float64 on one thread.

    Args:
        features: (n, d) of the samples that share one given label.
        num_prototypes: p, at least 1.
        seed: Of the starting centres, at least 0.

    Returns:
        (p, d) centres, fewer when there are fewer distinct samples; float64 for
        float64 features, float32 for the other floating dtypes.

    Raises:
        ValueError: As :func:`select_prototypes`, or a negative seed.
        ImportError: scikit-learn is not installed.
    """
    # Imported late: no other function of the package needs scikit-learn.
    from sklearn.cluster import KMeans  # type: ignore[import-untyped, unused-ignore]
    from threadpoolctl import (  # type: ignore[import-untyped, unused-ignore]
        threadpool_limits,
    )

    num_prototypes = check_count(num_prototypes, 'num_prototypes')
    seed = check_count(seed, 'seed', minimum=0)
    features = check_features(features)
    dtype = rows_and_norms(features)[0].dtype
    samples = features.cpu().to(torch.float64).numpy()
    distinct = len(np.unique(samples, axis=0))
    clusters = min(num_prototypes, distinct)
    # Threads add their partial sums in the order in which they finish.
    with threadpool_limits(limits=1):
        model = KMeans(clusters, init='k-means++', n_init=1, random_state=seed)
        centers = model.fit(samples).cluster_centers_
    return torch.as_tensor(centers).to(features.device, dtype)
