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
    """Centres of k-means started by k-means++, an alternative in SMP Table 4.

    The paper names the algorithm and no settings. Taken here: the features as
    they are (not normalised, so that distances are Euclidean, as in the other
    alternative), one start, scikit-learn's defaults otherwise. The same input and
    seed give the same centres: they are computed in float64 on one thread.

    Args:
        features: (n, d) of the samples that share one given label, none of them zero.
        num_prototypes: p, at least 1.
        seed: Random seed of the starting centres, at least 0.

    Returns:
        (p, d) centres, fewer when there are fewer distinct samples.

    >>> kmeans_prototypes(torch.tensor([[1.0, 0.0], [3.0, 0.0]]), num_prototypes=1)
    tensor([[2., 0.]])
    """
    # Imported late: scikit-learn takes longer to load than everything else here.
    from sklearn.cluster import KMeans

    num_prototypes = check_count(num_prototypes, 'num_prototypes')
    seed = check_count(seed, 'seed', minimum=0)
    features = check_features(features)
    dtype = rows_and_norms(features)[0].dtype
    samples = features.cpu().to(torch.float64).numpy()
    clusters = min(num_prototypes, len(np.unique(samples, axis=0)))
    model = KMeans(clusters, init='k-means++', n_init=1, random_state=seed)
    return _centers(model, samples).to(features.device, dtype)


def reference_vectors(features: Tensor, count: int = 50, seed: int = 0) -> Tensor:
    """A few vectors that stand for a class, CleanNet (Lee et al. 2018) section 3.1.

    Mini-batch k-means of scikit-learn: 70,000 x 2,048 features take 5 s on one core
    where Lloyd's algorithm takes 57 s for centres that are 0.2 % better (in the sum
    of squared distances). The same input and seed give the same centres: they are
    computed in float32 on one thread. :func:`kmeans_prototypes` is for few samples.

    Args:
        features: (n, d) of the samples that share one given label.
        count: Number of vectors at most, at least 1.
        seed: Random seed of the starting centres, at least 0.

    Returns:
        (count, d) float32; the features themselves if there are no more than that.

    >>> reference_vectors(torch.rand(100, 8), count=5).shape
    torch.Size([5, 8])
    """
    from sklearn.cluster import MiniBatchKMeans

    count = check_count(count, 'count')
    seed = check_count(seed, 'seed', minimum=0)
    features = check_features(features).float()
    check_finite(features, 'features')
    if len(features) <= count:
        return features
    model = MiniBatchKMeans(
        count,
        batch_size=_BATCH,
        init_size=max(_BATCH, count),
        n_init=1,
        random_state=seed,
        compute_labels=False,
    )
    return _centers(model, features.cpu().numpy()).to(features.device)


def _centers(model: Any, samples: np.ndarray) -> Tensor:
    """Fitted on one thread: several add their sums in the order they finish in."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(limits=1):
        return torch.from_numpy(model.fit(samples).cluster_centers_)
