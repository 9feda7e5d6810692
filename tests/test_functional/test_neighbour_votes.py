import sys

import numpy as np
import pytest
import torch

from nl_plugins.functional import feature_rows, neighbour_votes

from .bad_features import BAD_FEATURES, EMPTY

LABELS = torch.arange(40) % 3
MODULE = sys.modules['nl_plugins.functional.nearest_others']


def by_loops(features, labels, num_classes, neighbours):
    """Sort the cosines of each sample with all others."""
    votes = []
    for i, x in enumerate(features):
        others = [
            (-float(torch.cosine_similarity(x, z, dim=0)), j)
            for j, z in enumerate(features)
            if j != i
        ]
        nearest = [int(labels[j]) for _, j in sorted(others)[:neighbours]]
        votes.append([nearest.count(c) / neighbours for c in range(num_classes)])
    return torch.tensor(votes)


@pytest.mark.parametrize('neighbours', [1, 7, 39])
def test_equals_the_loops(features, neighbours):
    votes = neighbour_votes(features, LABELS, 4, neighbours)
    torch.testing.assert_close(votes, by_loops(features, LABELS, 4, neighbours))
    assert votes.dtype == torch.float32


def test_standardised_features(features):
    moved = features * torch.tensor([1, 50, 1, 2, 1, 1]) + 100
    moved[:, 2] = 0.1
    z = (moved - moved.mean(dim=0)) / moved.std(dim=0)
    z[:, 2] = 0
    votes = neighbour_votes(moved, LABELS, 3, 5, standardize=True)
    torch.testing.assert_close(votes, by_loops(z, LABELS, 3, 5))
    assert not torch.equal(votes, neighbour_votes(moved, LABELS, 3, 5))


@pytest.mark.parametrize('queries', [1, 6, 16])
@pytest.mark.parametrize('standardize', [False, True])
def test_blocks_change_nothing(features, monkeypatch, queries, standardize):
    expected = neighbour_votes(features, LABELS, 3, 5, standardize=standardize)
    monkeypatch.setattr(MODULE, '_QUERIES', queries)
    monkeypatch.setattr(feature_rows, '_CHUNK_BYTES', 4 * (6 + queries) * 3)
    votes = neighbour_votes(features, LABELS, 3, 5, standardize=standardize)
    assert torch.equal(votes, expected)


def test_ties_go_to_the_lower_index(monkeypatch):
    features = torch.eye(2)[torch.arange(30) % 2]  # exact cosines of 0 and 1
    labels = torch.arange(30)
    for chunk in (1000, 8):
        monkeypatch.setattr(feature_rows, '_CHUNK_BYTES', 4 * (2 + 4096) * chunk)
        votes = neighbour_votes(features, labels, 30, 3)
        assert votes[0].nonzero().flatten().tolist() == [2, 4, 6]
        assert votes[4].nonzero().flatten().tolist() == [0, 2, 6]
        assert votes[29].nonzero().flatten().tolist() == [1, 3, 5]


def test_memory_map(features, tmp_path):
    np.save(tmp_path / 'features.npy', features.half().numpy())
    mapped = np.load(tmp_path / 'features.npy', mmap_mode='r')
    votes = neighbour_votes(mapped, LABELS, 3, 5)
    assert torch.equal(votes, neighbour_votes(features.half(), LABELS, 3, 5))


@pytest.mark.parametrize(('features', 'message'), BAD_FEATURES + EMPTY)
@pytest.mark.parametrize('standardize', [False, True])
def test_bad_features(features, message, standardize):
    if standardize and 'zero norm' in message:
        features = torch.tensor([[1.0, -1], [1, 1], [1, 0]])  # the last is the mean
        message = 'zero norm in row 2'
    with pytest.raises(ValueError, match=message):
        neighbour_votes(
            features, torch.zeros(len(features)).long(), 1, 1, standardize=standardize
        )


@pytest.mark.parametrize(
    ('changes', 'message'),
    [
        (dict(labels=torch.tensor([0, 2])), r'labels\[1\] = 2 is not in \[0, 2\)'),
        (dict(labels=torch.tensor([0])), r'labels must have shape \(2,\), got \(1,\)'),
        (dict(neighbours=2), 'neighbours = 2, but N = 2'),
        (dict(neighbours=0), 'neighbours must be an integer >= 1, got 0'),
        (dict(num_classes=0), 'num_classes.*0'),
    ],
)
def test_bad_input(changes, message):
    arguments = dict(
        features=torch.eye(2), labels=torch.tensor([0, 1]), num_classes=2, neighbours=1
    )
    with pytest.raises(ValueError, match=message):
        neighbour_votes(**{**arguments, **changes})
