import math

import pytest
import torch

from nl_plugins.functional import (
    bottom_up_posterior,
    label_posterior,
    symmetric_noise,
)

TRANSITION = torch.tensor([[0.7, 0.2, 0.1], [0.0, 0.9, 0.1], [0.0, 0.5, 0.5]])


def test_by_hand():
    probs = torch.tensor([[0.5, 0.25, 0.25], [0.5, 0.25, 0.25]])
    posterior = label_posterior(probs, torch.tensor([1, 0]), TRANSITION)
    # 0.5 * 0.2, 0.25 * 0.9 and 0.25 * 0.5; only class 0 is ever labelled 0
    expected = torch.tensor([[0.1, 0.225, 0.125], [0.45, 0, 0]]) / 0.45
    torch.testing.assert_close(posterior, expected)


def test_equals_the_loops_and_the_posterior_of_logits(generator):
    logits = torch.randn(50, 5, generator=generator, dtype=torch.float64) * 3
    probs = logits.softmax(dim=1)
    labels = torch.randint(5, (50,), generator=generator)
    transition = torch.rand(5, 5, generator=generator, dtype=torch.float64).softmax(1)
    posterior = label_posterior(probs, labels, transition)
    assert posterior.dtype == torch.float64
    for i, label in enumerate(labels.tolist()):
        joint = [float(probs[i, y] * transition[y, label]) for y in range(5)]
        expected = [value / sum(joint) for value in joint]
        assert posterior[i].tolist() == pytest.approx(expected, rel=1e-12)
    same = bottom_up_posterior(logits, labels, transition.T)
    torch.testing.assert_close(posterior, same)
    scaled = label_posterior(probs * 7, labels, transition)
    torch.testing.assert_close(posterior, scaled)


def test_unknown_labels_leave_the_prediction(generator):
    probs = torch.rand(4, 3, generator=generator).softmax(dim=1)
    posterior = label_posterior(probs, torch.tensor([-1, 1, -1, 2]), TRANSITION)
    torch.testing.assert_close(posterior[[0, 2]], probs[[0, 2]])
    assert (posterior[[1, 3]] - probs[[1, 3]]).abs().amax(dim=1).min() > 0.01


def test_a_label_that_contradicts_the_prediction_is_left_out():
    probs = torch.tensor([[0.0, 0.25, 0.75]])
    posterior = label_posterior(probs, torch.tensor([0]), TRANSITION)
    assert torch.equal(posterior, probs)


@pytest.mark.parametrize('dtype', [torch.float16, torch.bfloat16, torch.float32])
def test_small_numbers_in_low_precision(dtype):
    tiny = torch.finfo(dtype).tiny
    probs = torch.tensor([[tiny, 2 * tiny, 0]], dtype=dtype)
    posterior = label_posterior(probs, torch.tensor([1]), TRANSITION)
    torch.testing.assert_close(posterior, torch.tensor([[0.1, 0.9, 0]]))


def test_sure_labels_and_useless_ones(generator):
    probs = torch.rand(6, 3, generator=generator).softmax(dim=1)
    labels = torch.arange(6) % 3
    certain = label_posterior(probs, labels, torch.eye(3))
    torch.testing.assert_close(certain, torch.eye(3)[labels])
    uniform = label_posterior(probs, labels, symmetric_noise(3, 2 / 3))
    torch.testing.assert_close(uniform, probs)


def test_no_gradient_flows():
    probs = torch.full((1, 3), 0.5, requires_grad=True)
    posterior = label_posterior(probs, torch.tensor([1]), TRANSITION)
    assert not posterior.requires_grad


@pytest.mark.parametrize(
    ('changes', 'message'),
    [
        (dict(probs=torch.zeros(0, 3)), r'probs is empty'),
        (dict(probs=torch.ones(2, 2)), r'probs must have shape \(2, 3\), got \(2, 2\)'),
        (dict(probs=torch.tensor([[1, 1, 1], [1, math.nan, 1]])), r'probs.*\[1, 1\]'),
        (dict(probs=torch.tensor([[1, 1, 1], [1, -0.5, 1]])), r'probs\[1, 1\] = -0.5'),
        (dict(probs=torch.tensor([[1, 1, 1], [0, 0, 0]])), 'row 1 of probs is zero'),
        (dict(labels=torch.tensor([0, 3])), r'labels\[1\] = 3 is not in \[0, 3\)'),
        (dict(labels=torch.tensor([0, -2])), r'labels\[1\] = -2'),
        (dict(labels=torch.tensor([0.0, 1.0])), 'labels must be integers'),
        (dict(labels=[0, 1]), 'list'),
        (dict(labels=torch.tensor([0])), '1 in labels, 2 in probs'),
        (dict(transition=TRANSITION.T), 'row 0 of transition.*transposed'),
        (dict(transition=TRANSITION[:2]), 'transition must be square'),
        (dict(transition=TRANSITION - 0.05), r'transition\[1, 0\] = -0.05 is negative'),
    ],
)
def test_bad_input(changes, message):
    arguments = dict(
        probs=torch.ones(2, 3), labels=torch.tensor([0, 1]), transition=TRANSITION
    )
    with pytest.raises(ValueError, match=message):
        label_posterior(**{**arguments, **changes})
