"""What the hooks compute chunk by chunk is the function that is tested here."""

from types import SimpleNamespace

import pytest
import torch
from nl_plugins.supervision.feature_walk import WalkBatch

from nl_plugins.functional import (
    correct_labels,
    label_quality,
    prototype_scores,
    select_confident,
    select_highest,
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
