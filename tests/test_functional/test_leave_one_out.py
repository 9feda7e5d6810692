import numpy as np
import pytest
import torch

from nl_plugins.functional import (
    RidgeStatistics,
    feature_rows,
    leave_one_out,
    leave_one_out_scores,
)

from . import ridge_reference as reference
from .bad_features import EMPTY, INF, NAN

EXACT = dict(rtol=0, atol=1e-8)


def samples(generator, size, dim, num_classes=4):
    """Features with unequal means and scales, and labels that they tell of."""
    x = torch.randn(size, dim, generator=generator, dtype=torch.float64)
    noise = torch.randn(size, num_classes, generator=generator, dtype=torch.float64)
    labels = (x[:, :num_classes] + noise).argmax(dim=1)
    scale = torch.rand(dim, generator=generator, dtype=torch.float64) + 0.5
    return x * scale + 3 * scale, labels


def one_hot(labels, num_classes=4):
    return torch.eye(num_classes, dtype=torch.float64)[labels]


@pytest.fixture(params=[(60, 7), (12, 11), (11, 11), (20, 50), (2, 4)], ids=str)
def data(request, generator):
    return samples(generator, *request.param)


@pytest.mark.parametrize('ridge', [1e-5, 1e-2, 1.0, 1e4])
def test_equals_refitting_without_the_sample(data, ridge):
    x, labels = data
    scores = leave_one_out_scores(x, labels, 4, ridge)
    assert scores.dtype == torch.float64
    expected = reference.refitted(x, one_hot(labels), ridge)
    torch.testing.assert_close(scores, expected, **EXACT)


def test_weighted_soft_labels_equal_refitting(data, generator):
    x, _ = data
    y = torch.randn(len(x), 3, generator=generator, dtype=torch.float64)
    w = torch.rand(len(x), generator=generator, dtype=torch.float64) * 5
    w[2:4] = 0
    scores = leave_one_out_scores(x, y, 3, 0.1, weights=w)
    torch.testing.assert_close(scores, reference.refitted(x, y, 0.1, w), **EXACT)


