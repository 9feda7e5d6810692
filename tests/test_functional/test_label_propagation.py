"""Labels that spread over a graph."""

import sys

import numpy as np
import pytest
import torch

from nl_plugins.functional import propagate_labels


def by_the_paper(features, labels, num_classes, neighbours, width=None):
    """Zhu & Ghahramani's closed form, (I - T_uu)^-1 T_ul Y_l, with a dense graph."""
    units = features / np.linalg.norm(features, axis=1, keepdims=True)
    distances = np.linalg.norm(units[:, None] - units[None], axis=2)
    size = len(units)
    edges = np.zeros((size, size), dtype=bool)
    for i in range(size):
        others = [j for j in np.argsort(distances[i], kind='stable') if j != i]
        for j in others[:neighbours]:
            edges[i, j] = edges[j, i] = True
    sigma = distances[np.triu(edges)].mean() if width is None else width
    weights = np.where(edges, np.exp(-((distances / sigma) ** 2)), 0)
    transition = weights / weights.sum(axis=0, keepdims=True)
    transition /= transition.sum(axis=1, keepdims=True)
    have = labels >= 0
    result = np.zeros((size, num_classes))
    result[have, labels[have]] = 1
    inner = np.eye((~have).sum()) - transition[np.ix_(~have, ~have)]
    result[~have] = np.linalg.solve(inner, transition[~have][:, have] @ result[have])
    return result


def blobs(size=90, seed=0):
    rng = np.random.default_rng(seed)
    true = rng.integers(3, size=size)
    features = np.eye(3)[true] * 4 + rng.normal(size=(size, 3))
    labels = np.where(rng.random(size) < 0.2, true, -1)
    return features, labels, true


@pytest.mark.parametrize(('neighbours', 'width'), [(5, None), (12, 0.3), (89, 0.5)])
def test_is_the_papers_closed_form(neighbours, width):
    features, labels, _ = blobs()
    want = by_the_paper(features, labels, 3, neighbours, width)
    got = propagate_labels(
        torch.tensor(features), torch.tensor(labels), 3, neighbours, width=width
    )
    assert got.dtype == torch.float32
    np.testing.assert_allclose(got, want, atol=2e-3)


def test_finds_what_a_few_labels_tell():
    features, labels, true = blobs(600)
    labels[np.flatnonzero(labels >= 0)[30:]] = -1
    got = propagate_labels(torch.tensor(features), torch.tensor(labels), 3, 10)
    assert (got.argmax(dim=1).numpy() == true)[labels < 0].mean() > 0.85


def test_goes_on_until_the_labels_far_away_are_settled():
    rng = np.random.default_rng(0)
    true = rng.integers(3, size=600)
    features = rng.normal(size=(3, 16))[true] + rng.normal(size=(600, 16))
    labels = np.full(600, -1)
    for label in range(3):
        labels[np.flatnonzero(true == label)[:2]] = label
    want = by_the_paper(features, labels, 3, 5)
    got = propagate_labels(torch.tensor(features), torch.tensor(labels), 3, 5)
    np.testing.assert_allclose(got, want, atol=2e-3)


def test_rounds_that_do_not_suffice_are_told(monkeypatch):
    module = sys.modules['nl_plugins.functional.label_propagation']
    monkeypatch.setattr(module, '_ROUNDS', 2)
    features, labels, _ = blobs()
    with pytest.warns(UserWarning, match='still change after 2 rounds'):
        propagate_labels(torch.tensor(features), torch.tensor(labels), 3, 5)


def test_samples_with_a_label_keep_it_and_no_path_gives_none():
    features = torch.tensor([[1.0, 0], [1, 0.1], [0, 1], [0.1, 1]])
    got = propagate_labels(features, torch.tensor([1, -1, -1, -1]), 2, 1)
    assert got.tolist() == [[0, 1], [0, 1], [0, 0], [0, 0]]


def test_standardizing_makes_dimensions_alike():
    features, labels, _ = blobs()
    scaled = torch.tensor(features * [1000, 1, 1] + [5, 6, 7])
    plain = torch.tensor((features - features.mean(0)) / features.std(0))
    labels = torch.tensor(labels)
    got = propagate_labels(scaled, labels, 3, 9, standardize=True)
    want = propagate_labels(plain, labels, 3, 9)
    torch.testing.assert_close(got, want, atol=1e-3, rtol=0)


@pytest.mark.parametrize(
    ('changes', 'message'),
    [
        (dict(labels=torch.tensor([-1, -1, -1])), 'all -1'),
        (dict(labels=torch.tensor([0, 2, -1])), r'labels\[1\] = 2 is not in \[0, 2\)'),
        (dict(labels=torch.tensor([0, -2, -1])), r'labels\[1\] = -2'),
        (dict(labels=torch.tensor([0, 1])), 'labels'),
        (dict(neighbours=3), 'neighbours = 3, but N = 3'),
        (dict(width=0.0), 'width'),
        (dict(features=torch.tensor([[0.0], [1], [1]])), 'zero'),
    ],
)
def test_bad_arguments(changes, message):
    arguments = dict(
        features=torch.ones(3, 1),
        labels=torch.tensor([0, -1, -1]),
        num_classes=2,
        neighbours=1,
    )
    with pytest.raises(ValueError, match=message):
        propagate_labels(**(arguments | changes))
