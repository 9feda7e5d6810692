"""Unsupervised one-class learning (Liu, Hua & Smith, CVPR 2014)."""

import numpy as np

__all__ = ['best_labels', 'best_weights', 'uocl_inliers']

_NEIGHBOURS = 6
_STEPS = 30


def uocl_inliers(
    features: np.ndarray, smoothness: float = 1.0, margin: float = 1.0
) -> np.ndarray:
    r"""(n,) bool, the samples of a class that belong to it, by a classifier of its own.

    :math:`f(x) = \sum_i \alpha_i \kappa(x, x_i)` and labels :math:`y_i`, positive for
    the inliers, are found in turn, until the labels no longer change, as the minimum of

    .. math::

        \sum_i (f(x_i) - y_i)^2 + \gamma_1 f^\top L f
        - \frac{2\gamma_2}{n_+} \sum_{y_i > 0} f(x_i), \quad \|\alpha\| = 1

    with L the Laplacian of the graph of nearest neighbours. All positive labels are
    :math:`\sqrt{(n - n_+) / n_+}` and all others :math:`-\sqrt{n_+ / (n - n_+)}`, so
    that they have the mean 0 and the square mean 1 whatever their number. It begins
    with :math:`\alpha = 1/\sqrt n`, a kernel density.

    The kernel is Gaussian, :math:`\exp(-\|x - x'\|^2 / 2\sigma^2)` with
    :math:`2\sigma^2` the mean squared distance of all pairs. What is chosen here: six
    neighbours, of the same weight; both :math:`\gamma` are 1. For n samples it takes
    :math:`O(n^3)` time. Fewer than 4 samples, and equal ones, are all inliers.

    Args:
        features: (n, d) floats, of the samples with one given label.
        smoothness: :math:`\gamma_1`, at least 0.
        margin: :math:`\gamma_2`, at least 0.

    >>> far = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1], [0.5, 0.5], [9, 9]])
    >>> uocl_inliers(far)
    array([ True,  True,  True,  True,  True, False])
    """
    count = len(features)
    squares = _squared_distances(features.astype(np.float64))
    if count < 4 or squares.max() <= 1e-12:
        return np.ones(count, dtype=bool)
    kernel = np.exp(-squares / squares.mean())
    smooth = np.eye(count) + smoothness * _laplacian(squares)
    values, vectors = np.linalg.eigh(kernel @ smooth @ kernel)
    inlier = best_labels(kernel.sum(axis=1) / np.sqrt(count), margin)
    for _ in range(_STEPS):
        pull = kernel @ (_soft_labels(inlier) + margin * inlier / inlier.sum())
        weights = vectors @ best_weights(values, vectors.T @ pull)
        before, inlier = inlier, best_labels(kernel @ weights, margin)
        if np.array_equal(before, inlier):
            break
    return inlier


def best_weights(values: np.ndarray, pull: np.ndarray) -> np.ndarray:
    r"""The unit vector :math:`a` with the least :math:`a^\top D a - 2 b^\top a`.

    :math:`a = (D - \lambda)^{-1} b` with the least :math:`\lambda` for which that has
    norm 1. The paper takes it from an eigenvalue problem of twice the size; here it is
    found by bisection, as the norm grows with :math:`\lambda` below the least of D.

    Args:
        values: (n,) the diagonal of D, ascending.
        pull: (n,) b.
    """
    low, high = values[0] - np.linalg.norm(pull), values[0]
    for _ in range(100):
        middle = (low + high) / 2
        gaps = np.maximum(values - middle, np.finfo(float).tiny)
        if np.linalg.norm(pull / gaps) < 1:
            low = middle
        else:
            high = middle
    weights = pull / np.maximum(values - low, np.finfo(float).tiny)
    return weights / np.linalg.norm(weights)


def best_labels(scores: np.ndarray, margin: float) -> np.ndarray:
    r"""(n,) bool, the inliers that fit f = ``scores`` best: so many with the highest f.

    Of all :math:`n_+` from 1 to n - 1, the one with the highest :math:`f^\top y +
    \gamma_2 \bar f_+`, where the last is the mean f of the inliers.

    >>> best_labels(np.array([0.9, 0.1, 0.8, 0.0]), margin=0.0)
    array([ True, False,  True, False])
    """
    count = len(scores)
    order = np.argsort(-scores, kind='stable')
    size = np.arange(1, count)
    inside = np.cumsum(scores[order])[:-1]
    outside = scores.sum() - inside
    fit = np.sqrt((count - size) / size) * inside
    fit -= np.sqrt(size / (count - size)) * outside
    best = int(np.argmax(fit + margin * inside / size))
    return np.isin(np.arange(count), order[: best + 1])


def _soft_labels(inlier: np.ndarray) -> np.ndarray:
    inside, outside = inlier.sum(), (~inlier).sum()
    return np.where(inlier, np.sqrt(outside / inside), -np.sqrt(inside / outside))


def _squared_distances(features: np.ndarray) -> np.ndarray:
    norms = np.square(features).sum(axis=1)
    squares = norms[:, None] + norms - 2 * features @ features.T
    return np.maximum((squares + squares.T) / 2, 0.0)


def _laplacian(squares: np.ndarray) -> np.ndarray:
    """Of the graph in which a sample is tied to its nearest ones, and they to it."""
    apart = squares + np.diag(np.full(len(squares), np.inf))
    nearest = np.argsort(apart, axis=1, kind='stable')
    graph = np.zeros_like(squares)
    number = min(_NEIGHBOURS, len(squares) - 1)
    np.put_along_axis(graph, nearest[:, :number], 1.0, axis=1)
    graph = np.maximum(graph, graph.T)
    return np.diag(graph.sum(axis=1)) - graph
