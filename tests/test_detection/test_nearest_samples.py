"""Neighbours by features, against a naive search."""

import numpy as np
import pytest

from nl_plugins.detection import nearest_samples as module
from nl_plugins.detection.nearest_samples import near_duplicates, nearest_samples
from nl_plugins.functional.one_picture import one_picture


def naive(features, count, among):
    centred = features - features.mean(axis=0)
    units = centred / np.linalg.norm(centred, axis=1, keepdims=True)
    cosines = units @ units.T
    rows = []
    for i in range(len(features)):
        order = sorted((j for j in among if j != i), key=lambda j: -cosines[i, j])
        rows.append((order + [-1] * count)[:count])
    return np.array(rows)


@pytest.mark.parametrize('chunk', [7, 1024])
@pytest.mark.parametrize('few', [False, True])
def test_equals_a_naive_search(monkeypatch, chunk, few):
    monkeypatch.setattr(module, '_CHUNK', chunk)
    features = np.random.default_rng(0).normal(size=(50, 6))
    among = np.isin(np.arange(50), [3, 9]) if few else np.arange(50) % 2 == 0
    found, cosines = nearest_samples(features, 3, among)
    assert np.array_equal(found, naive(features, 3, np.flatnonzero(among)))
    assert (np.diff(cosines, axis=1) <= 0).all()


def test_no_example():
    features = np.random.default_rng(0).normal(size=(9, 4)).astype(np.float16)
    assert (nearest_samples(features, 2, np.zeros(9, bool))[0] == -1).all()


def test_many_examples_are_drawn(monkeypatch):
    monkeypatch.setattr(module, '_EXAMPLES', 5)
    features = np.random.default_rng(0).normal(size=(40, 4))
    found, _ = nearest_samples(features, 9, np.ones(40, bool))
    assert len({*found.ravel().tolist()} - {-1}) == 5


def test_pictures_that_are_nearly_the_same():
    features = np.random.default_rng(0).normal(size=(30, 20))
    features[[7, 20]] = features[[3, 4]] + 0.01
    assert near_duplicates(features) == [(3, 7), (4, 20)]


def test_copies_of_each_of_two_encodings_are_one_picture():
    features = np.random.default_rng(0).normal(size=(30, 20))
    features[[5, 6, 7]] = features[4] + np.array([[0.0], [0.01], [0.01]])
    copies = [(4, 5), (6, 7)]
    found = one_picture(30, [*copies, *near_duplicates(features, copies=copies)])
    assert np.flatnonzero(found == found[4]).tolist() == [4, 5, 6, 7]
    assert len({*found.tolist()}) == 27


def test_neighbours_in_other_pictures():
    features = np.random.default_rng(0).normal(size=(30, 6))
    found, _ = nearest_samples(features, 1, pictures=np.arange(30) // 2)
    for row, near in enumerate(found[:, 0]):
        others = [i for i in range(30) if i // 2 != row // 2]
        assert near == naive(features, 1, others)[row, 0]
