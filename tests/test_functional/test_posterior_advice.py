"""What is recommended, by hand."""

import pytest
import torch

from nl_plugins.functional.posterior_advice import blindness, posterior_advice


def test_by_hand():
    given, suggested = torch.tensor([0, 0, 0, 1]), torch.tensor([1, 1, 0, 0])
    best = torch.tensor([0.81, 0.8, 0.9, 0.9])
    suspicious = torch.tensor([True, True, True, False])
    found = posterior_advice(given, suggested, best, suspicious)
    assert found['replace'].tolist() == [True, False, False, True]
    assert found['drop'].tolist() == [False, True, True, False]


@pytest.mark.parametrize(
    ('share', 'classes', 'blind', 'told'),
    [
        (0.59, 10, False, ''),
        (0.2, 10, False, 'look at some'),
        (0.14, 10, True, 'chance'),
    ]
    + [(0.53, 2, False, ''), (0.52, 2, True, 'chance'), (0.1, 1000, False, 'look')],
)
def test_weak_features_look_like_wrong_labels(share, classes, blind, told):
    found, text = blindness(share, classes)
    assert found == blind
    assert told in text
    assert bool(text) == bool(told)
