import math

import pytest
import torch

from nl_plugins.functional import consistency_scores

from . import sinet_reference as reference

NAN = float('nan')
BAD = torch.tensor([[1.0, 1.0, 0.0], [1.0, NAN, 1.0]])


@pytest.fixture
def vectors(generator):
    visual = torch.rand(30, 7, generator=generator, dtype=torch.float64) * 2 - 1
    textual = torch.rand(30, 7, generator=generator, dtype=torch.float64) * 2 - 0.5
    return visual, textual


def test_numbers_by_hand():
    # softmax of (log 3, 0) is (3/4, 1/4); that of (0, 0) is (1/2, 1/2).
    textual = torch.tensor([[math.log(3), 0.0]], dtype=torch.float64)
    visual = torch.zeros(1, 2, dtype=torch.float64)
    divergence = 0.75 * math.log(1.5) + 0.25 * math.log(0.5)
    score = consistency_scores(visual, textual, gamma=2.0, eps=0.01)
    assert score.item() == pytest.approx((divergence + 0.01) ** -2)
    # the direction counts: KL(text || vision)
    other = 0.5 * math.log(2 / 3) + 0.5 * math.log(2)
    assert consistency_scores(textual, visual).item() == pytest.approx(
        1 / (other + 1e-6)
    )
    # unit vectors (0.6, 0.8) and (0.8, 0.6)
    textual, visual = torch.tensor([[3.0, 4.0]]), torch.tensor([[4.0, 3.0]])
    divergence = 0.6 * math.log(0.75) + 0.8 * math.log(4 / 3)
    score = consistency_scores(visual, textual, normalize='l2')
    assert score.item() == pytest.approx(1 / (divergence + 1e-6), rel=1e-5)


@pytest.mark.parametrize('normalize', ['softmax', 'l2'])
@pytest.mark.parametrize(('gamma', 'eps'), [(1.0, 1e-6), (0.5, 1e-3), (3, 0.1)])
def test_equals_the_loops(vectors, normalize, gamma, eps):
    scores = consistency_scores(*vectors, gamma, eps, normalize)
    visual, textual = (v.tolist() for v in vectors)
    expected = [
        reference.consistency(v, t, gamma, eps, normalize)
        for v, t in zip(visual, textual)
    ]
    assert scores.tolist() == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize('normalize', ['softmax', 'l2'])
def test_equal_vectors_have_the_highest_score(vectors, normalize):
    best = consistency_scores(vectors[1], vectors[1], 2.0, 1e-3, normalize)
    assert torch.allclose(best, torch.full_like(best, 1e6))
    assert (consistency_scores(*vectors, 2.0, 1e-3, normalize) < 1e6).all()


def test_the_softmax_does_not_see_a_constant_and_the_norm_no_factor(vectors):
    visual, textual = vectors
    scores = consistency_scores(visual, textual)
    assert torch.allclose(consistency_scores(visual + 5, textual - 3), scores)
    visual, textual = visual.abs(), textual.abs()
    scores = consistency_scores(visual, textual, eps=1e-12, normalize='l2')
    scaled = consistency_scores(visual * 5, textual / 3, eps=1e-12, normalize='l2')
    assert torch.allclose(scaled, scores)


@pytest.mark.parametrize('normalize', ['softmax', 'l2'])
def test_a_thousand_classes_in_single_precision(generator, normalize):
    visual = torch.rand(20, 1000, generator=generator) * 2 - 1
    textual = torch.rand(20, 1000, generator=generator)
    scores = consistency_scores(visual, textual, normalize=normalize)
    assert scores.dtype == torch.float32
    exact = consistency_scores(visual.double(), textual.double(), normalize=normalize)
    assert torch.allclose(scores.double(), exact, rtol=1e-4)
    assert torch.equal(
        consistency_scores(visual.half(), textual.half()),
        consistency_scores(visual.half().float(), textual.half().float()),
    )


def test_extreme_vectors_stay_finite_and_input_is_left_alone():
    visual = torch.tensor([[1e4, -1e4], [-1.0, -2.0], [0.0, 0.0]])
    textual = torch.tensor([[-1e4, 1e4], [0.0, 1.0], [0.0, 0.0]])
    copies = visual.clone(), textual.clone()
    for normalize in ('softmax', 'l2'):
        scores = consistency_scores(visual, textual, normalize=normalize)
        assert torch.isfinite(scores).all()
        assert (scores > 0).all()
    assert torch.equal(visual, copies[0])
    assert torch.equal(textual, copies[1])
    assert consistency_scores(visual[:0], textual[:0]).shape == (0,)


@pytest.mark.parametrize(
    ('changes', 'message'),
    [
        (dict(visual=torch.ones(2)), r'visual must have rank 2, got shape \(2,\)'),
        (dict(textual=torch.ones(2, 4)), r'textual .*\(2, 3\), got \(2, 4\)'),
        (dict(visual=BAD), r'visual must be finite, got nan at \[1, 1\]'),
        (dict(textual=1 / BAD), r'textual must be finite, got inf at \[0, 2\]'),
        (dict(gamma=0), 'gamma must be a positive number, got 0'),
        (dict(gamma=NAN), 'gamma.*nan'),
        (dict(eps=-1.0), 'eps.*-1.0'),
        (dict(normalize='l1'), "normalize.*'softmax', 'l2'.*'l1'"),
    ],
)
def test_bad_input(changes, message):
    arguments = dict(visual=torch.ones(2, 3), textual=torch.ones(2, 3))
    with pytest.raises(ValueError, match=message):
        consistency_scores(**{**arguments, **changes})
