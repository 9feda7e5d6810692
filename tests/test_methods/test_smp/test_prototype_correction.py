"""What SMP computes chunk by chunk is the function that is tested here."""

from types import SimpleNamespace

import pytest
import torch

from nl_plugins.functional import (
    class_centers,
    correct_labels,
    label_quality,
    prototype_scores,
)
from nl_plugins.methods.smp import prototype_correction
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
    )


def test_smp_corrects_labels(samples, monkeypatch):
    monkeypatch.setattr(prototype_correction, 'SCORED_AT_ONCE', 7)
    classes = [0, 1, 3, 4]  # class 2 has no prototypes
    prototypes = [samples.units[c * 8 : c * 8 + 1 + c] for c in classes]
    columns, centers = torch.tensor(classes), class_centers(prototypes, samples.units)
    rows, labels, quality = prototype_correction._correct(
        samples.bank, samples.labels, columns, centers, CLASSES
    )
    places = correct_labels(samples.units, prototypes)
    assert torch.equal(labels, torch.tensor(classes)[places][rows].int())
    scores = torch.full((SIZE, CLASSES), -1.0)
    scores[:, classes] = prototype_scores(samples.units, prototypes)
    expected = label_quality(scores, samples.labels)[rows]
    torch.testing.assert_close(quality, expected, rtol=0, atol=1e-6)
