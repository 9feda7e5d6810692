import math
from decimal import ROUND_CEILING, Decimal

import pytest
import torch

from nl_plugins.functional import select_confident, select_highest


def fill(scores, labels, eligible, threshold, min_fraction):
    """§3.1 class by class, with loops."""
    kept = set()
    for label in set(labels):
        members = [i for i in range(len(labels)) if labels[i] == label]
        passing = [i for i in members if eligible[i] and scores[i] >= threshold]
        share = Decimal(str(min_fraction)) * len(members)
        wanted = int(share.to_integral_value(ROUND_CEILING))
        if len(passing) < wanted:
            ranking = [i for i in members if eligible[i]]
            ranking.sort(key=lambda i: (-scores[i], i))
            passing = ranking[:wanted]
        kept |= set(passing)
    return [i in kept for i in range(len(labels))]


def confident(probs, labels, threshold, min_fraction):
    eligible = [row.index(max(row)) == y for row, y in zip(probs, labels)]
    own = [row[y] for row, y in zip(probs, labels)]
    return fill(own, labels, eligible, threshold, min_fraction)


def draw(seed, size, classes, sharpness=1.0):
    generator = torch.Generator().manual_seed(seed)
    logits = torch.randn(size, classes, generator=generator, dtype=torch.float64)
    labels = torch.randint(classes, (size,), generator=generator)
    agree = torch.rand(size, generator=generator) < 0.6
    logits[agree, labels[agree]] += 2
    return (sharpness * logits).softmax(1), labels


def test_by_hand():
    probs = torch.tensor(
        [
            [0.95, 0.05],  # confident
            [0.89, 0.11],  # not confident enough
            [0.20, 0.80],  # predicted otherwise
            [0.10, 0.90],  # just confident
            [0.99, 0.01],  # predicted otherwise, confidently
            [0.40, 0.60],
        ]
    )
    labels = torch.tensor([0, 0, 0, 1, 1, 1])

    def kept(**settings):
        return select_confident(probs, labels, **settings).nonzero()[:, 0].tolist()

    assert kept() == [0, 3]
    assert kept(threshold=0.92) == [0, 3]  # the best of class 1 stays
    assert kept(threshold=0.92, min_fraction=0) == [0]
    assert kept(min_fraction=0.5) == [0, 1, 3, 5]
    assert kept(min_fraction=1) == [0, 1, 3, 5]  # none of the dropped comes back


@pytest.mark.parametrize('seed', range(6))
@pytest.mark.parametrize(('threshold', 'fraction'), [(0.9, 0.1), (0.5, 0.35), (1, 0.7)])
def test_equals_the_loops(seed, threshold, fraction):
    probs, labels = draw(seed, 120, 4, sharpness=2.0)
    got = select_confident(probs, labels, threshold, fraction)
    want = confident(probs.tolist(), labels.tolist(), threshold, fraction)
    assert got.tolist() == want
    own = probs.gather(1, labels[:, None])[:, 0]
    got = select_highest(own, labels, threshold, fraction)
    everyone = [True] * len(labels)
    want = fill(own.tolist(), labels.tolist(), everyone, threshold, fraction)
    assert got.tolist() == want


def test_who_is_not_eligible_is_never_selected():
    scores, labels = torch.tensor([0.9, 0.8, 0.7]), torch.tensor([0, 0, 0])
    eligible = torch.tensor([False, False, True])
    got = select_highest(scores, labels, 0.95, 1.0, eligible)
    assert got.tolist() == [False, False, True]
    for wrong in (eligible[:2], eligible.long()):
        with pytest.raises(ValueError, match='eligible must (be bool|have shape)'):
            select_highest(scores, labels, eligible=wrong)


def test_ties_go_to_the_lower_index_and_class():
    labels = torch.zeros(5, dtype=torch.int64)
    probs = torch.tensor([[0.5, 0.3], [0.6, 0.4], [0.6, 0.4], [0.6, 0.4], [0.5, 0.5]])
    assert select_confident(probs, labels, 0.9, 0.4).tolist() == [0, 1, 1, 0, 0]
    tied = torch.tensor([[0.5, 0.5], [0.5, 0.5]])
    chosen = select_confident(tied, torch.tensor([0, 1]), 0.5, 0.0)
    assert chosen.tolist() == [True, False]


