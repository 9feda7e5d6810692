import pytest
import torch

from nl_plugins.functional import (
    confidence_totals,
    confident_labels,
    corrupt_labels,
    self_confidence,
    symmetric_noise,
)

PROBS = torch.tensor(
    [
        [0.7, 0.2, 0.1],
        [0.5, 0.4, 0.1],
        [0.3, 0.6, 0.1],
        [0.4, 0.4, 0.2],
        [0.1, 0.1, 0.8],
    ]
)
LABELS = torch.tensor([0, 0, 1, 1, 1])


def test_by_hand():
    thresholds = self_confidence(confidence_totals(PROBS, LABELS))
    # means of 0.7, 0.5 and of 0.6, 0.4, 0.1; nobody is labelled 2
    torch.testing.assert_close(thresholds, torch.tensor([0.6, 1.1 / 3, 1]).double())
    # sample 1: only class 1 (0.4) reaches its threshold; sample 4: 0.8 is not 1
    assert confident_labels(PROBS, thresholds).tolist() == [0, 1, 1, 1, -1]


def test_the_likeliest_of_several_classes_and_of_equals_the_lower():
    thresholds = torch.tensor([0.25, 0.25, 0.05]).double()
    assert confident_labels(PROBS, thresholds).tolist() == [0, 0, 1, 0, 2]


def test_finds_planted_noise(generator):
    true = torch.arange(3000) % 10
    given = corrupt_labels(true, symmetric_noise(10, 0.4), seed=0)
    logits = torch.randn(3000, 10, generator=generator)
    logits[torch.arange(3000), true] += 5
    probs = logits.softmax(1)
    totals = sum(map(confidence_totals, probs.split(700), given.split(700)))
    guess = confident_labels(probs, self_confidence(totals))
    known = guess >= 0
    assert known.float().mean() > 0.9
    assert (guess == true)[known].float().mean() > 0.95


@pytest.mark.parametrize(
    ('changes', 'message'),
    [
        (dict(labels=torch.tensor([0])), 'differ: 1 in labels, 5 in probs'),
        (dict(labels=torch.tensor([0, 0, 1, 1, 3])), r'labels\[4\] = 3'),
        (dict(probs=PROBS[0]), 'probs must have rank 2'),
        (dict(probs=PROBS * float('nan')), 'probs must be finite'),
    ],
)
def test_bad_input(changes, message):
    arguments = {'probs': PROBS, 'labels': LABELS, **changes}
    with pytest.raises(ValueError, match=message):
        confidence_totals(**arguments)


@pytest.mark.parametrize(
    ('probs', 'thresholds', 'message'),
    [
        (PROBS[0], torch.zeros(3), 'probs must have rank 2'),
        (PROBS * float('inf'), torch.zeros(3), 'probs must be finite'),
        (PROBS, torch.zeros(2), r'thresholds must have shape \(3,\), got \(2,\)'),
    ],
)
def test_thresholds_that_do_not_fit(probs, thresholds, message):
    with pytest.raises(ValueError, match=message):
        confident_labels(probs, thresholds)
