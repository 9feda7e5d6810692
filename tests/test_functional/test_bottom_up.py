import pytest
import torch
import torch.nn.functional as F

from nl_plugins.functional import bottom_up_posterior, label_confusion

Q = torch.tensor([[0.7, 0.0, 0.2], [0.3, 0.9, 0.2], [0.0, 0.1, 0.6]])


def test_label_confusion_by_hand():
    true = torch.tensor([0, 0, 0, 0, 1, 1])
    noisy = torch.tensor([0, 0, 0, 2, 1, 0])
    want = [[0.75, 0.5, 0], [0, 0.5, 0], [0.25, 0, 1]]  # class 2 has no samples
    assert label_confusion(true, noisy, 3).tolist() == want
    assert label_confusion(true, noisy, 3).dtype == torch.float64


def test_a_prior_leaves_nothing_impossible():
    true, noisy = torch.tensor([0, 0, 1]), torch.tensor([0, 1, 1])
    got = label_confusion(true, noisy, 3, prior=1.0)
    third = 1 / 3
    want = [
        [(1 + third) / 3, third / 2, third],
        [(1 + third) / 3, (1 + third) / 2, third],
        [third / 3, third / 2, third],
    ]
    torch.testing.assert_close(got, torch.tensor(want).double())


def test_posterior_by_hand():
    logits = torch.tensor([[0.5, 0.25, 0.25]]).log()
    got = bottom_up_posterior(logits, torch.tensor([0]), Q)
    torch.testing.assert_close(got, torch.tensor([[0.35, 0, 0.05]]) / 0.4)


def test_the_target_gives_the_gradient_of_the_linear_layer(generator):
    """Sukhbaatar's loss is -log of Q times the softmax; its gradient is ours."""
    logits = torch.randn(10, 3, generator=generator).double().requires_grad_()
    noisy = torch.randint(0, 3, (10,), generator=generator)
    paper = -(logits.softmax(1) @ Q.double().T).gather(1, noisy[:, None]).log().mean()
    (want,) = torch.autograd.grad(paper, logits)
    target = bottom_up_posterior(logits, noisy, Q)
    assert not target.requires_grad
    (got,) = torch.autograd.grad(F.cross_entropy(logits, target), logits)
    torch.testing.assert_close(got, want)


def test_extreme_logits():
    huge = torch.finfo(torch.float32).max
    logits = torch.tensor([[huge, -huge, 0.0], [-huge, huge, -huge]])
    for label in range(3):
        got = bottom_up_posterior(logits, torch.tensor([label, label]), Q)
        assert torch.isfinite(got).all()
        torch.testing.assert_close(got.sum(1), torch.ones(2))


@pytest.mark.parametrize(
    ('changes', 'message'),
    [
        (dict(confusion=Q.T), 'column 0 of confusion sums to .*, but its rows do'),
        (dict(confusion=Q * 0.5), 'column 0 of confusion sums to 0.5, not to 1$'),
        (dict(confusion=torch.eye(3)[:, [0, 0, 2]]), 'row 1 of confusion is zero'),
        (
            dict(class_logits=torch.zeros(1, 3)),
            'differ: 2 in noisy_labels, 1 in class_logits',
        ),
        (
            dict(class_logits=torch.zeros(2, 2)),
            r'\(2, 3\), got \(2, 2\)',
        ),
        (dict(noisy_labels=torch.tensor([0, -1])), r'noisy_labels\[1\] = -1'),
    ],
)
def test_bad_input(changes, message):
    arguments = dict(
        class_logits=torch.zeros(2, 3), noisy_labels=torch.tensor([0, 1]), confusion=Q
    )
    with pytest.raises(ValueError, match=message):
        bottom_up_posterior(**{**arguments, **changes})


@pytest.mark.parametrize('prior', [-0.1, 1.5, float('nan')])
def test_bad_prior(prior):
    labels = torch.tensor([0, 1])
    with pytest.raises(ValueError, match='prior'):
        label_confusion(labels, labels, 2, prior)
