"""What the hooks compute chunk by chunk is the function that is tested here."""

from types import SimpleNamespace

import pytest
import torch
from nl_plugins.supervision.feature_walk import WalkBatch

from nl_plugins.functional import (
    correct_labels,
    distance_weights,
    label_quality,
    noise_weights,
    prototype_scores,
    select_confident,
    select_highest,
    weighted_prototypes,
)
from nl_plugins.methods.sinet import prototype_weighting
from nl_plugins.methods.sinet.prototype_weighting import (
    ClassPrototypes,
    PrototypeWeighting,
)
from nl_plugins.methods.smp import prototype_correction
from nl_plugins.methods.two_stage.label_confidence import confirmed, label_confidence
from nl_plugins.supervision.feature_bank import FeatureBank

SIZE, DIM, CLASSES = 200, 9, 5


@pytest.fixture(params=range(3))
def samples(request):
    """A bank in mixed order, labels and weights; seven samples lie in a chunk."""
    generator = torch.Generator().manual_seed(request.param)
    bank = FeatureBank(SIZE)
    for rows in torch.randperm(SIZE, generator=generator).split(11):
        bank.add(rows, torch.randn(len(rows), DIM, generator=generator) * 7)
    units = torch.empty(SIZE, DIM)
    units[bank.rows] = bank.units.float()
    return SimpleNamespace(
        bank=bank,
        units=units,
        labels=torch.randint(CLASSES, (SIZE,), generator=generator),
        weights=torch.rand(SIZE, generator=generator),
        confidence=torch.rand(SIZE, generator=generator),
        generator=generator,
    )


def test_smp_corrects_labels(samples, monkeypatch):
    monkeypatch.setattr(prototype_correction, 'SCORED_AT_ONCE', 7)
    classes = [0, 1, 3, 4]  # class 2 has no prototypes
    prototypes = [samples.units[c * 8 : c * 8 + 1 + c] for c in classes]
    rows, labels, quality = prototype_correction._correct(
        samples.bank, samples.labels, classes, prototypes, CLASSES
    )
    places = correct_labels(samples.units, prototypes)
    assert torch.equal(labels, torch.tensor(classes)[places][rows].int())
    scores = torch.full((SIZE, CLASSES), -1.0)
    scores[:, classes] = prototype_scores(samples.units, prototypes)
    expected = label_quality(scores, samples.labels)[rows]
    torch.testing.assert_close(quality, expected, rtol=0, atol=1e-6)


@pytest.fixture
def weighting(monkeypatch):
    monkeypatch.setattr(prototype_weighting, 'ENTRIES_AT_ONCE', 7 * DIM)
    return PrototypeWeighting(5, None, gamma=1.0, eps=1e-3, normalize='softmax')


def test_sinet_weights_prototypes(samples, weighting):
    chosen = samples.confidence > 0.3
    got = weighting._means(samples, chosen, samples.weights, CLASSES)
    expected = weighted_prototypes(
        samples.units[chosen], samples.weights[chosen], samples.labels[chosen], CLASSES
    )
    torch.testing.assert_close(got, expected, rtol=0, atol=1e-6)


def test_sinet_weights_samples(samples, weighting):
    centers = torch.randn(CLASSES, DIM, generator=samples.generator)
    centers = torch.nn.functional.normalize(centers)
    prototypes = ClassPrototypes(torch.arange(CLASSES), centers, centers)
    found = weighting.distances(samples, prototypes, CLASSES)
    assert found.known.all()
    expected = noise_weights(samples.units, centers, samples.labels, 1.4, 2.0)
    assert (expected > 0).any()
    weights = distance_weights(found.own, 1.4, 2.0)
    torch.testing.assert_close(weights, expected, rtol=0, atol=1e-5)
    nearest = correct_labels(samples.units, centers[:, None])
    assert torch.equal(found.nearest, nearest)


@pytest.mark.parametrize('settings', [(0.9, 0.1), (0.5, 0.35), (0.3, 0.0), (1.0, 0.7)])
def test_two_stage_selects_labels(samples, settings):
    logits = 3 * torch.randn(SIZE, CLASSES, generator=samples.generator)
    probs = logits.softmax(dim=1)

    def walk(model):
        for rows in samples.bank.rows.split(7):
            yield WalkBatch(rows, samples.units[rows], probs[rows])

    found = label_confidence(walk, None, samples.labels)
    eligible = confirmed(found, samples.labels)
    got = select_highest(found.scores, samples.labels, *settings, eligible)
    expected = select_confident(probs, samples.labels, *settings)
    assert 0 < expected.sum() < SIZE
    assert torch.equal(got, expected)
