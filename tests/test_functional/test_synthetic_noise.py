import numpy as np
import pytest
import torch

from nl_plugins.functional import (
    asymmetric_noise,
    corrupt_labels,
    image_noise,
    symmetric_noise,
)

from . import reference

_MASK = (1 << 128) - 1


def uniforms(seed, count):
    """PCG64 (XSL-RR 128/64, O'Neill 2014) in Python's integers."""
    state = np.random.PCG64(seed).state['state']
    number, increment = state['state'], state['inc']
    for _ in range(count):
        number = (number * 0x2360ED051FC65DA44385DF649FCCF645 + increment) & _MASK
        folded, turn = (number >> 64) ^ (number & (1 << 64) - 1), number >> 122
        turned = (folded >> turn | folded << (-turn & 63)) & (1 << 64) - 1
        yield (turned >> 11) / 2**53


def test_equals_the_loops(generator):
    weights = torch.rand(6, 6, generator=generator, dtype=torch.float64)
    weights[weights < 0.4] = 0
    weights[:, 3] += 0.1
    transition = weights / weights.sum(dim=1, keepdim=True)
    labels = torch.randint(6, (500,), generator=generator)
    rows = transition.tolist()
    expected = [
        reference.noisy_label(rows[label], u)
        for label, u in zip(labels.tolist(), uniforms(7, 500))
    ]
    assert corrupt_labels(labels, transition, seed=7).tolist() == expected


def test_the_draw_never_changes():
    # Written down once: a change here makes every published split another one.
    noisy = corrupt_labels(torch.arange(20) % 10, symmetric_noise(10, 0.5), seed=0)
    drawn = [3, 1, 0, 0, 6, 8, 6, 7, 8, 9, 6, 0, 7, 0, 5, 3, 7, 7, 5, 7]
    assert noisy.tolist() == drawn


def test_seed_decides_and_global_generators_do_not():
    labels, transition = torch.arange(1000) % 10, symmetric_noise(10, 0.5)
    torch.manual_seed(1)
    np.random.seed(1)
    first = corrupt_labels(labels, transition, 0)
    torch.manual_seed(2)
    np.random.seed(2)
    assert torch.equal(corrupt_labels(labels, transition, 0), first)
    assert not torch.equal(corrupt_labels(labels, transition, 1), first)


def test_a_draw_depends_on_its_own_label_only(generator):
    transition = symmetric_noise(10, 0.5)
    labels = torch.randint(10, (300,), generator=generator)
    noisy = corrupt_labels(labels, transition, 0)
    assert torch.equal(corrupt_labels(labels[:100], transition, 0), noisy[:100])
    changed = labels.clone()
    changed[::2] = 0
    assert torch.equal(corrupt_labels(changed, transition, 0)[1::2], noisy[1::2])


def test_rates_are_met():
    labels = torch.arange(100_000) % 5
    for transition in (
        symmetric_noise(5, 0.4),
        asymmetric_noise(5, {0: 1, 3: 4, 4: 3}, 0.3),
    ):
        noisy = corrupt_labels(labels, transition, 0)
        counts = torch.zeros(5, 5, dtype=torch.float64)
        counts.index_put_((labels, noisy), torch.ones(1).double(), accumulate=True)
        # Five standard deviations of a share among 20,000.
        assert (counts / 20_000 - transition).abs().max() < 5 * 0.5 / 20_000**0.5
        assert (counts[transition == 0] == 0).all()


@pytest.mark.parametrize('rate', [0.0, 1.0])
def test_certain_noise(rate):
    labels = torch.arange(1000) % 4
    noisy = corrupt_labels(labels, asymmetric_noise(4, {1: 2}, rate), 0)
    expected = torch.where(labels == 1, 2, labels) if rate else labels
    assert torch.equal(noisy, expected)


