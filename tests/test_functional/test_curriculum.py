"""CurriculumNet's subsets against loops written from the paper."""

import pytest
import torch

from nl_plugins.functional import curriculum_subsets, densest_sample


def planted(seed=0):
    """40 samples close together, 20 around them, 10 far away, in a random order."""
    generator = torch.Generator().manual_seed(seed)
    noise = torch.randn(70, 6, generator=generator)
    noise = noise / noise.norm(dim=1, keepdim=True)
    radius = torch.tensor([0.3] * 40 + [2.0] * 20 + [5.0] * 10)
    order = torch.randperm(70, generator=generator)
    kinds = torch.tensor([0] * 40 + [1] * 20 + [2] * 10)
    return (3 + noise * radius[:, None])[order], kinds[order]


def naive_center(features, share):
    """Eq. 1-2: the number of distances below the cut."""
    n = len(features)
    x = features.double().tolist()
    d = [[sum((a - b) ** 2 for a, b in zip(p, q)) for q in x] for p in x]
    cut = sorted(v for row in d for v in row)[round(share * n * n)]
    density = [sum(v < cut for v in row) for row in d]
    return density.index(max(density)), density


@pytest.mark.parametrize('share', [0.3, 0.5, 0.6, 0.7])
@pytest.mark.parametrize('seed', range(3))
def test_the_centre_is_the_densest(share, seed):
    features, _ = planted(seed)
    _, density = naive_center(features, share)
    found = densest_sample(features, share)
    assert density[found] >= max(density) - 1  # but for what lies at the cut


@pytest.mark.parametrize('seed', range(3))
def test_the_centre_has_the_largest_distance_to_a_denser_one(seed):
    """The paper's Eq. 3, of which the densest is all that is needed."""
    features, _ = planted(seed)
    _, density = naive_center(features, 0.6)
    d = torch.cdist(features, features).square()
    far = []
    for i, own in enumerate(density):
        denser = [j for j, other in enumerate(density) if other > own]
        far.append(float(d[i, denser].min() if denser else d[i].max()))
    found = densest_sample(features, 0.6)
    assert far[found] == pytest.approx(max(far))


def test_far_from_zero_the_centre_is_the_same():
    features, _ = planted()
    features = (features * 1024).round() / 1024  # so that the offset loses nothing
    assert densest_sample(features + 8192) == densest_sample(features)


def test_subsets_are_a_fixed_point_of_k_means_on_the_distances():
    features, kinds = planted()
    center = densest_sample(features)
    found = curriculum_subsets(features, center)
    distances = (features - features[center]).square().sum(1)
    means = torch.stack([distances[found == s].mean() for s in range(3)])
    assert (means[1:] > means[:-1]).all()
    assert torch.equal((distances[:, None] - means).abs().argmin(1), found)
    assert torch.equal(found, kinds)


def test_other_units_and_another_order_change_nothing():
    features, _ = planted()
    found = curriculum_subsets(features, densest_sample(features))
    order = torch.randperm(70, generator=torch.Generator().manual_seed(5))
    moved = 7 * features[order] - 100
    again = curriculum_subsets(moved, densest_sample(moved))
    assert torch.equal(again, found[order])


def test_a_sample_of_the_class_chooses_much_the_same_centre():
    features, kinds = planted()
    centers = {densest_sample(features, num_samples=35, seed=s) for s in range(4)}
    assert len(centers) > 1
    assert all(kinds[center] == 0 for center in centers)
    assert densest_sample(features, num_samples=35, seed=1) == densest_sample(
        features, num_samples=35, seed=1
    )


def test_equal_samples_are_all_clean():
    assert densest_sample(torch.ones(4, 2)) == 0
    assert curriculum_subsets(torch.ones(4, 2), 0).tolist() == [0] * 4
    assert curriculum_subsets(torch.tensor([[0.0], [2.0]]), 0).tolist() == [0, 1]


def test_bad_arguments():
    features = torch.rand(5, 2)
    for share in (0.0, 1.0):
        with pytest.raises(ValueError, match='near_share'):
            densest_sample(features, share)
    with pytest.raises(ValueError, match='center=5 is none of 5 samples'):
        curriculum_subsets(features, 5)
    with pytest.raises(ValueError, match='features must be finite'):
        densest_sample(features * torch.nan)
