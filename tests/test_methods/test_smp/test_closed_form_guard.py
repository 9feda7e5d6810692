"""Verdicts in closed form, where only the head of a network is trained."""

import pytest
import torch
from feature_toy import build_on_features, feature_model, features, write_features
from toy import NUM_CLASSES, build, hook_of, tiny_model

from nl_plugins.functional import fit_noise_model, leave_one_out_scores
from nl_plugins.methods.smp.closed_form_guard import ClosedFormGuard
from nl_plugins.methods.smp.smp_hook import SMPHook
from nl_plugins.methods.smp.smp_pictures import draw_prototypes
from nl_plugins.methods.smp.trust_guard import TrustGuard
from nl_plugins.supervision.frozen_passes import trains_head_only
from nl_plugins.supervision.sample_hook import plain_model
from nl_plugins.supervision.walk import WalkBatch

SIZE, K = 600, 3
TRUE = torch.arange(SIZE) % K
WRONG = torch.arange(SIZE) % 5 < 2
GIVEN = torch.where(WRONG, (TRUE + 1 + torch.arange(SIZE) // K % 2) % K, TRUE)
UNKNOWN = torch.full((SIZE,), -1)
X = 4 * torch.eye(K, 5)[TRUE] + torch.randn(
    SIZE, 5, generator=torch.Generator().manual_seed(0)
)


def planted(verification=UNKNOWN):
    probs = torch.eye(K)[GIVEN]  # a network that has memorised every label
    batches = [WalkBatch(r, X[r], probs[r]) for r in torch.arange(SIZE).split(250)]
    return ClosedFormGuard(lambda: iter(batches), GIVEN, K, verification, seed=0)


def judge(guard, corrected):
    guard.add(torch.arange(SIZE), torch.eye(K)[GIVEN])
    return guard.judge(corrected)


def test_the_estimate_is_right_whatever_the_network_has_memorised():
    trust = judge(planted(), TRUE)
    assert trust.given_accuracy == pytest.approx(0.6, abs=0.05)
    assert trust.corrected_accuracy > 0.8
    assert trust.predicted_accuracy == trust.given_accuracy
    assert trust.trusted
    worse = torch.where(torch.arange(SIZE) % 2 == 0, TRUE, (TRUE + 1) % K)
    assert not judge(planted(), worse).trusted


def test_features_that_are_blind_to_the_classes_are_not_trusted():
    order = torch.randperm(SIZE, generator=torch.Generator().manual_seed(1))
    batch = WalkBatch(torch.arange(SIZE), X[order], torch.eye(K)[GIVEN])
    guard = ClosedFormGuard(lambda: iter([batch]), GIVEN, K, UNKNOWN, seed=0)
    assert not judge(guard, TRUE).trusted
    assert guard.blind
    guard = planted()
    assert judge(guard, TRUE).trusted
    guard.blind = True  # with the same gain
    assert not judge(guard, TRUE).trusted


def test_accuracies_are_mean_posteriors():
    scores = leave_one_out_scores(X, GIVEN, K)
    posterior = fit_noise_model(scores, GIVEN).posterior(scores, GIVEN)
    trust = judge(planted(), TRUE)
    for labels, got in ((GIVEN, trust[0]), (TRUE, trust[1])):
        want = float(posterior.gather(1, labels[:, None]).mean())
        assert got == pytest.approx(want, abs=2e-3)


def test_scores_are_probabilities():
    guard = planted()
    right = guard.label_scores(torch.zeros(SIZE))
    assert float(right.mean()) == pytest.approx(0.6, abs=0.05)
    assert ((right > 0.5) == ~WRONG).double().mean() > 0.9
    judge(guard, TRUE)
    assert float(right.mean()) == pytest.approx(guard.trust.given_accuracy, abs=1e-6)


def test_trust_lasts_while_there_is_a_gain():
    guard = planted()
    assert judge(guard, TRUE).trusted
    slight = torch.where(torch.arange(SIZE) < 30, TRUE, GIVEN)
    assert judge(guard, slight).trusted  # not enough to begin with
    assert not judge(planted(), slight).trusted
    assert not judge(guard, (TRUE + 1) % K).trusted


def test_verified_labels_count():
    verification = torch.where(torch.arange(SIZE) < 500, (~WRONG).long(), UNKNOWN)
    trust = judge(planted(verification), TRUE)
    assert trust.given_accuracy == pytest.approx(0.6, abs=0.02)
    assert trust.corrected_accuracy > 0.9


def test_which_models_train_their_head_alone(tmp_path):
    runner = build(tmp_path / 'a', [])
    assert not trains_head_only(plain_model(runner))
    runner.model.backbone.requires_grad_(False)
    assert trains_head_only(plain_model(runner))
    assert trains_head_only(plain_model(build_on_features(tmp_path / 'b')))
    assert not trains_head_only(torch.nn.Linear(2, 2))


def on_features(tmp_path, **settings):
    path = write_features(tmp_path / 'many', count=300)
    hook = dict(type='SMPHook', num_prototypes=4, start_epoch=1, alpha=1.0, **settings)
    return build_on_features(
        tmp_path, [hook], feature_model(path), features(path), work_dir=tmp_path / 'run'
    )


def test_nothing_is_held_out_on_features(tmp_path):
    runner = on_features(tmp_path, guard=True)
    runner.train()
    hook = hook_of(runner, SMPHook)
    assert isinstance(hook.trust_guard, ClosedFormGuard)
    assert not hook.holdout.any()
    trust, true = hook.trust_guard.trust, hook.training_set.true_labels
    assert trust.given_accuracy == pytest.approx(0.8, abs=0.05)
    assert trust.source.startswith('ridge regression')
    assert hook.noise_rate()[0] == 1 - trust.given_accuracy
    mean = float(hook.table.scores.mean())
    assert mean == pytest.approx(trust.given_accuracy, abs=1e-6)
    if trust.trusted:
        assert (hook.corrected_labels() == true).double().mean() > 0.8


def test_asked_for_a_hold_out_there_is_one(tmp_path):
    runner = on_features(tmp_path, guard=True, holdout_fraction=0.3)
    runner.call_hook('before_train')
    hook = hook_of(runner, SMPHook)
    assert isinstance(hook.trust_guard, TrustGuard)
    assert int(hook.holdout.sum()) == 90


def test_labels_by_class_scores_depend_on_no_network(tmp_path):
    tables = []
    for seed in (0, 1):
        torch.manual_seed(seed)
        runner = on_features(tmp_path, class_scores=True, interval=None)
        torch.nn.init.normal_(runner.model.head.layers[0].fc.weight)
        runner.train()
        hook = hook_of(runner, SMPHook)
        tables.append(hook.table.suggested_labels)
        true = hook.training_set.true_labels
        assert (hook.table.suggested_labels == true).double().mean() > 0.95
        path = tmp_path / f'{seed}.png'
        assert draw_prototypes(hook, runner, path) == str(path)
    assert torch.equal(*tables)


def test_class_scores_need_a_head_that_is_trained_alone(tmp_path):
    hook = dict(type='SMPHook', start_epoch=1, class_scores=True)
    with pytest.raises(ValueError, match='`class_scores` needs a model'):
        build(tmp_path, [hook], tiny_model()).train()
    assert NUM_CLASSES == K
