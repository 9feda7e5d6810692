"""The two regularisers against sums by hand."""

import math
from types import SimpleNamespace

import pytest
import torch

from nl_plugins.methods.joint_optimization.joint_regularization import (
    JointRegularization,
)
from nl_plugins.supervision.term_batch import TermBatch


def losses(term, logits):
    model = SimpleNamespace(head=lambda feats: feats)
    return term.losses(TermBatch(model, [], [], None, logits))


@pytest.mark.parametrize('prior', [None, [0.5, 0.25, 0.25]])
def test_equals_the_sums(prior):
    logits = torch.randn(6, 3, generator=torch.Generator().manual_seed(0))
    got = losses(JointRegularization(alpha=2.0, beta=3.0, prior=prior), logits)
    probs, p = logits.softmax(1).tolist(), prior or [1 / 3] * 3
    mean = [sum(row[j] for row in probs) / 6 for j in range(3)]
    balance = sum(p[j] * math.log(p[j] / mean[j]) for j in range(3))
    entropy = -sum(s * math.log(s) for row in probs for s in row) / 6
    assert math.isclose(float(got['loss_prior']), 2 * balance, rel_tol=1e-4)
    assert math.isclose(float(got['loss_entropy']), 3 * entropy, rel_tol=1e-4)


def test_one_class_for_all_costs_and_sure_predictions_do_not():
    term = JointRegularization(alpha=1.0, beta=1.0)
    sure = losses(term, 50 * torch.eye(3))
    same = losses(term, torch.tensor([[50.0, 0, 0]] * 3).requires_grad_())
    assert abs(sure['loss_prior']) < 1e-5
    assert same['loss_prior'] > 10
    assert same['loss_entropy'] < 1e-5
    same['loss_prior'].backward()


@pytest.mark.parametrize(
    ('settings', 'message'),
    [
        (dict(alpha=-1), 'alpha must be a number >= 0'),
        (dict(beta=-1), 'beta must be a number >= 0'),
        (dict(prior=[0.5, 0.4]), 'sum to 1, not to 0.9'),
        (dict(prior=[1.0, 0.0]), 'positive shares'),
    ],
)
def test_bad_settings(settings, message):
    with pytest.raises(ValueError, match=message):
        JointRegularization(**settings)


def test_a_prior_of_other_classes():
    with pytest.raises(ValueError, match='prior has 2 shares for 3 classes'):
        losses(JointRegularization(prior=[0.5, 0.5]), torch.zeros(2, 3))
