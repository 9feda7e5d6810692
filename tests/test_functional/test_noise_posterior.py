import math

import pytest
import torch

from nl_plugins.functional import estimate_confusion, noise_posterior

from . import noise_layer_reference as reference

CONFUSION = torch.tensor([[0, 0.5, 0.0], [0.9, 0, 1.0], [0.1, 0.5, 0]])


def random_case(generator, batch=20, num_classes=6, scale=3.0):
    true = torch.randint(0, num_classes, (200,), generator=generator)
    noisy = torch.randint(0, num_classes, (200,), generator=generator)
    confusion = estimate_confusion(true, noisy, num_classes)
    logits = torch.randn(batch, num_classes, generator=generator).double() * scale
    types = torch.randn(batch, 3, generator=generator).double() * scale
    return logits, types, noisy[:batch], confusion


@pytest.mark.parametrize('num_classes', [2, 3, 6, 14])
def test_agrees_with_loops(generator, num_classes):
    case = random_case(generator, num_classes=num_classes)
    q_y, q_z = noise_posterior(*case)
    for i in range(20):
        want_y, want_z = reference.posterior(
            case[0][i].tolist(), case[1][i].tolist(), int(case[2][i]), case[3].tolist()
        )
        assert q_y[i].tolist() == pytest.approx(want_y, abs=1e-12)
        assert q_z[i].tolist() == pytest.approx(want_z, abs=1e-12)


def test_by_hand():
    # p(y|x) = (.5, .25, .25), p(z|x) = (.5, .25, .25), noisy label 1:
    # z=0: y=1 .125; z=1: y=0 .0625, y=2 .03125; z=2: y=0 .1125, y=2 .0625
    p_y, p_z = torch.tensor([[0.5, 0.25, 0.25]]), torch.tensor([[0.5, 0.25, 0.25]])
    q_y, q_z = noise_posterior(p_y.log(), p_z.log(), torch.tensor([1]), CONFUSION)
    total = 0.125 + 0.0625 + 0.03125 + 0.1125 + 0.0625
    want = torch.tensor([[0.175, 0.125, 0.09375]]) / total
    torch.testing.assert_close(q_y, want)
    want = torch.tensor([[0.125, 0.09375, 0.175]]) / total
    torch.testing.assert_close(q_z, want)


def test_certain_types():
    logits = torch.tensor([[1.0, 0.0, 2.0]]).expand(3, 3)
    types = torch.eye(3) * 200
    q_y, q_z = noise_posterior(logits, types, torch.tensor([1, 1, 1]), CONFUSION)
    torch.testing.assert_close(q_z, torch.eye(3))
    p = logits[0].softmax(0)
    others = torch.tensor([p[0], 0, p[2]]) / (p[0] + p[2])  # random: any but label 1
    confused = torch.tensor([0.9 * p[0], 0, p[2]]) / (0.9 * p[0] + p[2])
    want = torch.stack([torch.tensor([0.0, 1, 0]), others, confused])
    torch.testing.assert_close(q_y, want)


@pytest.mark.parametrize('dtype', [torch.float16, torch.bfloat16, torch.float32])
def test_low_precision(generator, dtype):
    logits, types, noisy, confusion = random_case(generator)
    q = noise_posterior(logits.to(dtype), types.to(dtype), noisy, confusion)
    want = noise_posterior(
        logits.to(dtype).double(), types.to(dtype).double(), noisy, confusion
    )
    for got, expected in zip(q, want):
        assert got.dtype == torch.float32
        torch.testing.assert_close(got.double(), expected, atol=1e-5, rtol=0)


