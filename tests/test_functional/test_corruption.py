import numpy as np
import pytest
import torch

from nl_plugins.functional import asymmetric_noise, corrupt_labels, symmetric_noise

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
    assert noisy.tolist() == [
        3,
        1,
        0,
        0,
        6,
        8,
        6,
        7,
        8,
        9,
        6,
        0,
        7,
        0,
        5,
        3,
        7,
        7,
        5,
        7,
    ]


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
        (torch.tensor([[1.0, 0.0], [0.5, 0.4]]), r'row 1 sums to 0\.9'),
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
