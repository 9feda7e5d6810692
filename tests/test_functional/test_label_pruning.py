"""Confident learning against loops written from the paper, and on planted noise."""

import math

import pytest
import torch

from nl_plugins.functional import (
    asymmetric_noise,
    calibrated_joint,
    corrupt_labels,
    pruned_labels,
    symmetric_noise,
)


def planted(noise, size=600, classes=4, seed=0):
    """Predictions that mostly know the true class, noisy labels, true labels."""
    generator = torch.Generator().manual_seed(seed)
    true = torch.arange(size) % classes
    logits = torch.randn(size, classes, generator=generator)
    logits[torch.arange(size), true] += 3
    return logits.softmax(1), corrupt_labels(true, noise, seed), true


def naive(probs, labels, method):
    """§3.1 and 3.2, class by class."""
    n, k = probs.shape
    p, y = probs.tolist(), labels.tolist()
    groups = [[x for x in range(n) if y[x] == i] for i in range(k)]
    t = [sum(p[x][i] for x in g) / len(g) if g else 1.0 for i, g in enumerate(groups)]
    joint = [[0] * k for _ in range(k)]
    for x in range(n):
        above = [j for j in range(k) if p[x][j] >= t[j]]
        if above:
            joint[y[x]][max(above, key=lambda j: p[x][j])] += 1
    joint = [[c / sum(row) * len(g) for c in row] for row, g in zip(joint, groups)]
    by_class, by_rate = set(), set()
    for i, group in enumerate(groups):
        wrong = sum(joint[i][j] for j in range(k) if j != i)
        ranked = sorted(group, key=lambda x: p[x][i])
        by_class.update(ranked[: math.floor(wrong + 0.5)])
        for j in range(k):
            if j != i:
                ranked = sorted(group, key=lambda x: p[x][i] - p[x][j])
                by_rate.update(ranked[: math.floor(joint[i][j] + 0.5)])
    sets = dict(noise_rate=by_rate, both=by_class & by_rate)
    chosen = sets.get(method, by_class)
    return torch.tensor([x in chosen for x in range(n)])


@pytest.mark.parametrize('method', ['class', 'noise_rate', 'both'])
@pytest.mark.parametrize(
    'noise', [symmetric_noise(4, 0.4), asymmetric_noise(4, {0: 1, 2: 3}, 0.4)]
)
def test_equals_the_loops(method, noise):
    probs, labels, true = planted(noise)
    got = pruned_labels(probs.double(), labels, method)
    assert torch.equal(got, naive(probs.double(), labels, method))
    wrong = labels != true
    assert float(wrong[got].double().mean()) > 0.85
    assert float(got[wrong].double().mean()) > 0.7


def test_the_joint_adds_up_to_the_samples_and_finds_the_noise():
    noise = asymmetric_noise(4, {0: 1, 2: 3}, 0.4)
    _, labels, true = planted(noise)
    joint = calibrated_joint(labels, true, 4)  # predictions that are always right
    sizes = labels.bincount(minlength=4).double()
    torch.testing.assert_close(joint.sum(1), sizes)
    counts = torch.zeros(4, 4).double()
    for i, j in zip(labels.tolist(), true.tolist()):
        counts[i, j] += 1
    torch.testing.assert_close(joint, counts)


def test_what_is_not_confident_changes_no_size():
    labels = torch.tensor([0, 0, 1, 1, 2])
    joint = calibrated_joint(labels, torch.tensor([0, -1, 1, 0, -1]), 3)
    assert joint.tolist() == [[2, 0, 0], [1, 1, 0], [0, 0, 1]]


@pytest.mark.parametrize('method', ['class', 'noise_rate', 'both'])
def test_the_best_label_of_each_class_stays(method):
    """All labels 2 are called 0 or 1: without it the class would be gone."""
    labels = torch.tensor([0, 0, 1, 1, 2, 2, 2])
    probs = torch.eye(3)[[0, 0, 1, 1, 0, 0, 1]] * 0.9 + 0.1 / 3
    probs[5] = torch.tensor([0.8, 0.0, 0.2])
    pruned = pruned_labels(probs, labels, method)
    assert pruned.tolist() == [False] * 4 + [True, False, True]


def test_right_labels_stay():
    labels = torch.arange(9) % 3
    assert not pruned_labels(torch.eye(3)[labels] * 0.9 + 0.1 / 3, labels).any()


def test_bad_arguments():
    probs, labels = torch.eye(2), torch.arange(2)
    with pytest.raises(ValueError, match="method must be one of .*but is 'all'"):
        pruned_labels(probs, labels, 'all')
    with pytest.raises(ValueError, match=r'labels\[0\] = 5 is not in'):
        pruned_labels(probs, labels + 5)
    with pytest.raises(ValueError, match=r'confident\[1\] = 2 is not in'):
        calibrated_joint(labels, torch.tensor([-1, 2]), 2)
