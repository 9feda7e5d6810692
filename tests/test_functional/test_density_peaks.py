import pytest
import torch

from nl_plugins.functional import select_prototypes_euclidean

from . import reference
from .bad_features import BAD_FEATURES, EMPTY


@pytest.mark.parametrize('p', [1, 3, 8, 100])
@pytest.mark.parametrize('quantile', [0.02, 0.3, 0.6, 0.98, 1.0])
def test_equals_the_loops(features, p, quantile):
    expected = reference.peaks(features.tolist(), p, quantile)
    chosen = select_prototypes_euclidean(features, p, quantile)
    assert chosen.dtype == torch.int64
    assert chosen.tolist() == expected


@pytest.mark.parametrize(('n', 'd', 'quantile'), [(13, 17, 0.64), (41, 6, 0.08)])
def test_both_directions_of_a_pair_at_the_cutoff_count(n, d, quantile, generator):
    # The cutoff is the distance of one pair; rounding must not part i, j from j, i.
    features = torch.randn(n, d, generator=generator, dtype=torch.float64)
    expected = reference.peaks(features.tolist(), n, quantile)
    assert select_prototypes_euclidean(features, n, quantile).tolist() == expected


def test_hand_computed_case():
    # From above, the 25 distances are 9 (2 times), 8 (4), 7 (4), 6 (2), 2 (2), 1 (6)
    # and 0 (5): the 14th is 2, and 0.56 * 25 is 14 (in floats a little more).
    features = torch.tensor([[1.0], [2.0], [3.0], [9.0], [10.0]])
    # Nearer than 2 are 1 2 1 1 1 others. The middle of the triple is the densest
    # and 8 from the farthest; of the equals the first counts as denser, so that
    # the others lie 1, 1, 6, 1 from a denser one: gamma = 1 16 1 6 1.
    assert select_prototypes_euclidean(features, 2, 0.56).tolist() == [1, 3]
    assert select_prototypes_euclidean(features, 5, 0.56).tolist() == [1, 3, 0, 2, 4]


def test_finds_the_middles_of_two_clusters(generator):
    middles = torch.tensor([[20.0, 0.0], [0.0, 20.0]])
    noise = torch.randn(100, 2, generator=generator)
    features = middles.repeat_interleave(50, dim=0) + noise
    chosen = select_prototypes_euclidean(features, 2, 0.9)
    assert sorted((chosen // 50).tolist()) == [0, 1]
    offsets = (features[chosen] - middles[chosen // 50]).norm(dim=1)
    assert offsets.max() < 1


def test_copies_are_one_peak():
    features = torch.tensor([[1.0, 2.0, 0.3]] * 4 + [[5.0, 5.0, 0.1]] * 3)
    assert select_prototypes_euclidean(features, 8, 0.4).tolist() == [0, 4]
    assert select_prototypes_euclidean(torch.full((5, 7), 0.1), 3).tolist() == [0]


@pytest.mark.parametrize('n', [3, 13, 41])
def test_a_second_copy_is_never_a_peak(n, generator):
    features = torch.randn(n, 17, generator=generator)
    chosen = select_prototypes_euclidean(torch.cat([features, features]), 2 * n)
    assert len(chosen) > 0
    assert (chosen < n).all()


def test_one_sample():
    assert select_prototypes_euclidean(torch.tensor([[3.0, 4.0]])).tolist() == [0]


def test_shift_and_scale_do_not_matter(features):
    expected = select_prototypes_euclidean(features, 5, 0.9)
    assert torch.equal(select_prototypes_euclidean(features + 3, 5, 0.9), expected)
    for scale in (2.0**-600, 7.0, 2.0**600):
        scaled = select_prototypes_euclidean(features * scale, 5, 0.9)
        assert torch.equal(scaled, expected)


@pytest.mark.parametrize('dtype', [torch.float16, torch.bfloat16, torch.float32])
def test_other_precisions(features, dtype):
    low = features.to(dtype)
    expected = reference.peaks(low.double().tolist(), 5, 0.9)
    assert select_prototypes_euclidean(low, 5, 0.9).tolist() == expected


def test_strided_and_differentiable_input(features):
    strided = features.T.contiguous().T.requires_grad_()
    chosen = select_prototypes_euclidean(strided)
    assert torch.equal(chosen, select_prototypes_euclidean(features))


def test_input_is_left_alone(features):
    before = features.clone()
    select_prototypes_euclidean(features)
    assert torch.equal(features, before)


@pytest.mark.parametrize(('features', 'message'), BAD_FEATURES + EMPTY)
def test_bad_features(features, message):
    with pytest.raises(ValueError, match=message):
        select_prototypes_euclidean(features)


@pytest.mark.parametrize(
    ('setting', 'value'),
    [('num_prototypes', 0), ('density_quantile', 0.0), ('density_quantile', 1.01)],
)
def test_bad_settings(features, setting, value):
    with pytest.raises(ValueError, match=f'{setting}.*{value}'):
        select_prototypes_euclidean(features, **{setting: value})
