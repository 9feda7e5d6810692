"""What the walk keeps of a prediction is all that the selection needs."""

import pytest
import torch

from nl_plugins.functional import select_confident
from nl_plugins.methods.two_stage.label_confidence import (
    by_prediction,
    confident_selection,
)
from nl_plugins.supervision.walk import WalkBatch


@pytest.mark.parametrize(
    ('threshold', 'least'), [(0.5, 0.1), (0.9, 0.0), (0.99, 0.6), (1.0, 1.0)]
)
def test_equals_select_confident(threshold, least):
    generator = torch.Generator().manual_seed(0)
    probs = (3 * torch.randn(500, 4, generator=generator)).softmax(1)
    probs = (probs * 8).round() / 8  # ties
    given = torch.randint(4, (500,), generator=generator)
    found = by_prediction(WalkBatch(torch.arange(500), probs, probs), given)
    got = confident_selection(found, given, threshold, least)
    assert torch.equal(got, select_confident(probs, given, threshold, least))
    assert got.any()
