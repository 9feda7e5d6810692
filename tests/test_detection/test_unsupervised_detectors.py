"""Naive, average, filtering, DRAE."""

import numpy as np
import torch
from planted_task import planted_task

from nl_plugins.detection.drae import best_split, drae_inliers
from nl_plugins.detection.unsupervised_detectors import (
    average,
    classification_filtering,
    drae,
    naive,
)
from nl_plugins.functional import choose_threshold


def error(task, relevant):
    return float(np.nanmean(task.class_errors(relevant)))


def test_naive_errs_on_every_wrong_label():
    task = planted_task()
    wrong = (task.judged == 0)[task.judged >= 0]
    labels = task.labels[task.judged >= 0]
    want = np.mean([wrong[labels == c].mean() for c in range(4)])
    assert np.isclose(error(task, naive(task)), want)


def test_average_is_the_cosine_to_the_class_mean():
    task = planted_task()
    cosines = [
        float(x @ m / np.linalg.norm(x) / np.linalg.norm(m))
        for x, m in zip(task.features, task.class_features[task.labels])
    ]
    known = torch.tensor(task.verification), torch.tensor(task.labels)
    threshold = choose_threshold(torch.tensor(cosines), *known, 4)
    want = np.array(cosines) >= threshold
    assert (average(task) == want).mean() > 0.99  # but for rounding at the threshold
    assert error(task, average(task)) < 0.75 * error(task, naive(task))


def test_filtering_keeps_the_top_k_that_suits_the_verified():
    task = planted_task()
    kept = classification_filtering(task)
    candidates = []
    for k in range(1, 5):
        top = np.argsort(-task.probs, axis=1, kind='stable')[:, :k]
        candidates.append((top == task.labels[:, None]).any(axis=1))
    assert any(np.array_equal(kept, candidate) for candidate in candidates)
    verified = task.verification >= 0
    outcome = task.verification[verified] == 1

    def verified_error(relevant):
        wrong = relevant[verified] != outcome
        labels = task.labels[verified]
        return np.mean([wrong[labels == c].mean() for c in range(4)])

    best = min(verified_error(candidate) for candidate in candidates)
    assert np.isclose(verified_error(kept), best)
    assert error(task, kept) < 0.1


def test_filtering_with_a_network_that_memorised_all_labels():
    task = planted_task(rate=0.8)  # calling all labels wrong would be best
    task.probs = np.eye(4, dtype=np.float32)[task.labels]
    assert classification_filtering(task).all()


def test_best_split_is_the_one_of_all_with_the_least_scatter():
    errors = torch.tensor([0.1, 2.0, 0.2, 0.15, 1.7, 0.6], dtype=torch.float64)

    def scatter(part):
        return sum((x - sum(part) / len(part)) ** 2 for x in part)

    values = sorted(errors.tolist())
    cuts = {
        cut: scatter(values[:cut]) + scatter(values[cut:])
        for cut in range(1, len(values))
    }
    best = min(cuts, key=lambda cut: cuts[cut])
    below = best_split(errors)
    assert sorted(errors[below].tolist()) == values[:best]


def test_drae_finds_a_few_outliers():
    torch.manual_seed(0)
    inliers = torch.randn(120, 3) @ torch.randn(3, 12) + 0.1 * torch.randn(120, 12)
    features = torch.cat([inliers, 1.5 * torch.randn(30, 12)])
    state = torch.get_rng_state()
    found = drae_inliers(features, seed=0)
    assert torch.equal(torch.get_rng_state(), state)
    assert found[:120].float().mean() > 0.9
    assert found[120:].float().mean() < 0.3
    assert torch.equal(drae_inliers(features, seed=0), found)
    assert drae_inliers(features[:3], seed=0).all()


def test_drae_works_class_by_class():
    task = planted_task(rate=0.1)
    relevant = drae(task)
    rows = task.labels == 2
    alone = drae_inliers(torch.from_numpy(task.features[rows]), task.seed)
    assert np.array_equal(relevant[rows], alone.numpy())
