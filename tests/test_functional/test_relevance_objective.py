"""CleanNet Eq. 6-10, 12 and 13 against loops written from the paper."""

import pytest
import torch

from nl_plugins.functional import relevance_loss, relevance_weights

from . import relevance_reference as reference


def draw(generator, size=200):
    similarity = torch.rand(size, generator=generator, dtype=torch.float64) * 2 - 1
    verification = torch.randint(-1, 2, (size,), generator=generator)
    return similarity, verification


def test_hand_computed_losses():
    similarity = torch.tensor([0.7, 0.7, 0.05, 0.7, 0.05, -0.4])
    verification = torch.tensor([1, 0, 0, -1, -1, 1])
    loss = relevance_loss(similarity, verification, 0.1, 2.0, 0.1)
    expected = torch.tensor([0.3, 1.2, 0.0, 0.03, 0.0, 1.4])
    torch.testing.assert_close(loss, expected)


@pytest.mark.parametrize('settings', [(0.1, 1.0, 0.1), (0.3, 2.5, 0.7), (0, 0, 0)])
def test_equals_the_loop(generator, settings):
    similarity, verification = draw(generator)
    expected = [
        reference.loss(s, v, *settings)
        for s, v in zip(similarity.tolist(), verification.tolist())
    ]
    loss = relevance_loss(similarity, verification, *settings)
    assert loss.dtype == torch.float64
    assert loss.tolist() == pytest.approx(expected, abs=1e-12)


def test_a_cosine_at_the_margin_is_taken_for_right():
    similarity = torch.tensor([0.25, 0.25])
    loss = relevance_loss(similarity, torch.tensor([-1, 0]), margin=0.25)
    torch.testing.assert_close(loss, torch.tensor([0.075, 0.0]))


def test_gradients_pull_and_push_and_ignore():
    similarity = torch.tensor([0.7, 0.7, 0.05, 0.7, 0.05], requires_grad=True)
    verification = torch.tensor([1, 0, 0, -1, -1])
    relevance_loss(similarity, verification, 0.1, 2.0, 0.1).sum().backward()
    torch.testing.assert_close(
        similarity.grad, torch.tensor([-1.0, 2.0, 0.0, -0.1, 0.0])
    )


def test_defaults_are_the_papers():
    similarity, verification = torch.tensor([0.5, 0.5]), torch.tensor([0, -1])
    loss = relevance_loss(similarity, verification)
    torch.testing.assert_close(loss, torch.tensor([0.4, 0.05]))


def test_soft_and_hard_weights(generator):
    similarity, _ = draw(generator)
    soft = relevance_weights(similarity)
    hard = relevance_weights(similarity, 0.2)
    assert soft.tolist() == [reference.soft(s) for s in similarity.tolist()]
    assert hard.tolist() == [reference.hard(s, 0.2) for s in similarity.tolist()]
    exact = relevance_weights(torch.tensor([0.2, -0.3]), float(torch.tensor(0.2)))
    assert exact.tolist() == [1, 0]


def test_weights_carry_no_gradient():
    similarity = torch.tensor([0.2], requires_grad=True)
    assert not relevance_weights(similarity).requires_grad
    assert not relevance_weights(similarity, 0.1).requires_grad


@pytest.mark.parametrize('dtype', [torch.float16, torch.bfloat16])
def test_half_precision_is_computed_in_single(generator, dtype):
    similarity, verification = draw(generator)
    similarity = similarity.to(dtype)
    loss = relevance_loss(similarity, verification)
    assert loss.dtype == torch.float32
    assert torch.equal(loss, relevance_loss(similarity.float(), verification))
    assert relevance_weights(similarity).dtype == torch.float32


def test_no_rows():
    none = torch.empty(0)
    assert relevance_loss(none, torch.empty(0, dtype=torch.int64)).shape == (0,)
    assert relevance_weights(none).shape == (0,)


def test_rounding_beyond_one_is_no_error():
    similarity = torch.tensor([1.0001, -1.0001])
    assert relevance_weights(similarity).tolist() == [1, 0]


BAD = [
    (torch.zeros(2, 1), r'rank 1.*\(2, 1\)'),
    (torch.tensor([0.0, float('nan')]), r'nan at \[1\]'),
    (torch.tensor([0.0, -1.5]), r'\[-1, 1\].*-1.5 at \[1\]'),
    ([0.1], 'tensor, got list'),
]


@pytest.mark.parametrize(('similarity', 'message'), BAD)
def test_bad_similarity(similarity, message):
    with pytest.raises(ValueError, match=message):
        relevance_weights(similarity)
    with pytest.raises(ValueError, match=message):
        relevance_loss(similarity, torch.tensor([0, 1]))


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        (dict(verification=torch.tensor([0])), r'shape \(2,\), got \(1,\)'),
        (dict(verification=torch.tensor([0, 2])), r'verification\[1\] = 2'),
        (dict(margin=1.5), r'margin.*\[0, 1\].*1.5'),
        (dict(negative_weight=-1), 'negative_weight.*-1'),
        (dict(unsupervised_weight=float('nan')), 'unsupervised_weight.*nan'),
    ],
)
def test_bad_settings(change, message):
    arguments = dict(similarity=torch.zeros(2), verification=torch.tensor([0, 1]))
    with pytest.raises(ValueError, match=message):
        relevance_loss(**{**arguments, **change})


def test_bad_threshold():
    with pytest.raises(ValueError, match='threshold.*nan'):
        relevance_weights(torch.zeros(2), float('nan'))


def test_a_threshold_for_each_sample():
    similarity = torch.tensor([0.3, 0.3, -0.2])
    thresholds = torch.tensor([0.2, 0.4, -0.2])
    assert relevance_weights(similarity, thresholds).tolist() == [1, 0, 1]
    with pytest.raises(
        ValueError, match=r'threshold must have shape \(3,\), got \(1,\)'
    ):
        relevance_weights(similarity, thresholds[:1])
    with pytest.raises(ValueError, match='threshold must be finite'):
        relevance_weights(similarity, thresholds / 0)
