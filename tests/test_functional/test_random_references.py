"""CleanNet's random reference set."""

import pytest
import torch

from nl_plugins.functional import random_references


def test_are_distinct_samples_of_the_class_and_another_seed_draws_others():
    features = torch.arange(60.0).view(30, 2)
    found = random_references(features, 8, seed=1)
    assert found.dtype == torch.float32
    places = [(features == row).all(dim=1).nonzero().item() for row in found]
    assert places == sorted(set(places))
    assert len(places) == 8
    assert torch.equal(random_references(features, 8, seed=1), found)
    assert not torch.equal(random_references(features, 8, seed=2), found)


def test_every_sample_is_drawn_as_often():
    features = torch.arange(10.0)[:, None]
    counts = torch.zeros(10)
    for seed in range(2000):
        counts[random_references(features, 3, seed).long().flatten()] += 1
    assert (counts / 2000 - 0.3).abs().max() < 0.04


def test_few_samples_are_all_taken():
    features = torch.rand(5, 3).half()
    assert torch.equal(random_references(features, 5), features.float())


@pytest.mark.parametrize('count', [0, 1.5])
def test_bad_count(count):
    with pytest.raises(ValueError, match='count'):
        random_references(torch.rand(5, 3), count)


def test_nan_features():
    with pytest.raises(ValueError, match='features'):
        random_references(torch.full((5, 3), torch.nan))
