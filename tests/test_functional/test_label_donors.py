"""Labels given to near samples."""

import pytest
import torch

from nl_plugins.functional import label_donors


def features(count=40, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(count, 5, generator=generator)


def naive_neighbours(points, row, number):
    cosines = [
        float(points[row] @ other / points[row].norm() / other.norm())
        for other in points
    ]
    others = [j for j in range(len(points)) if j != row]
    return sorted(others, key=lambda j: -cosines[j])[:number]


def test_a_share_gets_the_label_of_a_near_one():
    points, counts = features(), torch.zeros(40)
    near = [naive_neighbours(points, row, 4) for row in range(40)]
    for seed in range(200):
        generator = torch.Generator().manual_seed(seed)
        donors = label_donors(points, 0.3, 4, generator)
        changed = (donors != torch.arange(40)).nonzero().flatten().tolist()
        assert len(changed) == 12
        for row in changed:
            assert int(donors[row]) in near[row]
        counts[changed] += 1
    assert (counts / 200 - 0.3).abs().max() < 0.13


def test_every_neighbour_is_drawn_as_often():
    points = features(6)
    near, counts = naive_neighbours(points, 2, 3), torch.zeros(6)
    for seed in range(600):
        donors = label_donors(points, 1.0, 3, torch.Generator().manual_seed(seed))
        counts[donors[2]] += 1
    assert (counts[near] / 600 - 1 / 3).abs().max() < 0.07
    assert counts.sum() == counts[near].sum()


def test_few_samples_and_no_noise():
    assert label_donors(features(), 0.0).tolist() == list(range(40))
    assert label_donors(features(1), 1.0).tolist() == [0]
    assert label_donors(features(2), 1.0, 10).tolist() == [1, 0]


def test_torch_seeds_it():
    torch.manual_seed(3)
    first = label_donors(features(), 0.5)
    torch.manual_seed(3)
    assert torch.equal(label_donors(features(), 0.5), first)


@pytest.mark.parametrize('settings', [dict(rate=1.5), dict(neighbours=0)])
def test_bad_arguments(settings):
    with pytest.raises(ValueError, match=next(iter(settings))):
        label_donors(features(), **settings)