def test_the_share_is_of_the_decimal_that_was_written():
    # 0.07 * 100 is 7.000000000000001 in floats
    labels = torch.zeros(100, dtype=torch.int64)
    probs = torch.linspace(0.5, 0.6, 100)[:, None] * torch.tensor([[1.0, 0.1]])
    assert select_confident(probs, labels, 0.9, 0.07).sum() == 7
    assert select_highest(probs[:, 0], labels, 0.9, 0.07).sum() == 7


@pytest.mark.parametrize('dtype', [torch.float16, torch.bfloat16, torch.float32])
def test_the_threshold_is_of_the_precision_of_the_probabilities(dtype):
    probs = torch.tensor([[0.9, 0.1]], dtype=dtype)
    assert select_confident(probs, torch.tensor([0]), 0.9, 0.0).tolist() == [True]


def test_permuted_samples_give_the_permuted_choice():
    probs, labels = draw(9, 80, 3)
    order = torch.randperm(80, generator=torch.Generator().manual_seed(1))
    chosen = select_confident(probs, labels, 0.8, 0.3)
    assert torch.equal(
        select_confident(probs[order], labels[order], 0.8, 0.3), chosen[order]
    )


def test_classes_without_samples_and_no_samples_at_all():
    probs = torch.tensor([[0.95, 0.03, 0.02]])
    assert select_confident(probs, torch.tensor([0])).tolist() == [True]
    none = select_confident(torch.zeros(0, 3), torch.zeros(0, dtype=torch.int64))
    assert none.shape == (0,)
    assert none.dtype == torch.bool


def test_inputs_are_left_alone_and_carry_no_gradient():
    probs = torch.tensor([[0.95, 0.05], [0.6, 0.4]], requires_grad=True)
    labels = torch.tensor([0, 0], dtype=torch.uint8)
    assert select_confident(probs, labels, 0.9, 0.1).tolist() == [True, False]
    assert probs.tolist() == [
        [pytest.approx(0.95), pytest.approx(0.05)],
        [pytest.approx(0.6), pytest.approx(0.4)],
    ]


NAN = float('nan')
GOOD, LABELS = torch.full((2, 2), 0.5), torch.tensor([0, 1])


@pytest.mark.parametrize(
    ('probs', 'labels', 'settings', 'message'),
    [
        (torch.zeros(2), LABELS, {}, r'rank 2.*\(2,\)'),
        (torch.zeros(2, 0), LABELS, {}, r'K >= 1.*\(2, 0\)'),
        ([[0.5, 0.5]], LABELS, {}, 'list'),
        (torch.tensor([[0.5, NAN], [0.5, 0.5]]), LABELS, {}, r'nan at \[0, 1\]'),
        (torch.tensor([[0.5, math.inf], [0.5, 0.5]]), LABELS, {}, r'inf at \[0, 1\]'),
        (torch.tensor([[3.0, -1.0], [0.0, 0.0]]), LABELS, {}, r'\[0, 1\].*3\.0'),
        (GOOD, torch.tensor([0, 2]), {}, r'labels\[1\] = 2'),
        (GOOD, torch.tensor([0, -1]), {}, r'labels\[1\] = -1'),
        (GOOD, torch.tensor([0]), {}, 'differ: 1 in labels, 2 in probs'),
        (GOOD, torch.tensor([0.0, 1.0]), {}, 'integers.*float32'),
        (GOOD, LABELS, dict(threshold=1.5), r'threshold.*1\.5'),
        (GOOD, LABELS, dict(min_fraction=-0.1), r'min_fraction.*-0\.1'),
        (GOOD, LABELS, dict(threshold=NAN), 'threshold.*nan'),
    ],
)
def test_bad_input(probs, labels, settings, message):
    with pytest.raises(ValueError, match=message):
        select_confident(probs, labels, **settings)


@pytest.mark.parametrize(
    ('scores', 'labels', 'message'),
    [
        (GOOD, LABELS, r'rank 1.*\(2, 2\)'),
        ([0.5, 0.5], LABELS, 'scores must be a tensor, got list'),
        (torch.tensor([0.5, NAN]), LABELS, r'nan at \[1\]'),
        (torch.tensor([0.5, -0.5]), LABELS, r'\[0, 1\].*-0\.5'),
        (torch.tensor([0.5]), LABELS, 'differ: 2 in labels, 1 in scores'),
        (torch.tensor([0.5, 0.5]), torch.tensor([0, -1]), r'labels\[1\] = -1'),
    ],
)
def test_bad_scores(scores, labels, message):
    with pytest.raises(ValueError, match=message):
        select_highest(scores, labels)
