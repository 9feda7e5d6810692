import pytest
import torch

from nl_plugins.functional import nearest_denser_similarity, sample_density

from . import reference

# Sorted: .1 .1 .2 .2 .9 .9 1 1 1, so that the 0.6 quantile is the sixth: .9.
HAND = [[1.0, 0.9, 0.1], [0.9, 1.0, 0.2], [0.1, 0.2, 1.0]]


def symmetric(n, generator):
    values = torch.rand(n, n, generator=generator, dtype=torch.float64)
    return (values + values.T) / 2


def test_density_of_a_hand_computed_case():
    # Row 0: 1 > .9, .9 = .9, .1 < .9 -> 1 + 0 - 1; row 2: -1 - 1 + 1.
    density = sample_density(torch.tensor(HAND), 0.6)
    assert density.tolist() == [0, 0, -1]
    assert density.dtype == torch.int64


@pytest.mark.parametrize('quantile', [0.01, 0.3, 0.6, 0.95, 1.0])
@pytest.mark.parametrize('n', [1, 2, 7, 25])
def test_density_equals_the_loops(n, quantile, generator):
    S = symmetric(n, generator)
    expected = reference.density(S.tolist(), quantile)
    assert sample_density(S, quantile).tolist() == expected


def test_density_does_not_assume_symmetry(generator):
    S = torch.rand(9, 9, generator=generator, dtype=torch.float64)
    assert sample_density(S, 0.6).tolist() == reference.density(S.tolist(), 0.6)


def test_rank_is_the_ceiling_of_the_decimal_product():
    # 0.07 * 100 is 7.000000000000001 in floats: the cut is the 7th, not the 8th.
    S = torch.arange(100, dtype=torch.float64).reshape(10, 10)
    assert sample_density(S, 0.07)[0] == 3 - 6


def test_equal_entries_count_zero():
    assert sample_density(torch.ones(4, 4)).tolist() == [0, 0, 0, 0]


def test_density_follows_a_permutation(generator):
    S = symmetric(20, generator)
    order = torch.randperm(20, generator=generator)
    shuffled = sample_density(S[order][:, order])
    assert torch.equal(shuffled, sample_density(S)[order])


@pytest.mark.parametrize('dtype', [torch.float16, torch.bfloat16, torch.float32])
def test_density_in_other_precisions(dtype, generator):
    S = symmetric(12, generator).to(dtype)
    expected = reference.density(S.double().tolist(), 0.6)
    assert sample_density(S).tolist() == expected


def test_eta_of_a_hand_computed_case():
    # Densities 2, 1, 1: the densest takes its row's minimum, the others their
    # similarity to it and not to each other.
    eta = nearest_denser_similarity(torch.tensor(HAND), torch.tensor([2, 1, 1]))
    assert eta.tolist() == pytest.approx([0.1, 0.9, 0.1])


def test_eta_of_all_samples_of_the_greatest_density_is_the_minimum():
    eta = nearest_denser_similarity(torch.tensor(HAND), torch.tensor([3, 3, 1]))
    assert eta.tolist() == pytest.approx([0.1, 0.2, 0.2])


@pytest.mark.parametrize('n', [1, 2, 13, 300])
def test_eta_equals_the_loops(n, generator):
    S = symmetric(n, generator)
    density = torch.randint(-3, 4, (n,), generator=generator)
    expected = reference.eta(S.tolist(), density.tolist())
    result = nearest_denser_similarity(S, density)
    assert result.dtype == torch.float64
    assert result.tolist() == pytest.approx(expected, abs=1e-9)


def test_gradients_do_not_leak(generator):
    S = symmetric(5, generator).requires_grad_()
    density = sample_density(S)
    assert not nearest_denser_similarity(S, density).requires_grad


def test_inputs_are_left_alone(generator):
    S = symmetric(8, generator)
    before = S.clone()
    nearest_denser_similarity(S, sample_density(S))
    assert torch.equal(S, before)


def test_transposed_input(generator):
    S = torch.rand(6, 6, generator=generator, dtype=torch.float64)
    view, copy = S.T, S.T.contiguous()
    density = sample_density(copy)
    assert torch.equal(sample_density(view), density)
    assert torch.equal(
        nearest_denser_similarity(view, density),
        nearest_denser_similarity(copy, density),
    )


@pytest.mark.parametrize(
    ('similarity', 'message'),
    [
        (torch.ones(3, 2), r'square.*\(3, 2\)'),
        (torch.ones(3), r'rank 2.*\(3,\)'),
        (torch.ones(0, 0), r'empty.*\(0, 0\)'),
        (torch.tensor([[1.0, float('nan')], [0.0, 1.0]]), r'nan at \[0, 1\]'),
        (torch.tensor([[1.0, 0.0], [-float('inf'), 1.0]]), r'-inf at \[1, 0\]'),
        (torch.ones(2, 2, dtype=torch.complex64), 'complex64'),
        ([[1.0]], 'list'),
    ],
)
def test_bad_similarity(similarity, message):
    with pytest.raises(ValueError, match=message):
        sample_density(similarity)
    with pytest.raises(ValueError, match=message):
        nearest_denser_similarity(similarity, torch.zeros(2))


@pytest.mark.parametrize('quantile', [0, -0.1, 1.1, float('nan'), 'half'])
def test_bad_quantile(quantile):
    with pytest.raises(ValueError, match=r'quantile must lie in \(0, 1\]'):
        sample_density(torch.ones(2, 2), quantile)


@pytest.mark.parametrize(
    ('density', 'message'),
    [
        (torch.zeros(3), r'\(2,\), got \(3,\)'),
        (torch.zeros(2, 1), r'\(2, 1\)'),
        (torch.tensor([0.0, float('nan')]), r'density.*nan at \[1\]'),
    ],
)
def test_bad_density(density, message):
    with pytest.raises(ValueError, match=message):
        nearest_denser_similarity(torch.ones(2, 2), density)
