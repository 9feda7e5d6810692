"""Labellers of known accuracy, whose accuracy must be found."""

import math

import pytest
import torch

from nl_plugins.functional import (
    asymmetric_noise,
    correction_trust,
    corrupt_labels,
    given_label_accuracy,
    labeller_accuracy,
    symmetric_noise,
)

CLASSES = 10
NAN = float('nan')


def planted(noise, accuracy, count=4000, seed=0):
    """True and given labels, probabilities of a network of known accuracy.

    The network is surer where it is right, as networks are, and its answers are
    wrong at random; the corrected labels are those of the network.
    """
    generator = torch.Generator().manual_seed(seed)
    true = torch.randint(CLASSES, (count,), generator=generator)
    given = corrupt_labels(true, noise, seed=seed)
    score = torch.rand(count, generator=generator)
    is_right = torch.rand(count, generator=generator) < (2 * accuracy * score).clamp(
        max=1
    )
    shift = torch.randint(1, CLASSES, (count,), generator=generator)
    answer = torch.where(is_right, true, (true + shift) % CLASSES)
    confidence = 0.2 + 0.7 * score
    probs = ((1 - confidence) / (CLASSES - 1))[:, None].repeat(1, CLASSES)
    probs.scatter_(1, answer[:, None], confidence[:, None])
    return true, given, probs, answer


def share(a, b):
    return float((a == b).double().mean())


@pytest.mark.parametrize('seed', [0, 1, 2])
@pytest.mark.parametrize('accuracy', [0.6, 0.9])
@pytest.mark.parametrize(
    'noise',
    [
        symmetric_noise(CLASSES, 0.2),
        symmetric_noise(CLASSES, 0.5),
        symmetric_noise(CLASSES, 0.6),
        asymmetric_noise(CLASSES, {2: 7, 3: 8, 5: 6, 6: 5, 7: 1}, 0.4),
        asymmetric_noise(CLASSES, {c: (c + 1) % CLASSES for c in range(CLASSES)}, 0.3),
    ],
    ids=['symmetric 0.2', 'symmetric 0.5', 'symmetric 0.6', 'pairs 0.4', 'cycle 0.3'],
)
def test_estimates_track_the_truth(noise, accuracy, seed):
    true, given, probs, corrected = planted(noise, accuracy, seed=seed)
    trust = correction_trust(given, corrected, probs)
    assert trust.given_accuracy == pytest.approx(share(given, true), abs=0.06)
    assert trust.corrected_accuracy == pytest.approx(share(corrected, true), abs=0.1)
    assert trust.predicted_accuracy == trust.corrected_accuracy
    assert trust.source == 'noisy labels'
    assert trust.num_samples == 4000
    gain = share(corrected, true) - share(given, true)
    if abs(gain) > 0.1:
        assert trust.trusted == (gain > 0)


def test_prototypes_worse_than_the_network_are_told_apart():
    true, given, probs, predicted = planted(symmetric_noise(CLASSES, 0.3), 0.95)
    spoilt = torch.arange(len(true)) % 2 == 0
    corrected = torch.where(spoilt, (predicted + 3) % CLASSES, predicted)
    trust = correction_trust(given, corrected, probs)
    assert trust.corrected_accuracy == pytest.approx(share(corrected, true), abs=0.06)
    assert trust.predicted_accuracy == pytest.approx(share(predicted, true), abs=0.06)
    assert not trust.trusted


def test_standard_error_is_the_spread_over_repetitions():
    noise = symmetric_noise(CLASSES, 0.5)
    gains, errors = [], []
    for seed in range(60):
        _, given, probs, corrected = planted(noise, 0.5, count=180, seed=seed)
        trust = correction_trust(given, corrected, probs)
        gains.append(trust.corrected_accuracy - trust.given_accuracy)
        errors.append(trust.standard_error)
    spread = torch.tensor(gains).std().item()
    assert 0.6 < torch.tensor(errors).median().item() / spread < 1.6


def test_a_memorised_sample_is_never_trusted():
    """In-sample, predictions repeat the given labels: they look right."""
    true, given, _, corrected = planted(symmetric_noise(CLASSES, 0.5), 0.9)
    probs = torch.nn.functional.one_hot(given, CLASSES).double()
    trust = correction_trust(given, corrected, probs)
    assert trust.given_accuracy == 1
    assert not trust.trusted
    assert share(corrected, true) > share(given, true)


