"""Liu et al. against a loop by hand, in runs, and on digits with planted noise."""

import math
from types import SimpleNamespace

import pytest
import torch
from digits_run import LONG, network, train_digits
from mmpretrain.structures import DataSample
from toy import hook_of

from nl_plugins.methods.early_learning.early_learning_regularization import (
    EarlyLearningRegularization,
)
from nl_plugins.supervision.term_batch import TermBatch
from nl_plugins.supervision.terms_hook import TermsHook

K = 3
TERM = dict(type='EarlyLearningRegularization', weight=2.0)
HOOKS = [dict(type='TermsHook')]


def alone(size=6, **settings):
    term = EarlyLearningRegularization(**settings)
    term.num_samples = size
    return term


def batch(logits, rows):
    samples = [DataSample(metainfo=dict(sample_idx=row)) for row in rows]
    model = SimpleNamespace(head=lambda feats: feats)
    return TermBatch(model, [], samples, None, logits)


def draw(count, seed, scale=3.0):
    generator = torch.Generator().manual_seed(seed)
    return scale * torch.randn(count, K, generator=generator)


def clamped(logits):
    return [min(max(q, 1e-4), 1 - 1e-4) for q in logits.softmax(0).tolist()]


@pytest.mark.parametrize(('momentum', 'scale'), [(0.0, 1.0), (0.7, 3.0), (0.9, 30.0)])
def test_equals_the_loop_by_hand(momentum, scale):
    term, targets = alone(momentum=momentum, weight=3.0), {}
    for step, rows in enumerate([[0, 3], [3, 5, 1], [0, 3, 1], [2], [0, 3]]):
        logits, total = draw(len(rows), step, scale), 0.0
        got = term.losses(batch(logits, rows))['loss_early']
        for row, z in zip(rows, logits):
            p, t = clamped(z), targets.get(row, [0.0] * K)
            t = [momentum * a + (1 - momentum) * b / sum(p) for a, b in zip(t, p)]
            targets[row] = t
            total += math.log(1 - sum(a * b for a, b in zip(p, t)))
        assert math.isclose(float(got), 3 * total / len(rows), rel_tol=1e-4)
    for row, target in targets.items():
        kept = term.sample_state['targets'][row]
        torch.testing.assert_close(kept, torch.tensor(target))


def test_the_gradient_is_that_of_the_paper():
    """Lemma 1: the sum over classes of t_k (p_k - 1[k = c]) p_c, over 1 - <p, t>."""
    term, logits = alone(momentum=0.5, weight=1.0), draw(4, 0, 1.0)
    rows = [0, 1, 2, 3]
    term.losses(batch(draw(4, 1, 1.0), rows))
    leaf = logits.clone().requires_grad_()
    term.losses(batch(leaf, rows))['loss_early'].backward()
    p, t = logits.softmax(1), term.sample_state['targets'][:4]
    inner = (p * t).sum(1, keepdim=True)
    want = p * (inner - t) / (1 - inner) / 4
    torch.testing.assert_close(leaf.grad, want, rtol=1e-4, atol=1e-6)


def test_a_network_that_is_sure_is_still_kept_to_its_target():
    """By hand where the other classes are below 1e-4, and have no gradient."""
    term, rest = alone(momentum=0.0, weight=1.0), 8e-5
    p = 1 - 2 * rest
    leaf = torch.tensor([[p, rest, rest]]).log().requires_grad_()
    term.losses(batch(leaf, [0]))['loss_early'].backward()
    t, other = p / (p + 2e-4), 1e-4 / (p + 2e-4)
    want = -t / (1 - p * t - 2e-4 * other) * p * (1 - p)
    assert want == pytest.approx(-0.44, abs=0.01)
    assert float(leaf.grad[0, 0]) == pytest.approx(want, rel=1e-2)


def test_half_precision_stays_near():
    full, half = alone(), alone(dtype='float16')
    for step in range(20):
        exact, near = (
            term.losses(batch(draw(6, step), range(6)))['loss_early']
            for term in (full, half)
        )
        torch.testing.assert_close(near, exact, atol=1e-2, rtol=1e-2)
    assert half.sample_state['targets'].dtype == torch.float16


def test_targets_find_the_wrong_labels_of_digits(tmp_path, digits_baseline):
    """The network does not memorise, and the targets name the true classes."""
    model = network(terms=[dict(TERM, weight=7.0)])
    runner, accuracy = train_digits(tmp_path, HOOKS, model, epochs=LONG)
    samples = hook_of(runner, TermsHook).training_set
    named = runner.model.terms[0].sample_state['targets'].argmax(1)
    right = samples.given_labels == samples.true_labels
    assert float((named == samples.true_labels)[~right].double().mean()) > 0.7
    assert accuracy > digits_baseline + 10


@pytest.mark.parametrize(
    ('settings', 'message'),
    [
        (dict(weight=-1), 'weight must be a number >= 0'),
        (dict(momentum=1.0), r'momentum must lie in \[0, 1\)'),
        (dict(dtype='int8'), "dtype must be one of .*but is 'int8'"),
    ],
)
def test_bad_arguments(settings, message):
    with pytest.raises(ValueError, match=message):
        EarlyLearningRegularization(**settings)
