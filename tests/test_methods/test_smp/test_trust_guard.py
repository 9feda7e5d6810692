"""The guard's verdict over cycles, on labellers of known accuracy."""

import numpy as np
import torch

from nl_plugins.methods.smp.trust_guard import TrustGuard

K, N = 10, 4000
JUDGES = torch.arange(N // 2)
TRAINED = torch.arange(N) >= N // 2
UNVERIFIED = torch.full((N,), -1)


def planted(given_accuracy, seed=0):
    rng = np.random.default_rng(seed)
    true = rng.integers(0, K, N)
    return torch.tensor(_labeller(true, given_accuracy, rng)), true, rng


def _labeller(true, accuracy, rng):
    wrong = (true + rng.integers(1, K, len(true))) % K
    return np.where(rng.random(len(true)) < accuracy, true, wrong)


def network(true, accuracy, rng):
    """Predictions that are surer where they are right; the corrected labels agree."""
    predicted = _labeller(true, accuracy, rng)
    right = predicted == true
    confidence = np.where(
        right, 0.3 + 0.69 * rng.random(len(true)), 0.2 + 0.3 * rng.random(len(true))
    )
    probs = np.full((len(true), K), ((1 - confidence) / (K - 1))[:, None])
    probs[np.arange(len(true)), predicted] = confidence
    return torch.tensor(probs).float(), torch.tensor(predicted)


def judge(guard, probs, corrected, memorised=0.5):
    """The network has memorised a share of the trained labels."""
    probs = probs.clone()
    known = TRAINED & (torch.rand(N, generator=torch.manual_seed(0)) < memorised)
    probs[known] = torch.eye(K)[guard.given[known]]
    for rows in torch.arange(N).split(700):
        guard.add(rows, probs[rows])
    guard.judge(corrected)
    return guard.trusted


def test_a_good_correction_is_trusted_once_labels_are_memorised():
    given, true, rng = planted(0.5)
    guard = TrustGuard(JUDGES, TRAINED, given, K, UNVERIFIED)
    verdicts = []
    for memorised in (0.0, 0.02, 0.3, 0.5):
        verdicts.append(judge(guard, *network(true, 0.9, rng), memorised))
        assert abs(guard.memorised - memorised) < 0.06
    assert verdicts == [False, False, True, True]
    assert abs(guard.trust.given_accuracy - 0.5) < 0.05
    assert abs(guard.trust.corrected_accuracy - 0.9) < 0.1


def test_without_held_out_samples_nothing_is_known_of_memorising():
    given, true, rng = planted(0.5)
    guard = TrustGuard(JUDGES, torch.ones(N, dtype=torch.bool), given, K, UNVERIFIED)
    assert not judge(guard, *network(true, 0.9, rng))
    assert guard.memorised == 0


def test_a_correction_worse_than_the_given_labels_is_not_trusted():
    given, true, rng = planted(0.8)
    guard = TrustGuard(JUDGES, TRAINED, given, K, UNVERIFIED)
    for _ in range(6):
        assert not judge(guard, *network(true, 0.6, rng))


def test_trust_ends_when_the_correction_becomes_worse():
    given, true, rng = planted(0.5)
    guard = TrustGuard(JUDGES, TRAINED, given, K, UNVERIFIED)
    verdicts = [judge(guard, *network(true, 0.9, rng)) for _ in range(6)]
    assert verdicts[-1]
    assert not judge(guard, *network(true, 0.3, rng))


def test_cycles_without_samples_change_nothing():
    given, true, rng = planted(0.5)
    guard = TrustGuard(JUDGES, TRAINED, given, K, UNVERIFIED)
    assert guard.judge(given).num_samples == 0
    verdicts = [judge(guard, *network(true, 0.9, rng)) for _ in range(6)]
    assert verdicts[-1]
    before = guard.state_dict()
    guard.judge(given)
    assert guard.state_dict() == before


def test_state_round_trip():
    given, true, rng = planted(0.5)
    one, other = (TrustGuard(JUDGES, TRAINED, given, K, UNVERIFIED) for _ in range(2))
    for _ in range(3):
        judge(one, *network(true, 0.9, rng))
    other.load_state_dict(one.state_dict())
    probs, corrected = network(true, 0.9, rng)
    assert judge(one, probs, corrected) == judge(other, probs, corrected)
    assert one.state_dict() == other.state_dict()


def test_verification_labels_need_no_memorising():
    given, true, rng = planted(0.5)
    verification = (given == torch.tensor(true)).long()
    guard = TrustGuard(JUDGES, TRAINED, given, K, verification)
    assert judge(guard, *network(true, 0.9, rng), memorised=0.0)
    assert guard.trust.source == 'verification'