def test_rounded_sums_draw_no_class_beyond_the_last(monkeypatch):
    class Extremes:
        def __init__(self, seed):
            pass

        def random_raw(self, size):
            return np.array([0, 2**64 - 1] * (size // 2), dtype=np.uint64)

    monkeypatch.setattr(np.random, 'PCG64', Extremes)
    # Ten times 0.1 adds up to less than the largest number below 1.
    transition = torch.zeros(12, 12, dtype=torch.float64)
    transition[:, 1:11] = 0.1 - 1e-8
    noisy = corrupt_labels(torch.zeros(4, dtype=torch.int64), transition, 0)
    assert noisy.tolist() == [1, 10, 1, 10]


@pytest.mark.parametrize('dtype', [torch.uint8, torch.int32])
def test_any_integer_labels_and_single_precision_rows(dtype):
    labels = (torch.arange(300) % 3).to(dtype)
    transition = symmetric_noise(3, 0.5)
    noisy = corrupt_labels(labels, transition.float(), 0)
    assert noisy.dtype == torch.int64
    assert torch.equal(noisy, corrupt_labels(labels.long(), transition, 0))


def test_no_labels_and_strided_labels():
    transition = symmetric_noise(3, 0.5)
    none = corrupt_labels(torch.empty(0, dtype=torch.int64), transition, 0)
    assert none.shape == (0,)
    assert none.dtype == torch.int64
    labels = torch.arange(60) % 3
    copy = labels[::2].contiguous()
    assert torch.equal(
        corrupt_labels(labels[::2], transition, 0), corrupt_labels(copy, transition, 0)
    )


def test_inputs_are_left_alone():
    labels, transition = torch.arange(30) % 3, symmetric_noise(3, 0.5)
    transition.requires_grad_()
    before = labels.clone(), transition.detach().clone()
    corrupt_labels(labels, transition, 0)
    assert torch.equal(labels, before[0])
    assert torch.equal(transition, before[1])


@pytest.mark.parametrize(
    ('transition', 'message'),
    [
        (torch.ones(2, 3) / 3, r'square.*\(2, 3\)'),
        (torch.ones(2), r'rank 2.*\(2,\)'),
        (torch.tensor([[1.0, 0.0], [0.5, 0.4]]), r'row 1 of transition sums to 0\.9'),
        (torch.tensor([[1.5, -0.5], [0.0, 1.0]]), r'\[0, 1\] = -0\.5 is negative'),
        (torch.tensor([[1.0, 0.0], [float('nan'), 1.0]]), r'nan at \[1, 0\]'),
        (torch.empty(0, 0), r'empty.*\(0, 0\)'),
    ],
)
def test_bad_transition(transition, message):
    with pytest.raises(ValueError, match=message):
        corrupt_labels(torch.tensor([0, 1]), transition, 0)


@pytest.mark.parametrize(
    ('labels', 'message'),
    [
        (torch.tensor([0, 1, 3]), r'labels\[2\] = 3.*\[0, 3\)'),
        (torch.tensor([0, -1]), r'labels\[1\] = -1'),
        (torch.tensor([0.0]), 'integers.*float32'),
        (torch.tensor([[0]]), r'rank 1.*\(1, 1\)'),
        (torch.tensor(0), r'rank 1.*\(\)'),
    ],
)
def test_bad_labels(labels, message):
    with pytest.raises(ValueError, match=message):
        corrupt_labels(labels, symmetric_noise(3, 0.5), 0)


@pytest.mark.parametrize('seed', [-1, 0.5, None])
def test_bad_seed(seed):
    with pytest.raises(ValueError, match=f'seed.*{seed}'):
        corrupt_labels(torch.tensor([0]), symmetric_noise(3, 0.5), seed)


def test_symmetric_noise_of_three_classes():
    transition = symmetric_noise(3, 0.4)
    expected = [[0.6, 0.2, 0.2], [0.2, 0.6, 0.2], [0.2, 0.2, 0.6]]
    assert transition.dtype == torch.float64
    torch.testing.assert_close(transition, torch.tensor(expected, dtype=torch.float64))


def test_asymmetric_noise_of_three_classes():
    transition = asymmetric_noise(3, {0: 2, 2: 1}, 0.3)
    expected = [[0.7, 0.0, 0.3], [0.0, 1.0, 0.0], [0.0, 0.3, 0.7]]
    assert transition.dtype == torch.float64
    torch.testing.assert_close(transition, torch.tensor(expected, dtype=torch.float64))


@pytest.mark.parametrize('rate', [0, 0.0, 0.2, 0.6, 1, 1.0, np.float64(0.5)])
@pytest.mark.parametrize('num_classes', [2, 3, 10, 1000])
def test_rows_sum_to_one(num_classes, rate):
    pairs = {0: 1, 1: 0}
    for transition in (
        symmetric_noise(num_classes, rate),
        asymmetric_noise(num_classes, pairs, rate),
    ):
        assert transition.shape == (num_classes, num_classes)
        assert (transition >= 0).all()
        ones = torch.ones(num_classes, dtype=torch.float64)
        torch.testing.assert_close(transition.sum(dim=1), ones, rtol=0, atol=1e-12)
        assert transition[0, 0].item() == 1 - rate


def test_no_pairs_is_no_noise():
    assert torch.equal(asymmetric_noise(4, {}, 0.5), torch.eye(4).double())


@pytest.mark.parametrize('rate', [-0.1, 1.1, float('nan'), '0.5'])
def test_bad_rate(rate):
    with pytest.raises(ValueError, match=rf'rate must lie in \[0, 1\], got .*{rate}'):
        symmetric_noise(3, rate)
    with pytest.raises(ValueError, match=rf'rate must lie in \[0, 1\], got .*{rate}'):
        asymmetric_noise(3, {0: 1}, rate)


@pytest.mark.parametrize('num_classes', [1, 0, -3, 2.0])
def test_bad_number_of_classes(num_classes):
    with pytest.raises(ValueError, match=f'num_classes.*{num_classes}'):
        symmetric_noise(num_classes, 0.1)
    with pytest.raises(ValueError, match=f'num_classes.*{num_classes}'):
        asymmetric_noise(num_classes, {}, 0.1)


@pytest.mark.parametrize(
    ('pairs', 'message'),
    [
        ({0: 3}, 'class of pairs must be < 3, got 3'),
        ({5: 0}, 'class of pairs must be < 3, got 5'),
        ({0: -1}, 'class of pairs.*-1'),
        ({0: 1.5}, r'class of pairs.*1\.5'),
        ({1: 1}, 'with itself, got 1'),
        ([(0, 1)], 'mapping, got list'),
    ],
)
def test_bad_pairs(pairs, message):
    with pytest.raises(ValueError, match=message):
        asymmetric_noise(3, pairs, 0.1)


CYCLE = torch.tensor([[0, 1, 0], [0, 0, 1], [1, 0, 0]]).double()


def plant(scores, labels, **changes):
    settings = dict(transition=CYCLE, confusing=0.5, random=0.25, seed=0)
    settings.update(changes)
    return image_noise(torch.tensor(scores), torch.tensor(labels), **settings)


def test_image_noise_by_hand():
    scores = [4.0, 1.0, 3.0, 2.0, 10.0, 20.0, 30.0, 40.0]
    noisy, types = plant(scores, [0, 0, 0, 0, 1, 1, 1, 1])
    # per class the two highest are confused, the lowest gets any other label
    assert types.tolist() == [2, 1, 2, 0, 1, 0, 2, 2]
    assert noisy[[0, 2]].tolist() == [1, 1]
    assert noisy[[6, 7]].tolist() == [2, 2]
    assert noisy[[3, 5]].tolist() == [0, 1]
    assert noisy[1] != 0
    assert noisy[4] != 1


def test_shares_are_per_class_and_ties_go_to_the_lower_index():
    scores, labels = [0.0] * 10, [0] * 7 + [1] * 3
    _, types = plant(scores, labels, confusing=0.3, random=0.3)
    # 2.1 and 0.9 rounded up; 2.1 and 0.9 rounded down
    assert types.tolist() == [2, 2, 2, 0, 0, 1, 1, 2, 0, 0]


def test_draws_follow_the_transition_and_the_seed(generator):
    labels = torch.arange(30000) % 3
    scores = torch.rand(30000, generator=generator)
    transition = torch.tensor([[0, 0.7, 0.3], [1, 0, 0], [0.5, 0.5, 0]]).double()
    noisy, types = image_noise(scores, labels, transition, 0.4, 0.2, seed=1)
    again = image_noise(scores, labels, transition, 0.4, 0.2, seed=2)
    assert torch.equal(again[1], types)
    assert not torch.equal(again[0], noisy)
    for label in range(3):
        confused = noisy[(labels == label) & (types == 2)]
        share = torch.bincount(confused, minlength=3) / len(confused)
        assert torch.allclose(share.double(), transition[label], atol=0.03)
        random = noisy[(labels == label) & (types == 1)]
        share = torch.bincount(random, minlength=3) / len(random)
        assert torch.allclose(share, (torch.arange(3) != label) / 2, atol=0.05)
    assert torch.equal(noisy[types == 0], labels[types == 0])
    assert scores[types == 2].min() > scores[types == 0].max() - 0.05
    assert scores[types == 1].max() < scores[types == 0].min() + 0.05


def test_all_or_no_images():
    assert plant([1.0, 2.0], [0, 1], confusing=0, random=0)[0].tolist() == [0, 1]
    assert plant([1.0, 2.0], [0, 1], confusing=1, random=0)[0].tolist() == [1, 2]
    assert plant([1.0, 2.0], [0, 1], confusing=0, random=1)[1].tolist() == [1, 1]


@pytest.mark.parametrize(
    ('changes', 'message'),
    [
        (dict(confusing=0.8, random=0.3), r'confusing \+ random = 1.1 is above 1'),
        (dict(confusing=-0.1), r'confusing must lie in \[0, 1\]'),
        (dict(transition=torch.eye(3)), 'diagonal of transition must be zero'),
        (dict(transition=CYCLE * 2), 'row 0 of transition sums to 2'),
        (dict(seed=-1), 'seed'),
        (dict(scores=[1.0]), 'differ: 1 in scores, 2 in labels'),
        (dict(scores=[1.0, float('nan')]), 'scores must be finite'),
        (dict(labels=[0, 3]), r'labels\[1\] = 3'),
    ],
)
def test_bad_image_noise(changes, message):
    with pytest.raises(ValueError, match=message):
        plant(**{'scores': [1.0, 2.0], 'labels': [0, 1], **changes})
