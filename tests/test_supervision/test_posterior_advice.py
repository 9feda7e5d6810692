"""What is recommended, by hand."""

import torch

from nl_plugins.supervision.posterior_advice import posterior_advice


def test_by_hand():
    given, suggested = torch.tensor([0, 0, 0, 1]), torch.tensor([1, 1, 0, 0])
    best = torch.tensor([0.81, 0.8, 0.9, 0.9])
    suspicious = torch.tensor([True, True, True, False])
    found = posterior_advice(given, suggested, best, suspicious)
    assert found['replace'].tolist() == [True, False, False, True]
    assert found['drop'].tolist() == [False, True, True, False]
