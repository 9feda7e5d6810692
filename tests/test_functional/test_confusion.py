import math

import pytest
import torch

from nl_plugins.functional import estimate_confusion, noise_types
from nl_plugins.functional.confusion import check_confusion, label_counts

from .noise_layer_reference import best_column_likelihood, column_likelihood


def pairs_of(counts):
    """Labels (true, noisy) that give the counts [noisy][true], in mixed order."""
    true: list = []
    noisy: list = []
    for i, row in enumerate(counts):
        for j, count in enumerate(row):
            true += [j] * count
            noisy += [i] * count
    order = torch.randperm(len(true), generator=torch.Generator().manual_seed(0))
    return torch.tensor(true).long()[order], torch.tensor(noisy).long()[order]


def test_hand_computed_column():
    # True class 0 of 5 (alpha 1/4) became 1 six times, 2 three times, 3 once:
    # E(1) = 6 log 1 + 4 log 1/4 = -5.545
    # E(2) = 6 log 6/9 + 3 log 3/9 + 1 log 1/4 = -7.115
    # so only label 1 is confusing, the others are random.
    counts = [[50, 0, 0, 0, 0], [6, 9, 0, 0, 0], [3, 0, 9, 0, 0], [1, 0, 0, 9, 0]]
    confusion = estimate_confusion(*pairs_of([*counts, [0, 0, 0, 0, 9]]), 5)
    assert confusion.dtype == torch.float64
    assert confusion[:, 0].tolist() == [0, 1, 0, 0, 0]
    for j in range(1, 5):  # nobody is mislabelled: uniform off the diagonal
        assert confusion[:, j].tolist() == [0.25 * (i != j) for i in range(5)]


def test_two_confusing_labels():
    # Of 11 classes (alpha 0.1), 60 and 40 of 102 wrong labels, two at random.
    # E(1) = 42 log 0.1 = -96.7; E(2) = 60 log 0.6 + 40 log 0.4 + 2 log 0.1 = -71.9;
    # E(3) = 60 log 60/101 + 40 log 40/101 + log 1/101 + log 0.1 = -75.2
    wrong = torch.tensor([7] * 60 + [2] * 40 + [3, 9])
    confusion = estimate_confusion(torch.full((102,), 5), wrong, 11)
    column = confusion[:, 5].tolist()
    assert column[7] == 0.6
    assert column[2] == 0.4
    assert sum(column) == 1


@pytest.mark.parametrize('num_classes', [2, 3, 4, 6])
@pytest.mark.parametrize('seed', range(8))
def test_no_set_of_confusing_labels_is_likelier(num_classes, seed):
    generator = torch.Generator().manual_seed(seed)
    skew = torch.rand(num_classes, num_classes, generator=generator) ** 4
    counts = (skew * [3, 20, 200][seed % 3]).long()
    true, noisy = pairs_of(counts.tolist())
    confusion = check_confusion(estimate_confusion(true, noisy, num_classes))
    alpha = 1 / (num_classes - 1)
    for j in range(num_classes):
        column, wrong = confusion[:, j].tolist(), counts[:, j].tolist()
        best = best_column_likelihood(wrong, j)
        assert math.isclose(column_likelihood(wrong, column, j), best, abs_tol=1e-9)
        if sum(wrong) > wrong[j]:  # Lemma 1
            assert all(c == 0 or c > alpha or num_classes == 2 for c in column)
        assert column[j] == 0


def test_of_equally_likely_answers_the_smallest_counts():
    # alpha = 1/4, labels 1 to 4 equally often:
    # E(1) = -3 log 4 = E(2) = -2 log 2 - 2 log 4
    counts = torch.zeros(5, 5, dtype=torch.int64)
    for m in (1, 7, 1000):
        counts[1:, 0] = m
        confusion = estimate_confusion(*pairs_of(counts.tolist()), 5)
        assert confusion[:, 0].tolist() == [0, 1, 0, 0, 0]


def test_order_and_right_labels_do_not_matter(generator):
    true = torch.randint(0, 6, (400,), generator=generator)
    noisy = torch.randint(0, 6, (400,), generator=generator)
    confusion = estimate_confusion(true, noisy, 6)
    order = torch.randperm(400, generator=generator)
    assert torch.equal(estimate_confusion(true[order], noisy[order], 6), confusion)
    wrong = true != noisy
    assert torch.equal(estimate_confusion(true[wrong], noisy[wrong], 6), confusion)
    relabel = torch.randperm(6, generator=generator)
    renamed = estimate_confusion(relabel[true], relabel[noisy], 6)
    before = column_sums(confusion, true, noisy)
    assert math.isclose(column_sums(renamed, relabel[true], relabel[noisy]), before)


def column_sums(confusion, true, noisy):
    counts = label_counts(true, noisy, len(confusion)).T.tolist()
    columns = confusion.T.tolist()
    return sum(column_likelihood(counts[j], columns[j], j) for j in range(len(counts)))


