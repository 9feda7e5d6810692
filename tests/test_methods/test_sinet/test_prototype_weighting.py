"""SINet's sweeps over kept features against loops over Python floats."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from test_functional import sinet_reference as reference

from nl_plugins.methods.sinet import prototype_weighting
from nl_plugins.methods.sinet.prototype_weighting import (
    PrototypeWeighting,
    highest_of_each_class,
)
from nl_plugins.supervision.feature_bank import FeatureBank

CLASSES, SIZE = 4, 80


def planted(rate=0.3, seed=0, dim=6):
    """Features around class centres, labels of which a share is wrong, confidence."""
    rng = np.random.default_rng(seed)
    true = rng.integers(CLASSES, size=SIZE)
    features = rng.normal(size=(CLASSES, dim))[true] + 0.4 * rng.normal(
        size=(SIZE, dim)
    )
    wrong = rng.random(SIZE) < rate
    labels = np.where(wrong, (true + 1) % CLASSES, true)
    confidence = rng.random(SIZE) * np.where(wrong, 0.6, 1.0)
    bank = FeatureBank(SIZE)
    order = torch.from_numpy(rng.permutation(SIZE))
    features = torch.tensor(features, dtype=torch.float32)
    bank.add(order, features[order])
    return SimpleNamespace(
        bank=bank,
        labels=torch.tensor(labels),
        confidence=torch.tensor(confidence, dtype=torch.float32),
        features=features,
        true=torch.tensor(true),
    )


def weighting(**settings):
    settings = dict(
        dict(
            num_confident=5, num_matched=None, gamma=1.0, eps=1e-3, normalize='softmax'
        ),
        **settings,
    )
    return PrototypeWeighting(**settings)


def graph():
    rng = np.random.default_rng(1)
    matrix = rng.random((CLASSES, CLASSES))
    return torch.tensor((matrix + matrix.T) / 2, dtype=torch.float32)


def everything():
    return torch.ones(SIZE, dtype=torch.bool)


def loops(samples, allowed, matrix, num_confident, num_matched, normalize):
    """§3.2 in the order of the paper."""
    features, labels = samples.features.tolist(), samples.labels.tolist()
    confidence = samples.confidence.tolist()
    rows = [i for i in range(SIZE) if allowed[i] and confidence[i] >= 0]

    def best(scores, count):
        chosen = []
        for c in range(CLASSES):
            own = [i for i in rows if labels[i] == c]
            chosen += sorted(own, key=lambda i: (-scores[i], i))[:count]
        return chosen

    def means(chosen, weights):
        return reference.prototypes(
            [features[i] for i in chosen],
            [weights[i] for i in chosen],
            [labels[i] for i in chosen],
            CLASSES,
        )

    initial = means(best(confidence, num_confident), [1.0] * SIZE)
    scores = [1.0] * SIZE
    if matrix is not None:
        for i in rows:
            unit = reference.unit(features[i])
            visual = [sum(a * b for a, b in zip(unit, v)) for v in initial]
            textual = matrix[labels[i]].tolist()
            scores[i] = reference.consistency(visual, textual, 1.0, 1e-3, normalize)
    chosen = rows if num_matched is None else best(scores, num_matched)
    return torch.tensor(initial), torch.tensor(means(chosen, scores))


@pytest.mark.parametrize('normalize', ['softmax', 'l2'])
@pytest.mark.parametrize('num_matched', [None, 3])
@pytest.mark.parametrize('entries', [1 << 24, 40])
def test_prototypes_equal_the_loops(normalize, num_matched, entries, monkeypatch):
    monkeypatch.setattr(prototype_weighting, 'ENTRIES_AT_ONCE', entries)
    samples, allowed = planted(), everything()
    allowed[::7] = False
    samples.confidence[::5] = -1
    samples.confidence[1] = samples.confidence[2]
    found = weighting(normalize=normalize, num_matched=num_matched).prototypes(
        samples, allowed, graph(), CLASSES
    )
    initial, weighted = loops(samples, allowed, graph(), 5, num_matched, normalize)
    assert found.classes.tolist() == list(range(CLASSES))
    assert torch.allclose(found.initial, initial, atol=2e-3)
    assert torch.allclose(found.weighted, weighted, atol=2e-3)
    plain = weighting(normalize=normalize).prototypes(samples, allowed, None, CLASSES)
    _, uniform = loops(samples, allowed, None, 5, None, normalize)
    assert torch.allclose(plain.weighted, uniform, atol=2e-3)
    assert not torch.allclose(found.weighted, plain.weighted, atol=1e-2)


def test_distances_and_nearest_classes(monkeypatch):
    samples = planted()
    samples.confidence[3] = -1
    method = weighting()
    prototypes = method.prototypes(samples, everything(), graph(), CLASSES)
    monkeypatch.setattr(prototype_weighting, 'ENTRIES_AT_ONCE', 40)
    found = method.distances(samples, prototypes, CLASSES)
    assert (~found.known).nonzero().flatten().tolist() == [3]
    centers = prototypes.weighted.tolist()
    for i in range(SIZE):
        if i == 3:
            continue
        unit = np.array(reference.unit(samples.features[i].tolist()))
        distances = [np.linalg.norm(unit - center) for center in np.array(centers)]
        assert found.own[i] == pytest.approx(distances[samples.labels[i]], abs=2e-3)
        assert found.nearest[i] == np.argmin(distances)


def test_planted_noise_is_far_away():
    samples = planted()
    method = weighting()
    tree = torch.eye(CLASSES)
    prototypes = method.prototypes(samples, everything(), tree, CLASSES)
    found = method.distances(samples, prototypes, CLASSES)
    right = samples.labels == samples.true
    assert 10 < (~right).sum() < 40
    chance = (found.own[right][:, None] < found.own[~right]).float().mean()
    assert chance > 0.95
    assert (found.nearest == samples.true).float().mean() > 0.9


def test_classes_without_samples_are_left_out():
    samples = planted()
    samples.confidence[samples.labels == 2] = -1
    found = weighting().prototypes(samples, everything(), graph(), CLASSES)
    assert found.classes.tolist() == [0, 1, 3]
    assert found.weighted.shape == (3, 6)
    distances = weighting().distances(samples, found, CLASSES)
    assert torch.equal(distances.known, samples.labels != 2)
    assert set(distances.nearest[distances.known].tolist()) <= {0, 1, 3}
    # as if class 2 were not there at all
    kept = torch.tensor([0, 1, 3])
    fewer = SimpleNamespace(**vars(samples))
    fewer.labels = samples.labels.clamp(max=2)
    matrix = graph()[kept][:, kept]
    other = weighting().prototypes(fewer, everything(), matrix, 3)
    assert torch.allclose(other.weighted, found.weighted, atol=1e-6)


def test_samples_of_one_class_only_are_refused():
    samples = planted()
    with pytest.raises(RuntimeError, match='only 1 of 4 classes have samples'):
        weighting().prototypes(samples, samples.labels == 1, graph(), CLASSES)


def test_highest_of_each_class():
    scores = torch.tensor([0.5, 0.9, 0.5, -1.0, 0.1, 0.5, 0.0])
    labels = torch.tensor([0, 2, 0, 2, 2, 0, 1])
    chosen = highest_of_each_class(scores, labels, 2, 4)
    assert chosen.nonzero().flatten().tolist() == [0, 1, 2, 4, 6]
    assert highest_of_each_class(scores, labels, 9, 4).sum() == 6
