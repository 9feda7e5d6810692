import pytest
import torch

from nl_plugins.functional import select_prototypes

from . import reference
from .bad_features import BAD_FEATURES, EMPTY


def directions(degrees):
    angles = torch.deg2rad(torch.tensor(degrees, dtype=torch.float64))
    return torch.stack([angles.cos(), angles.sin()], dim=1)


@pytest.mark.parametrize('p', [1, 3, 8, 100])
@pytest.mark.parametrize('quantile', [0.3, 0.6, 0.9])
@pytest.mark.parametrize('max_similarity', [0.5, 0.95])
@pytest.mark.parametrize('fraction', [0.1, 0.5, 1.0])
def test_equals_the_loops(features, p, quantile, max_similarity, fraction):
    expected = reference.prototypes(
        features.tolist(), p, quantile, max_similarity, fraction
    )
    chosen = select_prototypes(features, p, quantile, max_similarity, fraction)
    assert chosen.tolist() == expected
    assert chosen.dtype == torch.int64


def test_defaults_are_the_papers(features):
    expected = reference.prototypes(features.tolist(), 8, 0.6, 0.95, 1.0)
    assert select_prototypes(features).tolist() == expected


def test_more_samples_than_one_block(generator):
    features = torch.randn(200, 5, generator=generator, dtype=torch.float64)
    expected = reference.prototypes(features.tolist(), 150, 0.6, 0.9, 1.0)
    assert len(expected) > 64
    chosen = select_prototypes(features, 150, 0.6, 0.9)
    assert chosen.tolist() == expected


def test_two_bundles_of_directions():
    # Within a bundle all cosines exceed 0.98, between them they are below 0.3.
    # The larger bundle is denser; its middle (index 1) sees most of it closely.
    features = directions([0, 5, 10, 80, 85])
    assert select_prototypes(features, 2, 0.6, 0.95).tolist() == [1, 3]


def test_the_densest_is_kept_whatever_its_similarity():
    assert select_prototypes(torch.ones(5, 3), 4).tolist() == [0]
    assert select_prototypes(directions([0, 5, 10]), 3, 0.6, -1.0).tolist() == [1]


def test_the_bound_itself_is_too_similar():
    # All similarities, and so all of Eq. 7, are exactly 0.
    assert select_prototypes(torch.eye(3), max_similarity=0.0).tolist() == [0]
    assert select_prototypes(torch.eye(3), max_similarity=0.1).tolist() == [0, 1, 2]


def test_ties_go_to_the_lower_index():
    # A square: all four see the same similarities and are the densest together.
    features = torch.tensor([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.0, -1.0]])
    assert select_prototypes(features, 3).tolist() == [0, 1, 2]


@pytest.mark.parametrize('dtype', [torch.float32, torch.float64])
@pytest.mark.parametrize('n', [3, 13, 41])
def test_copies_are_ranked_by_index(n, dtype, generator):
    features = torch.randn(n, 17, generator=generator, dtype=dtype)
    twice = torch.cat([features, features])
    chosen = select_prototypes(twice, 2 * n, 0.6, 2.0).tolist()
    # Equally dense are at least the two copies: neighbours in the ranking.
    assert all(chosen.index(i) < chosen.index(i + n) for i in range(n))
    lists = twice.tolist()
    assert chosen == reference.prototypes(lists, 2 * n, 0.6, 2.0, 1.0)


def test_one_sample():
    assert select_prototypes(torch.tensor([[3.0, 4.0]])).tolist() == [0]


def test_candidates_are_the_densest():
    features = directions([0, 5, 10, 80, 85])
    assert select_prototypes(features, 5, candidate_fraction=0.2).tolist() == [1]


def test_none_is_invented(features):
    chosen = select_prototypes(features, 1000, max_similarity=2.0)
    assert sorted(chosen.tolist()) == list(range(40))


def test_follows_a_permutation(features, generator):
    order = torch.randperm(40, generator=generator)
    S = reference.similarity(features.tolist())
    density = reference.density(S, 0.6)
    chosen = select_prototypes(features, 3)
    # Equally dense samples keep the order of their indices, which changes.
    assert len({density[i] for i in chosen.tolist()}) == 3
    assert torch.equal(order[select_prototypes(features[order], 3)], chosen)


@pytest.mark.parametrize('scale', [2.0**-600, 1e-3, 7.0, 2.0**600])
def test_scale_does_not_matter(features, scale):
    expected = select_prototypes(features)
    assert torch.equal(select_prototypes(features * scale), expected)
    each = torch.arange(1, 41, dtype=torch.float64)[:, None]
    assert torch.equal(select_prototypes(features * each), expected)


@pytest.mark.parametrize('tiny', [2.0**-100, 2.0**-72])
def test_single_precision_survives_overflow_and_underflow(features, tiny):
    expected = select_prototypes(features.float())
    scale = torch.ones(40, 1)
    scale[::3], scale[1::3] = tiny, 2.0**120
    assert torch.equal(select_prototypes(features.float() * scale), expected)


@pytest.mark.parametrize('dtype', [torch.float16, torch.bfloat16])
def test_half_precision_is_computed_in_single(features, dtype):
    half = features.to(dtype)
    assert torch.equal(select_prototypes(half), select_prototypes(half.float()))


def test_autocast_does_not_lower_the_precision(generator):
    features = torch.randn(64, 8, generator=generator)
    with torch.autocast('cpu', dtype=torch.bfloat16):
        chosen = select_prototypes(features, 64)
    assert torch.equal(chosen, select_prototypes(features, 64))


def test_strided_and_differentiable_input(features):
    wide = torch.cat([features, features], dim=1)[:, :6].requires_grad_()
    assert not wide.is_contiguous()
    chosen = select_prototypes(wide)
    assert torch.equal(chosen, select_prototypes(features))
    assert wide.requires_grad


def test_input_is_left_alone(features):
    before = features.clone()
    select_prototypes(features)
    assert torch.equal(features, before)


@pytest.mark.parametrize(('features', 'message'), BAD_FEATURES + EMPTY)
def test_bad_features(features, message):
    with pytest.raises(ValueError, match=message):
        select_prototypes(features)


@pytest.mark.parametrize(
    ('setting', 'value'),
    [
        ('num_prototypes', 0),
        ('num_prototypes', 2.5),
        ('num_prototypes', True),
        ('density_quantile', 0.0),
        ('density_quantile', 1.5),
        ('candidate_fraction', 0.0),
        ('candidate_fraction', float('nan')),
        ('max_similarity', float('nan')),
        ('max_similarity', None),
    ],
)
def test_bad_settings(features, setting, value):
    with pytest.raises(ValueError, match=f'{setting}.*{value}'):
        select_prototypes(features, **{setting: value})
