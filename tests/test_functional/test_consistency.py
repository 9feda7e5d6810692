import math

import pytest
import torch

from nl_plugins.functional import consistency, ramp_down, ramp_up


def test_by_hand():
    a = torch.tensor([[1.0, 0.0], [0.5, 0.5], [0.2, 0.8]])
    b = torch.tensor([[0.0, 1.0], [0.5, 0.5], [0.5, 0.5]])
    torch.testing.assert_close(consistency(a, b), torch.tensor([2.0, 0.0, 0.18]))


def test_equals_the_loops(generator):
    a = torch.rand(20, 5, generator=generator, dtype=torch.float64)
    b = torch.rand(20, 5, generator=generator, dtype=torch.float64)
    want = [
        sum((x - y) ** 2 for x, y in zip(r, s)) for r, s in zip(a.tolist(), b.tolist())
    ]
    got = consistency(a, b)
    assert got.dtype == torch.float64
    assert got.tolist() == pytest.approx(want, abs=1e-12)
    assert torch.equal(got, consistency(b, a))


def test_gradients_flow_through_both(generator):
    a = torch.rand(4, 3, generator=generator, dtype=torch.float64).requires_grad_()
    b = torch.rand(4, 3, generator=generator, dtype=torch.float64).requires_grad_()
    consistency(a, b).sum().backward()
    torch.testing.assert_close(a.grad, 2 * (a - b).detach())
    torch.testing.assert_close(b.grad, 2 * (b - a).detach())


@pytest.mark.parametrize('dtype', [torch.float16, torch.bfloat16])
def test_half_precision_is_computed_in_single(generator, dtype):
    a, b = torch.rand(2, 6, 4, generator=generator).to(dtype)
    got = consistency(a, b)
    assert got.dtype == torch.float32
    assert torch.equal(got, consistency(a.float(), b.float()))


def test_no_rows():
    assert consistency(torch.zeros(0, 3), torch.zeros(0, 3)).shape == (0,)


@pytest.mark.parametrize(
    ('a', 'b', 'message'),
    [
        (torch.zeros(3), torch.zeros(3), r'probs_a must have rank 2.*\(3,\)'),
        (torch.zeros(3, 2), torch.zeros(3), r'probs_b must have rank 2.*\(3,\)'),
        (torch.zeros(3, 2), torch.zeros(2, 2), r'\(3, 2\).*\(2, 2\)'),
        (torch.tensor([[float('nan')]]), torch.zeros(1, 1), r'probs_a.*nan at \[0, 0'),
        (torch.zeros(1, 1), torch.tensor([[float('inf')]]), r'probs_b.*inf at \[0, 0'),
        ([[0.0]], torch.zeros(1, 1), 'list'),
    ],
)
def test_bad_input(a, b, message):
    with pytest.raises(ValueError, match=message):
        consistency(a, b)


def test_ramp_up_by_hand():
    assert ramp_up(0, 80) == pytest.approx(0.006737946999085467)  # exp(-5)
    assert ramp_up(40, 80) == pytest.approx(0.2865047968601901)  # exp(-1.25)
    assert ramp_up(80, 80) == ramp_up(81, 80) == ramp_up(1e9, 80) == 1.0


def test_ramp_down_by_hand():
    assert ramp_down(50, 50) == ramp_down(300, 50) == 1.0
    assert ramp_down(25, 50) == pytest.approx(0.04393693362340742)  # exp(-3.125)
    assert ramp_down(0, 50) == pytest.approx(3.726653172078671e-06)  # exp(-12.5)


@pytest.mark.parametrize('ramp', [ramp_up, ramp_down])
def test_it_rises_and_has_no_length_without_a_ramp(ramp):
    values = [ramp(step, 10) for step in range(12)]
    assert values[:11] == sorted(set(values))
    assert ramp(0, 0) == ramp(5, 0) == 1.0
    assert ramp(3, 7.0) == ramp(3.0, 7)


@pytest.mark.parametrize('ramp', [ramp_up, ramp_down])
@pytest.mark.parametrize(
    'arguments', [(-1, 10), (1, -10), (math.nan, 1), (1, math.inf), ('1', 1)]
)
def test_bad_ramps(ramp, arguments):
    with pytest.raises(ValueError, match='must be a number >= 0, got'):
        ramp(*arguments)
