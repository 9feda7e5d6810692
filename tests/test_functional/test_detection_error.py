"""CleanNet's metric and its threshold against loops."""

import pytest
import torch

from nl_plugins.functional import choose_threshold, class_errors, detection_error

from . import relevance_reference as reference


def draw(generator, size=120, classes=5):
    labels = torch.randint(classes, (size,), generator=generator)
    verification = torch.randint(-1, 2, (size,), generator=generator)
    scores = torch.rand(size, generator=generator, dtype=torch.float64)
    return scores + 0.3 * (verification == 1), verification, labels


def test_classes_count_alike_whatever_their_size():
    labels = torch.tensor([0, 0, 0, 0, 1, 2])
    verification = torch.tensor([1, 1, 1, 0, 0, -1])
    predicted = torch.tensor([True, True, True, True, True, False])
    assert detection_error(predicted, verification, labels, 4) == (1 / 4 + 1) / 2
    errors = class_errors(predicted, verification, labels, 4)
    assert errors[:2].tolist() == [0.25, 1.0]
    assert errors[2:].isnan().all()


def test_error_equals_the_loop(generator):
    scores, verification, labels = draw(generator)
    for threshold in (0.2, 0.5, 0.9):
        predicted = scores >= threshold
        expected = reference.error(
            predicted.tolist(), verification.tolist(), labels.tolist()
        )
        got = detection_error(predicted, verification, labels, 7)
        assert got == pytest.approx(expected, abs=1e-12)


def test_predictions_may_be_numbers(generator):
    scores, verification, labels = draw(generator)
    predicted = scores >= 0.5
    assert detection_error(
        predicted.float(), verification, labels, 5
    ) == detection_error(predicted, verification, labels, 5)


@pytest.mark.parametrize('seed', range(8))
def test_no_threshold_beats_the_chosen_one(seed):
    scores, verification, labels = draw(torch.Generator().manual_seed(seed))
    if seed % 2:
        scores = (scores * 5).round() / 5  # many equal scores
    threshold = choose_threshold(scores, verification, labels, 5)
    known = verification >= 0
    lists = [x[known].tolist() for x in (scores, verification, labels)]
    got = detection_error(scores >= threshold, verification, labels, 5)
    assert got == pytest.approx(reference.best_error(*lists), abs=1e-12)


def test_threshold_lies_midway_and_takes_the_lowest_of_equals():
    labels = torch.zeros(4, dtype=torch.int64)
    scores = torch.tensor([0.0, 0.2, 0.6, 1.0])
    right = torch.tensor([0, 0, 1, 1])
    assert choose_threshold(scores, right, labels, 1) == pytest.approx(0.4)
    two_best = torch.tensor([0, 1, 0, 1])  # above 0 or above 0.6: one error each
    assert choose_threshold(scores, two_best, labels, 1) == pytest.approx(0.1)


def test_all_right_and_all_wrong():
    labels, scores = torch.zeros(2, dtype=torch.int64), torch.tensor([0.3, 0.5])
    right = choose_threshold(scores, torch.tensor([1, 1]), labels, 1)
    wrong = choose_threshold(scores, torch.tensor([0, 0]), labels, 1)
    assert (scores >= right).all()
    assert not (scores >= wrong).any()
    assert wrong == pytest.approx(0.5)


def test_neighbours_in_single_precision_are_parted():
    low = torch.tensor(0.3)
    scores = torch.stack([low, torch.nextafter(low, torch.tensor(1.0))])
    labels = torch.zeros(2, dtype=torch.int64)
    threshold = choose_threshold(scores, torch.tensor([0, 1]), labels, 1)
    assert (scores >= threshold).tolist() == [False, True]


def test_unverified_samples_do_not_matter(generator):
    scores, verification, labels = draw(generator)
    known = verification >= 0
    whole = choose_threshold(scores, verification, labels, 5)
    part = choose_threshold(scores[known], verification[known], labels[known], 5)
    assert whole == part
    predicted = scores >= whole
    assert detection_error(predicted, verification, labels, 5) == detection_error(
        predicted[known], verification[known], labels[known], 5
    )


BAD = [
    (dict(first=torch.zeros(2, 2)), 'rank 1'),
    (dict(first=torch.zeros(3)), 'differ: 3 in (predicted|scores), 2 in labels'),
    (dict(verification=torch.tensor([-1, -1])), 'no sample has a verification'),
    (dict(verification=torch.tensor([1, 2])), r'verification\[1\] = 2'),
    (dict(verification=torch.tensor([1])), r'got \(1,\)'),
    (dict(verification=[1, 0]), 'verification must be a tensor'),
    (dict(labels=torch.tensor([0, 9])), r'labels\[1\] = 9'),
    (dict(num_classes=0), 'num_classes'),
]


@pytest.mark.parametrize(('change', 'message'), BAD)
@pytest.mark.parametrize('function', [detection_error, choose_threshold])
def test_bad_input(function, change, message):
    arguments = dict(
        first=torch.zeros(2),
        verification=torch.tensor([0, 1]),
        labels=torch.tensor([0, 1]),
        num_classes=2,
    )
    with pytest.raises(ValueError, match=message):
        function(*{**arguments, **change}.values())


def test_bad_values():
    rest = torch.tensor([0, 1]), torch.tensor([0, 1]), 2
    with pytest.raises(ValueError, match=r'predicted\[1\] = 0.5'):
        detection_error(torch.tensor([1.0, 0.5]), *rest)
    with pytest.raises(ValueError, match=r'scores must be finite.*\[0\]'):
        choose_threshold(torch.tensor([float('nan'), 0.5]), *rest)
