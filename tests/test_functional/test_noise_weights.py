import math

import pytest
import torch

from nl_plugins.functional import (
    distance_weights,
    noise_weights,
    numerics,
)

from . import sinet_reference as reference
from .bad_features import BAD_FEATURES

LABELS = torch.arange(40) % 3


@pytest.fixture
def prototypes(generator):
    return torch.randn(3, 6, generator=generator, dtype=torch.float64)


def test_numbers_by_hand():
    features = torch.tensor([[5.0, 0.0], [0.0, 2.0], [-1.0, 0.0], [3.0, 4.0]])
    prototypes = torch.tensor([[0.5, 0.0], [0.0, 9.0]])
    labels = torch.tensor([0, 0, 0, 0])
    weights = noise_weights(features, prototypes, labels)
    expected = [1.2**1.5, 0, 0, (1.2 - math.sqrt(0.8)) ** 1.5]
    assert weights.tolist() == pytest.approx(expected, abs=1e-6)
    own = noise_weights(features, prototypes, torch.tensor([0, 1, 1, 1]), 1.5, 2.0)
    expected = [2.25, 2.25, (1.5 - math.sqrt(2)) ** 2, (1.5 - math.sqrt(0.4)) ** 2]
    assert own.tolist() == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(('alpha', 'beta'), [(1.2, 1.5), (0.8, 1.0), (1.4, 2.5)])
def test_equals_the_loops(features, prototypes, alpha, beta):
    weights = noise_weights(features, prototypes, LABELS, alpha, beta)
    expected = [
        reference.weight(feature, prototypes[label].tolist(), alpha, beta)
        for feature, label in zip(features.tolist(), LABELS.tolist())
    ]
    assert weights.dtype == torch.float64
    assert weights.tolist() == pytest.approx(expected, abs=1e-12)
    assert 0 < (weights == 0).sum() < 40


def test_chunks_scale_and_half_precision(features, prototypes, monkeypatch):
    weights = noise_weights(features, prototypes, LABELS)
    monkeypatch.setitem(numerics._CHUNK_BYTES, 'cpu', 100)
    assert torch.equal(noise_weights(features, prototypes, LABELS), weights)
    scaled = noise_weights(features * 7, prototypes / 9, LABELS)
    assert torch.allclose(scaled, weights)
    half = noise_weights(features.half(), prototypes, LABELS)
    assert half.dtype == torch.float32
    assert torch.allclose(half.double(), weights, atol=2e-3)


def test_no_samples(prototypes):
    empty = torch.empty(0, 6), torch.empty(0, dtype=torch.int64)
    assert noise_weights(empty[0], prototypes, empty[1]).shape == (0,)


def test_weights_of_distances_leave_them_alone():
    distances = torch.tensor([0.0, 1.0, 1.2, 2.0])
    weights = distance_weights(distances, 1.2, 2.0)
    assert weights.tolist() == pytest.approx([1.44, 0.04, 0, 0], abs=1e-6)
    assert distances.tolist() == pytest.approx([0.0, 1.0, 1.2, 2.0])


@pytest.mark.parametrize(('features', 'message'), BAD_FEATURES)
def test_bad_features(features, message):
    width = getattr(features, 'shape', (2, 2))[-1]
    labels = torch.zeros(len(features), dtype=torch.int64)
    with pytest.raises(ValueError, match=message):
        noise_weights(features, torch.ones(1, width), labels)
    if getattr(features, 'ndim', 1) == 2:
        with pytest.raises(ValueError, match=f'prototypes.*{message}'):
            noise_weights(torch.ones(2, width), features, torch.tensor([0, 0]))


@pytest.mark.parametrize(
    ('changes', 'message'),
    [
        (dict(prototypes=torch.ones(2, 3)), r'prototypes .*\(2, 2\), got \(2, 3\)'),
        (dict(labels=torch.tensor([0, 1])), r'labels .*\(4,\), got \(2,\)'),
        (dict(labels=torch.tensor([0, 1, 2, 0])), r'labels\[2\] = 2'),
        (dict(alpha=0.0), 'alpha must be a positive number, got 0.0'),
        (dict(beta=float('inf')), 'beta.*inf'),
        (dict(beta='1'), "beta.*'1'"),
    ],
)
def test_bad_input(changes, message):
    arguments = dict(
        features=torch.ones(4, 2),
        prototypes=torch.eye(2),
        labels=torch.tensor([0, 1, 0, 1]),
    )
    with pytest.raises(ValueError, match=message):
        noise_weights(**{**arguments, **changes})