def test_groups_are_left_out_together(data, generator):
    x, labels = data
    w = torch.rand(len(x), generator=generator, dtype=torch.float64) + 0.1
    groups = torch.randint(0, len(x) // 2, (len(x),), generator=generator)
    groups[-2:] = torch.tensor([-7, 99])
    if len(x) == 2:
        groups = torch.tensor([5, -5])
    scores = leave_one_out_scores(x, labels, 4, 0.1, weights=w, groups=groups)
    expected = reference.refitted(x, one_hot(labels), 0.1, w, groups)
    torch.testing.assert_close(scores, expected, **EXACT)


@pytest.mark.parametrize(('size', 'dim'), [(60, 7), (20, 50)])
@pytest.mark.parametrize('copied', [1, 4], ids=['a fourth', 'all'])
def test_copies_have_no_say_in_the_penalty(generator, size, dim, copied):
    x, labels = samples(generator, size, dim)
    # copies confirm each other the better, the less is penalised
    rows = torch.arange(copied * size // 4)
    tripled, many = torch.cat([x, x[rows], x[rows]]), labels[rows]
    groups = torch.cat([torch.arange(size), rows, rows])
    given = torch.cat([labels, many, many])
    found = leave_one_out_scores(tripled, given, 4, groups=groups)
    y = one_hot(given)
    # the naive search, over a path that is fine enough to compare two choices
    errors = {}
    for ridge in torch.logspace(-4, 3, 15, dtype=torch.float64).tolist():
        left = y - leave_one_out_scores(tripled, given, 4, ridge, groups=groups)
        errors[ridge] = float(left.square().sum())
    assert float((y - found).square().sum()) <= 1.05 * min(errors.values())
    alone = leave_one_out_scores(tripled, given, 4)
    if copied == 4:
        leaves = float((y - found).square().sum())
        assert float((y - alone).square().sum()) < leaves


@pytest.mark.parametrize(
    ('groups', 'weights', 'message'),
    [
        ([0, 0, 1], None, 'groups must be 4 integers'),
        ([0.0, 0.0, 1.0, 2.0], None, 'groups must be 4 integers'),
        ([7, 7, 7, 7], None, 'group 7 has all samples'),
        ([7, 7, 1, 2], [1.0, 1.0, 0.0, 0.0], 'group 7 has all samples'),
        ([7, 7, 1, 2], [1.0, 0.0, 1.0, 1.0], 'group 7 has a sample of weight 0'),
    ],
)
def test_groups_that_cannot_be_left_out(groups, weights, message):
    x, labels = torch.eye(4)[:, :2], torch.tensor([0, 1, 0, 1])
    weights = None if weights is None else torch.tensor(weights)
    groups = torch.tensor(groups)
    with pytest.raises(ValueError, match=message):
        leave_one_out_scores(x, labels, 2, weights=weights, groups=groups)


def test_numbers_by_hand():
    # without the first: mean 3, slope 2 / (8 + 1) with the penalty 3 * 1/3
    features, labels = torch.tensor([[0.0], [1.0], [5.0]]), torch.tensor([0, 0, 1])
    scores = leave_one_out_scores(features, labels, 2, ridge=1 / 3)
    expected = torch.tensor([[7 / 6, -1 / 6], [7 / 9, 2 / 9], [1, 0]]).double()
    torch.testing.assert_close(scores, expected, rtol=0, atol=1e-6)


@pytest.mark.parametrize('size', [40, 8])
def test_constant_dimensions_and_duplicates(generator, size):
    x, labels = samples(generator, size, 10)
    x[:, [0, 4]] = torch.tensor([0.1, -7.3], dtype=torch.float64)
    x[3:6] = x[2]
    expected = reference.refitted(x, one_hot(labels), 0.05)
    scores = leave_one_out_scores(x, labels, 4, 0.05)
    torch.testing.assert_close(scores, expected, **EXACT)


@pytest.mark.parametrize('size', [40, 8])
def test_a_class_of_one_sample_and_one_without(generator, size):
    x, labels = samples(generator, size, 9, num_classes=2)
    labels[5] = 2
    scores = leave_one_out_scores(x, labels, 4, 0.05)
    expected = reference.refitted(x, one_hot(labels), 0.05)
    torch.testing.assert_close(scores, expected, **EXACT)
    assert scores[5, 2].abs() < 1e-8  # nothing else says that there is such a class
    assert scores[:, 3].abs().max() < 1e-8
    torch.testing.assert_close(scores.sum(dim=1), torch.ones(size).double(), **EXACT)


@pytest.mark.parametrize('size', [80, 20])
def test_features_that_are_all_the_same_leave_the_share_of_the_others(size):
    labels = torch.arange(size) % 4
    scores = leave_one_out_scores(torch.full((size, 30), 0.3), labels, 4)
    others = one_hot(labels).sum(dim=0) - one_hot(labels)
    torch.testing.assert_close(scores, others / (size - 1), **EXACT)


@pytest.mark.parametrize('size', [40, 8])
def test_standardised_features(generator, size):
    x, labels = samples(generator, size, 10)
    x[:, 3] = 0.1  # is left out; in a mean of it there would be rounding
    z = (x - x.mean(dim=0)) / x.std(dim=0, correction=0).clamp_min(1e-9)
    z[:, 3] = 0
    scores = leave_one_out_scores(x, labels, 4, 0.3, standardize=True)
    torch.testing.assert_close(scores, leave_one_out_scores(z, labels, 4, 0.3), **EXACT)
    stretched = leave_one_out_scores(x * 1e4, labels, 4, 0.3, standardize=True)
    torch.testing.assert_close(scores, stretched, **EXACT)


@pytest.mark.parametrize('size', [100, 20])
@pytest.mark.parametrize('weighted', [False, True])
def test_ridge_is_chosen_by_its_own_error(generator, size, weighted):
    x, labels = samples(generator, size, 25)
    w = torch.ones(size, dtype=torch.float64)
    if weighted:
        w = torch.rand(size, generator=generator, dtype=torch.float64)
        w[3] = 0
    statistics = RidgeStatistics(25, 4)
    statistics.add(x, labels, w)
    path = statistics.solve()
    errors = []
    for ridge in path.ridges:
        missed = reference.refitted(x, one_hot(labels), ridge, w) - one_hot(labels)
        errors.append(float((w * missed.square().sum(dim=1)).sum()))
    assert path.loo_errors(x, labels, w).tolist() == pytest.approx(errors, rel=1e-8)
    best = errors.index(min(errors))
    assert 0 < best < len(errors) - 1
    expected = leave_one_out_scores(x, labels, 4, path.ridges[best], weights=w)
    scores = leave_one_out_scores(x, labels, 4, weights=w)
    torch.testing.assert_close(scores, expected, **EXACT)


def test_chunks_and_judges_change_nothing_that_counts(generator, monkeypatch):
    x, labels = samples(generator, 300, 5)
    w = torch.rand(300, generator=generator)
    expected = leave_one_out_scores(x, labels, 4, weights=w)
    monkeypatch.setattr(feature_rows, '_CHUNK_BYTES', 8 * 9 * 7)
    scores = leave_one_out_scores(x, labels, 4, weights=w)
    torch.testing.assert_close(scores, expected, **EXACT)
    monkeypatch.setattr(leave_one_out, '_JUDGES', 200)
    judged = leave_one_out_scores(x, labels, 4, weights=w)
    assert torch.equal(judged, leave_one_out_scores(x, labels, 4, weights=w))
    assert (judged - expected).abs().max() < 0.05


@pytest.mark.parametrize('dtype', [np.float16, np.float32, np.float64, np.uint8])
@pytest.mark.parametrize('size', [50, 6])
def test_memory_map(generator, tmp_path, dtype, size):
    x, labels = samples(generator, size, 8)
    values = (x * 9).numpy().astype(dtype)
    np.save(tmp_path / 'features.npy', values)
    mapped = np.load(tmp_path / 'features.npy', mmap_mode='r')
    scores = leave_one_out_scores(mapped, labels, 4, 0.1)
    expected = leave_one_out_scores(torch.from_numpy(values).double(), labels, 4, 0.1)
    assert torch.equal(scores, expected)


def test_single_precision_is_near(generator):
    x, labels = samples(generator, 500, 20)
    scores = leave_one_out_scores(x.half(), labels, 4, dtype=torch.float32)
    expected = leave_one_out_scores(x.half(), labels, 4)
    assert scores.dtype == torch.float64
    torch.testing.assert_close(scores, expected, rtol=0, atol=1e-5)


def test_a_large_mean_costs_no_precision(generator):
    x, labels = samples(generator, 60, 7)
    expected = leave_one_out_scores(x, labels, 4, 0.1)
    moved = leave_one_out_scores(x + 2.0**20, labels, 4, 0.1)
    torch.testing.assert_close(moved, expected, **EXACT)


def test_order_of_samples_and_classes_and_arguments_left_alone(generator):
    x, labels = samples(generator, 60, 7)
    before = x.clone()
    scores = leave_one_out_scores(x.requires_grad_(), labels, 4)
    assert not scores.requires_grad
    assert torch.equal(x, before)
    order, names = torch.randperm(60, generator=generator), torch.tensor([2, 0, 3, 1])
    moved = leave_one_out_scores(x[order], names[labels[order]], 4)
    torch.testing.assert_close(moved[:, names], scores[order], **EXACT)


def test_wrong_labels_are_found(generator):
    centres = 3 * torch.randn(4, 16, generator=generator)
    true = torch.randint(4, (800,), generator=generator)
    x = centres[true] + torch.randn(800, 16, generator=generator)
    wrong = torch.rand(800, generator=generator) < 0.4
    given = torch.where(wrong, (true + 1) % 4, true)
    scores = leave_one_out_scores(x, given, 4)
    assert (scores.argmax(dim=1) == true).double().mean() > 0.95
    own = scores.gather(1, given[:, None])
    assert (own[wrong] < own[~wrong].T).double().mean() > 0.9


@pytest.mark.parametrize(
    ('features', 'message'),
    [
        (torch.ones(3), r'rank 2.*\(3,\)'),
        (np.ones(3), r'rank 2.*\(3,\)'),
        (np.array([['a']]), r'numbers.*U1'),
        (torch.ones(2, 2, dtype=torch.complex64), 'complex64'),
        ([[1.0, 1.0]], 'list'),
        (torch.tensor([[1.0], [NAN], [0]]), r'features.*nan at \[1, 0\]'),
        (torch.tensor([[1.0, 2, 3], [0, 0, -INF]]), r'features.*-inf at \[1, 2\]'),
        (torch.tensor([[1e200], [-1e200]], dtype=torch.float64), 'too large'),
        *EMPTY,
    ],
)
def test_bad_features(features, message):
    with pytest.raises(ValueError, match=message):
        leave_one_out_scores(features, torch.zeros(len(features)).long(), 2)


def test_where_a_chunk_has_a_bad_feature(monkeypatch):
    monkeypatch.setattr(feature_rows, '_CHUNK_BYTES', 8 * 4 * 3)
    x = torch.ones(20, 2, dtype=torch.float16)
    x[10, 1] = INF
    with pytest.raises(ValueError, match=r'inf at \[10, 1\]'):
        leave_one_out_scores(x, torch.zeros(20).long(), 2)


@pytest.mark.parametrize(
    ('changes', 'message'),
    [
        (dict(labels=torch.tensor([0, 1, 2, 0])), r'labels\[2\] = 2 is not in \[0, 2'),
        (dict(labels=torch.tensor([0, 1, -1, 0])), r'labels\[2\] = -1'),
        (dict(labels=torch.tensor([0, 1])), r'labels must have shape \(4,\), got \(2'),
        (
            dict(labels=torch.zeros(4, 3)),
            r'labels must have shape \(4, 2\), got \(4, 3',
        ),
        (dict(labels=torch.full((4, 2), NAN)), r'labels must be finite.*\[0, 0\]'),
        (dict(labels=torch.zeros(4)), 'labels must be integers'),
        (dict(labels=[0, 1, 0, 1]), 'list'),
        (dict(num_classes=0), 'num_classes.*0'),
        (dict(ridge=0.0), 'ridge must be a positive number, got 0.0'),
        (dict(ridge=NAN), 'ridge.*nan'),
        (dict(weights=torch.ones(3)), r'weights must have shape \(4,\)'),
        (dict(weights=torch.tensor([1.0, -1, 1, 1])), r'weights\[1\] = -1.0 is neg'),
        (dict(weights=torch.tensor([1.0, 0, 0, 0])), 'fewer than 2 samples'),
        (dict(features=torch.ones(1, 1), labels=torch.tensor([0])), 'fewer than 2'),
        (dict(dtype=torch.float16), 'dtype.*float16'),
    ],
)
@pytest.mark.parametrize('dim', [2, 5])
def test_bad_input(changes, message, dim):
    arguments = dict(
        features=torch.eye(4)[:, :1].expand(4, dim),
        labels=torch.tensor([0, 1, 0, 1]),
        num_classes=2,
    )
    with pytest.raises(ValueError, match=message):
        leave_one_out_scores(**{**arguments, **changes})