@pytest.mark.parametrize('dtype', [torch.float16, torch.float32, torch.float64])
@pytest.mark.parametrize('share', [1e-3, 0.1, 1.0])
def test_extreme_logits_stay_finite_and_sum_to_one(generator, dtype, share):
    huge = torch.finfo(dtype).max * share
    signs = torch.tensor([[1, -1, -1], [-1, 1, -1], [-1, -1, 1], [1, 1, -1]])
    logits = signs.to(dtype) * huge
    for types in (logits, logits.flip(1), torch.zeros_like(logits)):
        for label in range(3):
            noisy = torch.full((4,), label)
            for q in noise_posterior(logits, types, noisy, CONFUSION):
                assert torch.isfinite(q).all()
                torch.testing.assert_close(q.sum(1).double(), torch.ones(4).double())


def test_large_logits_are_exact(generator):
    # exp would overflow; the answer is that of the same logits minus a constant
    logits, types, noisy, confusion = random_case(generator)
    want = noise_posterior(logits, types, noisy, confusion)
    got = noise_posterior(logits + 5e3, types - 7e3, noisy, confusion)
    for q, expected in zip(got, want):
        torch.testing.assert_close(q, expected, atol=1e-9, rtol=0)


def test_sure_of_another_class_and_of_no_noise():
    # p(noisy|x) underflows: 1e-400 for "noise free", 1e-300 for "random"
    logits = torch.tensor([[0.0, -400.0, -400.0]]).double() * math.log(10)
    types = torch.tensor([[0.0, -300.0, -600.0]]).double() * math.log(10)
    q_y, q_z = noise_posterior(logits, types, torch.tensor([1]), CONFUSION.double())
    assert q_y.argmax() == 0
    assert q_z.argmax() == 1
    torch.testing.assert_close(q_y.sum(), torch.ones(()).double())


def test_permuting_classes_and_samples_permutes_the_result(generator):
    logits, types, noisy, confusion = random_case(generator)
    q_y, q_z = noise_posterior(logits, types, noisy, confusion)
    order, names = torch.randperm(20), torch.randperm(6)
    moved = noise_posterior(
        logits[order][:, names],
        types[order],
        names.argsort()[noisy[order]],
        confusion[names][:, names],
    )
    torch.testing.assert_close(moved[0], q_y[order][:, names])
    torch.testing.assert_close(moved[1], q_z[order])


def test_no_gradient_flows(generator):
    logits, types, noisy, confusion = random_case(generator)
    for q in noise_posterior(
        logits.requires_grad_(), types.requires_grad_(), noisy, confusion
    ):
        assert not q.requires_grad


def test_empty_batch():
    q_y, q_z = noise_posterior(
        torch.zeros(0, 3), torch.zeros(0, 3), torch.tensor([]).long(), CONFUSION
    )
    assert (q_y.shape, q_z.shape) == ((0, 3), (0, 3))


@pytest.mark.parametrize(
    ('changes', 'message'),
    [
        (dict(class_logits=torch.zeros(2, 4)), r'class_logits .*\(2, 3\), got \(2, 4'),
        (dict(type_logits=torch.zeros(2, 2)), r'type_logits .*\(2, 3\), got \(2, 2\)'),
        (dict(type_logits=torch.zeros(1, 3)), r'type_logits .*\(2, 3\), got \(1, 3\)'),
        (dict(noisy_labels=torch.tensor([0, 3])), r'noisy_labels\[1\] = 3'),
        (dict(noisy_labels=torch.tensor([0])), '1 in noisy_labels'),
        (dict(class_logits=torch.tensor([[0, 0, 0], [0, math.nan, 0]])), r'\[1, 1\]'),
        (dict(type_logits=torch.full((2, 3), math.inf)), 'type_logits must be finite'),
        (dict(confusion=CONFUSION.T), 'column 0 of confusion sums to'),
        (dict(confusion=torch.zeros(3, 3)), 'column 0 of confusion sums to 0'),
    ],
)
def test_bad_input(changes, message):
    arguments = dict(
        class_logits=torch.zeros(2, 3),
        type_logits=torch.zeros(2, 3),
        noisy_labels=torch.tensor([0, 1]),
        confusion=CONFUSION,
    )
    with pytest.raises(ValueError, match=message):
        noise_posterior(**{**arguments, **changes})
