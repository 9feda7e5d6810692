import pytest
import torch

from nl_plugins.functional import reference_vectors

from .bad_features import BAD_FEATURES, EMPTY


def test_finds_clusters_that_are_far_apart(generator):
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


def test_half_precision(generator):
    samples = torch.randn(300, 5, generator=generator).half()
    centers = reference_vectors(samples, 8)
    assert centers.dtype == torch.float32
    torch.testing.assert_close(centers, reference_vectors(samples.float(), 8))


BAD = [case for case in BAD_FEATURES if 'norm' not in case[1]]


@pytest.mark.parametrize(('features', 'message'), BAD + EMPTY)
def test_bad_features(features, message):
    with pytest.raises(ValueError, match=message):
        reference_vectors(features)


@pytest.mark.parametrize(('setting', 'value'), [('count', 0), ('seed', -1)])
def test_bad_settings(setting, value):
    with pytest.raises(ValueError, match=f'{setting}.*{value}'):
        reference_vectors(torch.ones(3, 2), **{setting: value})
