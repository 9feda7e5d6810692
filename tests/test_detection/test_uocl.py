"""Unsupervised one-class learning against the paper's own way to solve it."""

from itertools import product

import numpy as np
import pytest

from nl_plugins.detection.uocl import best_labels, best_weights, uocl_inliers


def soft(inlier):
    inside, outside = inlier.sum(), (~inlier).sum()
    return np.where(inlier, (outside / inside) ** 0.5, -((inside / outside) ** 0.5))


def naive_objective(features, weights, inlier, smoothness=1.0, margin=1.0):
    """All sums of the paper, written out."""
    n = len(features)
    square = [[((a - b) ** 2).sum() for b in features] for a in features]
    width = np.mean(square)
    scores = [
        sum(weights[j] * np.exp(-square[i][j] / width) for j in range(n))
        for i in range(n)
    ]
    near = [sorted((square[i][j], j) for j in range(n) if j != i)[:6] for i in range(n)]
    near = [{j for _, j in row} for row in near]
    y = soft(inlier)
    fit = sum((f - label) ** 2 for f, label in zip(scores, y))
    rough = sum(
        (scores[i] - scores[j]) ** 2
        for i in range(n)
        for j in range(i)
        if j in near[i] or i in near[j]
    )
    inside = np.mean([f for f, yes in zip(scores, inlier) if yes])
    return fit + smoothness * rough - 2 * margin * inside


def planted(inside=60, outside=30, seed=0):
    rng = np.random.default_rng(seed)
    near = rng.normal(size=(inside, 5)) * 0.3 + 1.0
    return np.concatenate([near, rng.normal(size=(outside, 5)) * 2.5])


def test_the_weights_are_those_of_the_constrained_eigenvalue_problem():
    """Gander et al. (1989): the least real eigenvalue of a matrix of twice the size."""
    rng = np.random.default_rng(0)
    root, b = rng.normal(size=(7, 7)), rng.normal(size=7)
    matrix = root @ root.T
    values, vectors = np.linalg.eigh(matrix)
    found = vectors @ best_weights(values, vectors.T @ b)
    block = np.block([[matrix, -np.eye(7)], [-np.outer(b, b), matrix]])
    each = np.linalg.eigvals(block)
    least = each[np.abs(each.imag) < 1e-9].real.min()
    want = np.linalg.solve(matrix - least * np.eye(7), b)
    assert np.isclose(np.linalg.norm(found), 1)
    assert np.allclose(found, want, atol=1e-6)
    others = rng.normal(size=(2000, 7))
    others /= np.linalg.norm(others, axis=1, keepdims=True)
    cost = [w @ matrix @ w - 2 * b @ w for w in others]
    assert found @ matrix @ found - 2 * b @ found <= min(cost)


@pytest.mark.parametrize('margin', [0.0, 1.0, 20.0])
def test_the_labels_are_the_best_of_all(margin):
    scores = np.array([0.3, -0.2, 0.9, 0.1, 0.85, -0.6, 0.2])
    best, fit = None, -np.inf
    for signs in product([False, True], repeat=7):
        inlier = np.array(signs)
        if 0 < inlier.sum() < 7:
            value = scores @ soft(inlier) + margin * scores[inlier].mean()
            if value > fit:
                best, fit = inlier, value
    assert np.array_equal(best_labels(scores, margin), best)


def test_the_result_is_a_minimum_in_turn():
    """Neither other labels nor other weights, near by, are better."""
    features = planted(20, 10)
    n = len(features)
    inlier = uocl_inliers(features)
    square = ((features[:, None] - features) ** 2).sum(axis=2)
    kernel = np.exp(-square / square.mean())
    near = np.argsort(square + np.diag(np.full(n, np.inf)), axis=1)[:, :6]
    graph = np.zeros((n, n))
    for i, row in enumerate(near):
        graph[i, row] = graph[row, i] = 1
    smooth = np.eye(n) + np.diag(graph.sum(axis=1)) - graph
    values, vectors = np.linalg.eigh(kernel @ smooth @ kernel)
    pull = kernel @ (soft(inlier) + inlier / inlier.sum())
    weights = vectors @ best_weights(values, vectors.T @ pull)
    least = naive_objective(features, weights, inlier)
    assert np.array_equal(best_labels(kernel @ weights, 1.0), inlier)
    rng = np.random.default_rng(1)
    for _ in range(40):
        other = weights + 0.05 * rng.normal(size=n)
        other /= np.linalg.norm(other)
        assert naive_objective(features, other, inlier) >= least
        flipped = inlier.copy()
        flipped[rng.integers(n)] ^= True
        assert naive_objective(features, weights, flipped) >= least


def test_finds_planted_outliers_in_any_order():
    features = planted()
    found = uocl_inliers(features)
    assert found[:60].mean() > 0.9
    assert found[60:].mean() < 0.2
    order = np.random.default_rng(3).permutation(90)
    assert np.array_equal(uocl_inliers(features[order]), found[order])


def test_too_few_and_equal_samples_are_inliers():
    assert uocl_inliers(planted()[:3]).all()
    assert uocl_inliers(np.ones((10, 4))).all()
    twice = np.repeat(planted(10, 5), 2, axis=0)  # a kernel without an inverse
    found = uocl_inliers(twice)
    assert np.array_equal(found[::2], found[1::2])