def test_planted_confusion_is_found(generator):
    # half of the wrong labels go to two labels, the others anywhere
    true = torch.arange(60000) % 20
    near = (true + 1 + (torch.rand(60000, generator=generator) < 0.3)) % 20
    anywhere = (true + torch.randint(1, 20, (60000,), generator=generator)) % 20
    half = torch.rand(60000, generator=generator) < 0.5
    confusion = estimate_confusion(true, torch.where(half, near, anywhere), 20)
    for j in range(20):
        assert set(confusion[:, j].nonzero()[:, 0].tolist()) == {
            (j + 1) % 20,
            (j + 2) % 20,
        }
        assert 0.62 < confusion[(j + 1) % 20, j] < 0.76


def test_no_samples_and_two_classes():
    empty = torch.tensor([], dtype=torch.int64)
    uniform = estimate_confusion(empty, empty, 3)
    assert torch.equal(uniform, (1 - torch.eye(3).double()) / 2)
    only = estimate_confusion(torch.tensor([0, 1]), torch.tensor([1, 0]), 2)
    assert only.tolist() == [[0, 1], [1, 0]]


def test_small_integer_types_do_not_overflow():
    labels = torch.tensor([99, 3], dtype=torch.int8), torch.tensor([98, 99]).char()
    confusion = estimate_confusion(*labels, 100)
    assert confusion[98, 99] == 1
    assert confusion[99, 3] == 1


def test_noise_types_by_hand():
    confusion = torch.tensor([[0, 0.5, 0.0], [0.9, 0, 1.0], [0.1, 0.5, 0]])
    true = torch.tensor([0, 0, 0, 1, 1, 2, 2])
    noisy = torch.tensor([0, 1, 2, 0, 2, 1, 0])
    # 0.5 = 1 / (L - 1) is not above it
    assert noise_types(true, noisy, confusion).tolist() == [0, 2, 1, 1, 1, 2, 1]
    assert noise_types(true, noisy, confusion.double()).dtype == torch.int64


@pytest.mark.parametrize('dtype', [torch.float32, torch.float64])
@pytest.mark.parametrize('num_classes', [2, 3, 4, 8, 14, 100])
def test_in_a_uniform_column_all_noise_is_random(num_classes, dtype):
    empty = torch.tensor([], dtype=torch.int64)
    uniform = estimate_confusion(empty, empty, num_classes).to(dtype)
    true = torch.zeros(num_classes, dtype=torch.int64)
    types = noise_types(true, torch.arange(num_classes), uniform)
    assert types.tolist() == [0] + [1] * (num_classes - 1)


GOOD = torch.tensor([[0, 0.5, 0.0], [0.9, 0, 1.0], [0.1, 0.5, 0]])


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        (lambda c: c.T, r'column 0 of confusion sums to 0.5, .* but its rows do'),
        (lambda c: c * 0.99, 'column 0 .*sums to 0.99'),
        (lambda c: c + torch.eye(3) * 0.1, r'column 0 of confusion sums to 1.1'),
        (
            lambda c: torch.eye(3),
            r'confusion\[0, 0\] = 1, but the diagonal must be zero',
        ),
        (lambda c: c * torch.tensor([[1, 1, 1], [1, 1, 1], [-1, 1, 1]]), 'negative'),
        (lambda c: c.index_fill(0, torch.tensor([1]), math.nan), 'finite, got nan'),
        (lambda c: c[:2], r'square, got shape \(2, 3\)'),
        (lambda c: c[:1, :1], r'L >= 2'),
        (lambda c: c.round().int(), 'floating point'),
        (lambda c: c.tolist(), 'tensor, got list'),
    ],
)
def test_matrices_that_are_refused(change, message):
    with pytest.raises(ValueError, match=message):
        noise_types(torch.tensor([0]), torch.tensor([1]), change(GOOD.clone()))


@pytest.mark.parametrize(
    ('true', 'noisy', 'classes', 'message'),
    [
        ([0, 3], [0, 0], 3, r'true_labels\[1\] = 3 is not in \[0, 3\)'),
        ([0, 0], [-1, 0], 3, r'noisy_labels\[0\] = -1'),
        ([0, 0], [0], 3, 'differ: 2 in true_labels, 1 in noisy_labels'),
        ([0.0], [0], 3, 'true_labels must be integers'),
        ([0], [[0]], 3, r'noisy_labels must have rank 1, got shape \(1, 1\)'),
        ([0], [0], 1, 'num_classes must be an integer >= 2, got 1'),
        ([0], [0], 2.5, 'num_classes'),
    ],
)
def test_bad_labels(true, noisy, classes, message):
    with pytest.raises(ValueError, match=message):
        estimate_confusion(torch.tensor(true), torch.tensor(noisy), classes)
