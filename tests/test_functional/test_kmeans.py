import math

import pytest
import torch

from nl_plugins.functional import kmeans_prototypes, reference_vectors

from .bad_features import BAD_FEATURES, EMPTY


def nearest(point, centers):
    return min(range(len(centers)), key=lambda c: math.dist(point, centers[c]))


def test_every_center_is_the_mean_of_the_samples_nearest_to_it(features):
    centers = kmeans_prototypes(features, 4).tolist()
    assert len(centers) == 4
    samples = features.tolist()
    owners = [nearest(sample, centers) for sample in samples]
    for c, center in enumerate(centers):
        members = [s for s, owner in zip(samples, owners) if owner == c]
        mean = [sum(column) / len(members) for column in zip(*members)]
        assert center == pytest.approx(mean, abs=1e-9)


def test_finds_clusters_that_are_far_apart(generator):
    truth = torch.tensor([[10.0, 0.0], [0.0, 10.0], [-10.0, -10.0]])
    samples = truth.repeat_interleave(30, dim=0)
    samples = samples + 0.1 * torch.randn(90, 2, generator=generator)
    distances = torch.cdist(kmeans_prototypes(samples, 3), truth)
    assert sorted(distances.argmin(dim=1).tolist()) == [0, 1, 2]
    assert distances.amin(dim=1).max() < 0.1


def test_one_center_is_the_mean(features):
    center = kmeans_prototypes(features, 1)
    torch.testing.assert_close(center, features.mean(dim=0, keepdim=True))


def test_seed_decides(features):
    torch.manual_seed(1)
    first = kmeans_prototypes(features, 8, seed=3)
    torch.manual_seed(2)
    assert torch.equal(kmeans_prototypes(features, 8, seed=3), first)
    others = [kmeans_prototypes(features, 8, seed=s) for s in range(5)]
    assert any(not torch.equal(other, first) for other in others)


@pytest.mark.filterwarnings('error')
def test_no_more_centers_than_distinct_samples():
    samples = torch.tensor([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    centers = kmeans_prototypes(samples, 8)
    assert sorted(centers.tolist()) == [[0.0, 1.0], [1.0, 0.0]]


def test_scale_scales(features):
    centers = kmeans_prototypes(features, 4)
    torch.testing.assert_close(kmeans_prototypes(features * 8, 4), centers * 8)


@pytest.mark.parametrize('dtype', [torch.float16, torch.bfloat16, torch.float32])
def test_other_precisions(features, dtype):
    low = features.to(dtype)
    centers = kmeans_prototypes(low, 4)
    assert centers.dtype == torch.float32
    torch.testing.assert_close(centers, kmeans_prototypes(low.double(), 4).float())


def test_strided_and_differentiable_input(features):
    strided = features.T.contiguous().T.requires_grad_()
    centers = kmeans_prototypes(strided, 4)
    assert not centers.requires_grad
    torch.testing.assert_close(centers, kmeans_prototypes(features, 4))


@pytest.mark.parametrize(('features', 'message'), BAD_FEATURES + EMPTY)
def test_bad_features(features, message):
    with pytest.raises(ValueError, match=message):
        kmeans_prototypes(features)


@pytest.mark.parametrize(
    ('setting', 'value'), [('num_prototypes', 0), ('seed', -1), ('seed', 0.5)]
)
def test_bad_settings(features, setting, value):
    with pytest.raises(ValueError, match=f'{setting}.*{value}'):
        kmeans_prototypes(features, **{setting: value})


def test_reference_vectors_finds_clusters_that_are_far_apart(generator):
    truth = torch.tensor([[10.0, 0.0], [0.0, 10.0], [-10.0, -10.0]])
    samples = truth.repeat_interleave(200, dim=0)
    samples = samples + 0.1 * torch.randn(600, 2, generator=generator)
    distances = torch.cdist(reference_vectors(samples, 3), truth)
    assert sorted(distances.argmin(dim=1).tolist()) == [0, 1, 2]
    assert distances.amin(dim=1).max() < 0.1


def test_covers_the_samples_nearly_as_well_as_many_rounds_of_lloyd(generator):
    samples = torch.randn(900, 8, generator=generator)
    centers = reference_vectors(samples, 20)
    got = torch.cdist(samples, centers).amin(1).square().sum()
    lloyd = samples[torch.randperm(900, generator=generator)[:20]]
    for _ in range(100):
        owner = torch.cdist(samples, lloyd).argmin(1)
        lloyd = torch.stack([samples[owner == c].mean(0) for c in range(20)])
    want = torch.cdist(samples, lloyd).amin(1).square().sum()
    assert got < 1.1 * want


def test_few_samples_stand_for_themselves(generator):
    samples = torch.randn(7, 3, generator=generator, dtype=torch.float64)
    for count in (7, 50):
        assert torch.equal(reference_vectors(samples, count), samples.float())


def test_seed_decides_and_the_global_state_does_not(generator):
    samples = torch.randn(300, 5, generator=generator)
    torch.manual_seed(1)
    first = reference_vectors(samples, 8, seed=3)
    torch.manual_seed(2)
    state = torch.get_rng_state()
    assert torch.equal(reference_vectors(samples, 8, seed=3), first)
    assert torch.equal(torch.get_rng_state(), state)
    assert not torch.equal(reference_vectors(samples, 8, seed=4), first)


def test_reference_vectors_half_precision(generator):
    samples = torch.randn(300, 5, generator=generator).half()
    centers = reference_vectors(samples, 8)
    assert centers.dtype == torch.float32
    torch.testing.assert_close(centers, reference_vectors(samples.float(), 8))


BAD = [case for case in BAD_FEATURES if 'norm' not in case[1]]


@pytest.mark.parametrize(('features', 'message'), BAD + EMPTY)
def test_reference_vectors_bad_features(features, message):
    with pytest.raises(ValueError, match=message):
        reference_vectors(features)


@pytest.mark.parametrize(('setting', 'value'), [('count', 0), ('seed', -1)])
def test_reference_vectors_bad_settings(setting, value):
    with pytest.raises(ValueError, match=f'{setting}.*{value}'):
        reference_vectors(torch.ones(3, 2), **{setting: value})
