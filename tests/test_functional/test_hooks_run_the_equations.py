"""What the hooks compute chunk by chunk is the function that is tested here."""

from types import SimpleNamespace

import pytest
import torch

from nl_plugins.functional import (
    correct_labels,
    label_quality,
    prototype_scores,
    select_confident,
)
from nl_plugins.methods.smp import prototype_correction
from nl_plugins.methods.two_stage.label_confidence import (
    confident_selection,
    label_confidence,
)
from nl_plugins.supervision.feature_bank import FeatureBank
from nl_plugins.supervision.gather import merge_columns
from nl_plugins.supervision.walk import WalkBatch

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

    def collect(model, judge):
        chunks = samples.bank.rows.split(7)
        judged = [judge(WalkBatch(r, samples.units[r], probs[r])) for r in chunks]
        columns = {key: torch.cat([each[key] for each in judged]) for key in judged[0]}
        return merge_columns(SIZE, samples.bank.rows, columns)

    found = label_confidence(SimpleNamespace(collect=collect), None, samples.labels)
    got = confident_selection(found, samples.labels, *settings)
    expected = select_confident(probs, samples.labels, *settings)
    assert 0 < expected.sum() < SIZE
    assert torch.equal(got, expected)