def test_a_network_gone_bad_does_not_make_the_labels_worse():
    """Confidently wrong at random, it agrees with few of the good given labels."""
    true, given, probs, corrected = planted(symmetric_noise(CLASSES, 0.4), 0.7, 1000)
    first = correction_trust(given, corrected, probs)
    answer = torch.where(torch.arange(1000) % 2 == 0, true, (true + 1) % CLASSES)
    sure = torch.nn.functional.one_hot(answer, CLASSES).double()
    alone = correction_trust(given, answer, sure)
    assert alone.given_accuracy < 0.4
    assert alone.trusted
    told = correction_trust(given, answer, sure, previous=first)
    assert told.given_accuracy == first.given_accuracy
    assert told.given_support == first.given_support
    assert told.corrected_accuracy == pytest.approx(0.5, abs=0.08)
    assert not told.trusted
    assert told.agreement == first.agreement > alone.agreement
    # The other way round the estimate of the worse network is left behind.
    assert correction_trust(given, corrected, probs, previous=alone) == first


def test_mistakes_on_hard_samples_make_it_reluctant():
    """Labels wrong only where the network is unsure: g is overestimated."""
    true, _, probs, corrected = planted(symmetric_noise(CLASSES, 0.0), 0.7)
    hard = probs.amax(dim=1) < 0.5
    given = torch.where(hard, (true + 1) % CLASSES, true)
    trust = correction_trust(given, corrected, probs)
    assert trust.given_accuracy > share(given, true)


@pytest.mark.parametrize(
    ('agreement', 'given', 'classes', 'expected'),
    [
        (0.5, 0.5, 10, 1.0),  # a perfect labeller agrees as often as y is right
        (0.25 + 0.5 * 0.5 / 9, 0.5, 10, 0.5),  # one as good as y
        (0.5 / 9, 0.5, 10, 0.0),  # always wrong
        (0.7, 0.6, 10, 1.0),  # clipped
        (0.0, 0.6, 10, 0.0),
        (0.58, 0.9, 2, 0.6),  # 0.6 * 0.9 + 0.4 * 0.1
        (0.3, 0.1, 10, 0.1),  # g at chance: nothing follows
        (0.3, 0.05, 10, 0.05),
    ],
)
def test_labeller_accuracy_by_hand(agreement, given, classes, expected):
    result = labeller_accuracy(agreement, given, classes)
    assert result == pytest.approx(expected, abs=1e-6)


def test_given_label_accuracy_by_hand():
    """Two classes of 96 that network and correction agree on, and 8 that they don't.

    The surer half of each class agrees with the given label in 36 of 48, and the
    surer quarter, 48 samples in all, in 42: the eighth would be too few.
    """
    top = torch.tensor([True] * 21 + [False] * 3)
    second = torch.tensor([True] * 15 + [False] * 9)
    rest = torch.zeros(48, dtype=torch.bool)
    agrees = torch.cat([top, second, rest]).repeat(2)
    predicted = torch.arange(2).repeat_interleave(96)
    given = torch.where(agrees, predicted, 1 - predicted)
    sure = torch.linspace(0.99, 0.6, 96, dtype=torch.float64).repeat(2)
    probs = (1 - sure)[:, None].repeat(1, 2)
    probs.scatter_(1, predicted[:, None], sure[:, None])
    corrected = predicted.clone()
    disputed = torch.tensor([[0.999, 0.001]], dtype=torch.float64).repeat(8, 1)
    probs = torch.cat([probs, disputed])
    given = torch.cat([given, torch.zeros(8, dtype=torch.int64)])
    corrected = torch.cat([corrected, torch.ones(8, dtype=torch.int64)])
    assert given_label_accuracy(probs, given, corrected) == (42 / 48, 48)
    order = torch.randperm(200, generator=torch.Generator().manual_seed(0))
    shuffled = (probs[order], given[order], corrected[order])
    assert given_label_accuracy(*shuffled) == (42 / 48, 48)


def test_nothing_agrees():
    probs, zeros = torch.eye(2)[[0] * 40], torch.zeros(40, dtype=torch.int64)
    assert given_label_accuracy(probs, zeros, zeros + 1) == (1.0, 0)
    trust = correction_trust(zeros, zeros + 1, probs)
    assert math.isinf(trust.standard_error)
    assert not trust.trusted


def test_few_samples_are_never_trusted():
    _, given, probs, corrected = planted(symmetric_noise(CLASSES, 0.6), 1.0, 31)
    assert not correction_trust(given, corrected, probs, margin=0).trusted


@pytest.mark.parametrize('rate', [0.2, 0.5])
@pytest.mark.parametrize('accuracy', [0.4, 0.7, 0.95])
def test_verification_tracks_the_truth(rate, accuracy):
    true, given, probs, corrected = planted(symmetric_noise(CLASSES, rate), accuracy)
    verification = (given == true).long()
    verification[500:] = -1
    trust = correction_trust(given, corrected, probs, verification)
    assert trust.source == 'verification'
    assert trust.num_samples == 500
    assert trust.given_accuracy == share(given[:500], true[:500])
    truth = share(corrected[:500], true[:500])
    assert trust.corrected_accuracy == pytest.approx(truth, abs=0.03)
    assert trust.trusted == (truth > trust.given_accuracy)


def test_verification_by_hand():
    """Of 40 right labels 30 are kept; of 40 wrong ones 30 are replaced.

    Skill 0.75, replaced 0.75: every replaced label counts as right.
    """
    given = torch.zeros(80, dtype=torch.int64)
    corrected = torch.tensor([0] * 30 + [1] * 10 + [0] * 10 + [1] * 30)
    verification = torch.tensor([1] * 40 + [0] * 40)
    probs = torch.eye(3)[corrected]
    trust = correction_trust(given, corrected, probs, verification)
    assert trust.given_accuracy == 0.5
    assert trust.corrected_accuracy == pytest.approx(0.75)
    assert trust.predicted_accuracy == pytest.approx(0.75)
    moment = (40 + 2) / 82 - 0.25**2
    assert trust.standard_error == pytest.approx(math.sqrt(moment / 82))
    assert trust.trusted
    # Half of the right labels lost: a replaced one is right in 0.5 / 0.75.
    corrected = torch.tensor([0] * 20 + [1] * 20 + [0] * 10 + [1] * 30)
    trust = correction_trust(given, corrected, torch.eye(3)[corrected], verification)
    assert trust.corrected_accuracy == pytest.approx(0.5)
    assert not trust.trusted
    # Of two classes the other one is right: 20 + 30 of 80.
    trust = correction_trust(given, corrected, torch.eye(2)[corrected], verification)
    assert trust.corrected_accuracy == pytest.approx(50 / 80)


def test_unknown_verification_is_none():
    _, given, probs, corrected = planted(symmetric_noise(CLASSES, 0.5), 0.9)
    unknown = torch.full_like(given, -1)
    assert correction_trust(given, corrected, probs, unknown) == correction_trust(
        given, corrected, probs
    )


LABELS = torch.tensor([0, 1, 1])


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        (dict(given=torch.tensor([0, 1, 2])), r'given\[2\] = 2 is not in \[0, 2\)'),
        (dict(corrected=torch.tensor([0, -1, 1])), r'corrected\[1\] = -1'),
        (dict(given=LABELS[:2]), 'differ: 2 in given, 3 in corrected, 3 in probs'),
        (dict(given=LABELS.double()), 'integers'),
        (dict(probs=torch.tensor([[1.0, 0.0], [NAN, 0.0], [0.0, 1.0]])), r'\[1, 0\]'),
        (dict(probs=torch.ones(3)), r'rank 2.*\(3,\)'),
        (dict(probs=torch.ones(3, 1)), r'K >= 2.*\(3, 1\)'),
        (dict(probs=torch.ones(0, 2)), r'empty.*\(0, 2\)'),
        (dict(verification=LABELS[:2]), r'verification must have shape \(3,\)'),
        (dict(verification=LABELS + 1), r'verification\[1\] = 2 is not 1, 0 or -1'),
        (dict(margin=-1.0), 'margin'),
        (dict(margin=NAN), 'margin'),
    ],
)
def test_bad_input(arguments, message):
    good = dict(given=LABELS, corrected=LABELS, probs=torch.eye(2)[LABELS])
    with pytest.raises(ValueError, match=message):
        correction_trust(**{**good, **arguments})


@pytest.mark.parametrize(
    'arguments', [(1.2, 0.5, 10), (0.5, NAN, 10), (0.5, 0.5, 1)], ids=str
)
def test_bad_rates(arguments):
    with pytest.raises(ValueError, match='must'):
        labeller_accuracy(*arguments)
