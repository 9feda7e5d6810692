"""SINet's sweeps over kept features against loops over Python floats."""

import numpy as np
import pytest
import torch
from test_functional import sinet_reference as reference

from nl_plugins.functional import (
    consistency_scores,
    distance_weights,
    noise_weights,
    weighted_prototypes,
)
from nl_plugins.methods.sinet import labelled_features
from nl_plugins.methods.sinet.labelled_features import LabelledFeatures
from nl_plugins.methods.sinet.prototype_weighting import (
    PrototypeWeighting,
    class_distances,
    highest_of_each_class,
)
from nl_plugins.supervision.feature_bank import FeatureBank
from nl_plugins.supervision.gather import merge_columns
from nl_plugins.supervision.walk import WalkBatch

CLASSES, SIZE = 4, 80


def planted(rate=0.3, seed=0, dim=6):
    """Features around class centres, labels of which a share is wrong, confidence."""
    rng = np.random.default_rng(seed)
    true = rng.integers(CLASSES, size=SIZE)
    features = rng.normal(size=(CLASSES, dim))[true] + 0.4 * rng.normal(
        size=(SIZE, dim)
    )
    wrong = rng.random(SIZE) < rate
    labels = np.where(wrong, (true + 1) % CLASSES, true)
    confidence = rng.random(SIZE) * np.where(wrong, 0.6, 1.0)
    order = torch.from_numpy(rng.permutation(SIZE))
    features = torch.tensor(features, dtype=torch.float32)
    probs = torch.tensor(confidence, dtype=torch.float32)[:, None].expand(-1, CLASSES)
    samples = LabelledFeatures(torch.tensor(labels), CLASSES, FeatureBank(SIZE))
    for rows in order.split(30):
        samples.add(WalkBatch(rows, features[rows], probs[rows]))
    samples.merge()
    assert torch.equal(samples.confidence, probs[:, 0])
    samples.features, samples.true = features, torch.tensor(true)
    return samples


def weighting(**settings):
    settings = dict(
        dict(
            num_confident=5, num_matched=None, gamma=1.0, eps=1e-3, normalize='softmax'
        ),
        **settings,
    )
    return PrototypeWeighting(**settings)


def graph():
    rng = np.random.default_rng(1)
    matrix = rng.random((CLASSES, CLASSES))
    return torch.tensor((matrix + matrix.T) / 2, dtype=torch.float32)


def everything():
    return torch.ones(SIZE, dtype=torch.bool)


def loops(samples, allowed, matrix, num_confident, num_matched, normalize):
    """§3.2 in the order of the paper."""
    features, labels = samples.features.tolist(), samples.labels.tolist()
    confidence = samples.confidence.tolist()
    rows = [i for i in range(SIZE) if allowed[i] and confidence[i] >= 0]

    def best(scores, count):
        chosen = []
        for c in range(CLASSES):
            own = [i for i in rows if labels[i] == c]
            chosen += sorted(own, key=lambda i: (-scores[i], i))[:count]
        return chosen

    def means(chosen, weights):
        return reference.prototypes(
            [features[i] for i in chosen],
            [weights[i] for i in chosen],
            [labels[i] for i in chosen],
            CLASSES,
        )

    initial = means(best(confidence, num_confident), [1.0] * SIZE)
    scores = [1.0] * SIZE
    if matrix is not None:
        for i in rows:
            unit = reference.unit(features[i])
            visual = [sum(a * b for a, b in zip(unit, v)) for v in initial]
            textual = matrix[labels[i]].tolist()
            scores[i] = reference.consistency(visual, textual, 1.0, 1e-3, normalize)
    chosen = rows if num_matched is None else best(scores, num_matched)
    return torch.tensor(initial), torch.tensor(means(chosen, scores))


def test_constant_is_the_mean_of_the_best_matched():
    """Table 3's Constant, by the scores of the loops."""
    samples = planted()
    settings = dict(num_matched=3, constant=True)
    found = weighting(**settings).prototypes(samples, everything(), graph())
    units = torch.nn.functional.normalize(samples.features)
    visual = units @ found.initial.T
    scores = consistency_scores(visual, graph()[samples.labels], 1.0, 1e-3, 'softmax')
    for place, label in enumerate(found.classes.tolist()):
        own = (samples.labels == label).nonzero().flatten()
        best = own[scores[own].argsort(descending=True)[:3]]
        mean = torch.nn.functional.normalize(units[best].sum(0), dim=0)
        torch.testing.assert_close(found.weighted[place], mean, atol=2e-3, rtol=0)
    weighted = weighting(num_matched=3).prototypes(samples, everything(), graph())
    assert not torch.allclose(weighted.weighted, found.weighted, atol=1e-4)


@pytest.mark.parametrize('normalize', ['softmax', 'l2'])
@pytest.mark.parametrize('num_matched', [None, 3])
@pytest.mark.parametrize('entries', [1 << 24, 40])
def test_prototypes_equal_the_loops(normalize, num_matched, entries, monkeypatch):
    monkeypatch.setattr(labelled_features, 'ENTRIES_AT_ONCE', entries)
    samples, allowed = planted(), everything()
    allowed[::7] = False
    samples.confidence[::5] = -1
    samples.confidence[1] = samples.confidence[2]
    found = weighting(normalize=normalize, num_matched=num_matched).prototypes(
        samples, allowed, graph()
    )
    initial, weighted = loops(samples, allowed, graph(), 5, num_matched, normalize)
    assert found.classes.tolist() == list(range(CLASSES))
    assert torch.allclose(found.initial, initial, atol=2e-3)
    assert torch.allclose(found.weighted, weighted, atol=2e-3)
    plain = weighting(normalize=normalize).prototypes(samples, allowed, None)
    _, uniform = loops(samples, allowed, None, 5, None, normalize)
    assert torch.allclose(plain.weighted, uniform, atol=2e-3)
    assert not torch.allclose(found.weighted, plain.weighted, atol=1e-2)


def test_distances_and_nearest_classes(monkeypatch):
    samples = planted()
    samples.confidence[3] = -1
    prototypes = weighting().prototypes(samples, everything(), graph())
    monkeypatch.setattr(labelled_features, 'ENTRIES_AT_ONCE', 40)
    found = class_distances(samples, prototypes)
    assert (~found.known).nonzero().flatten().tolist() == [3]
    centers = prototypes.weighted.tolist()
    for i in range(SIZE):
        if i == 3:
            continue
        unit = np.array(reference.unit(samples.features[i].tolist()))
        distances = [np.linalg.norm(unit - center) for center in np.array(centers)]
        assert found['own'][i] == pytest.approx(distances[samples.labels[i]], abs=2e-3)
        assert found['nearest'][i] == np.argmin(distances)


@pytest.mark.parametrize('entries', [1 << 24, 40])
def test_the_sweeps_are_the_equations_of_functional(entries, monkeypatch):
    monkeypatch.setattr(labelled_features, 'ENTRIES_AT_ONCE', entries)
    samples, matrix = planted(dim=9), graph()
    found = weighting().prototypes(samples, everything(), matrix)
    slots = samples.bank.slots(torch.arange(SIZE))
    units = samples.bank.units[slots].float()
    chosen = highest_of_each_class(samples.confidence, samples.labels, 5)
    initial = weighted_prototypes(units, chosen.float(), samples.labels, CLASSES)
    assert torch.allclose(found.initial, initial, atol=1e-6)
    visual = units / units.norm(dim=1, keepdim=True) @ initial.T
    scores = consistency_scores(visual, matrix[samples.labels], eps=1e-3)
    weighted = weighted_prototypes(units, scores, samples.labels, CLASSES)
    assert torch.allclose(found.weighted, weighted, atol=1e-5)
    weights = distance_weights(class_distances(samples, found)['own'], 1.1, 2.0)
    expected = noise_weights(units, weighted, samples.labels, 1.1, 2.0)
    assert torch.allclose(weights, expected, atol=1e-5)


def test_planted_noise_is_far_away():
    samples = planted()
    prototypes = weighting().prototypes(samples, everything(), torch.eye(CLASSES))
    found = class_distances(samples, prototypes)
    right = samples.labels == samples.true
    assert 10 < (~right).sum() < 40
    own = found['own']
    chance = (own[right][:, None] < own[~right]).float().mean()
    assert chance > 0.95
    assert (found['nearest'] == samples.true).float().mean() > 0.9


def test_classes_without_samples_are_left_out():
    samples = planted()
    samples.confidence[samples.labels == 2] = -1
    found = weighting().prototypes(samples, everything(), graph())
    assert found.classes.tolist() == [0, 1, 3]
    assert found.weighted.shape == (3, 6)
    distances = class_distances(samples, found)
    assert torch.equal(distances.known, samples.labels != 2)
    assert set(distances['nearest'][distances.known].tolist()) <= {0, 1, 3}
    # as if class 2 were not there at all
    kept = torch.tensor([0, 1, 3])
    samples.labels, samples.num_classes = samples.labels.clamp(max=2), 3
    matrix = graph()[kept][:, kept]
    other = weighting().prototypes(samples, everything(), matrix)
    assert torch.allclose(other.weighted, found.weighted, atol=1e-6)


def test_samples_of_one_class_only_are_refused():
    samples = planted()
    with pytest.raises(RuntimeError, match='only 1 of 4 classes have samples'):
        weighting().prototypes(samples, samples.labels == 1, graph())


def test_a_sample_that_two_ranks_saw_counts_on_the_lower_one(monkeypatch):
    def merged_with_rank_0(size, rows, columns):
        found = merge_columns(size, rows, columns)
        found['ranks'][5] = 0
        return found

    monkeypatch.setattr(labelled_features, 'get_rank', lambda: 1)
    monkeypatch.setattr(labelled_features, 'merge_columns', merged_with_rank_0)
    samples = planted()
    rows = torch.cat([rows for rows, _ in samples.sweep(everything())])
    assert sorted(rows.tolist()) == [i for i in range(SIZE) if i != 5]


def test_a_sample_that_comes_again_counts_once_and_zero_features_not():
    samples = LabelledFeatures(torch.tensor([0, 1, 1, 0]), 2, FeatureBank(4))
    rows, probs = torch.tensor([2, 0]), torch.tensor([[0.4, 0.6], [0.7, 0.3]])
    samples.add(WalkBatch(rows, torch.tensor([[3.0, 4.0], [0.0, 0.0]]), probs))
    samples.add(WalkBatch(rows[:1], torch.tensor([[0.0, 2.0]]), 1 - probs[:1]))
    samples.merge()
    assert samples.confidence.tolist() == pytest.approx([-1, -1, 0.4, -1])
    ((chosen, units),) = samples.sweep(torch.ones(4, dtype=torch.bool))
    assert chosen.tolist() == [0, 2]
    assert units.tolist() == [[0, 0], [0, 1]]
    samples.bank.clear()
    samples.add(WalkBatch(rows[1:], torch.tensor([[1.0, 0.0]]), probs[1:]))
    samples.merge()
    assert samples.confidence.tolist() == pytest.approx([0.7, -1, -1, -1])


def test_highest_of_each_class():
    scores = torch.tensor([0.5, 0.9, 0.5, -1.0, 0.1, 0.5, 0.0])
    labels = torch.tensor([0, 2, 0, 2, 2, 0, 1])
    chosen = highest_of_each_class(scores, labels, 2)
    assert chosen.nonzero().flatten().tolist() == [0, 1, 2, 4, 6]
    assert highest_of_each_class(scores, labels, 9).sum() == 6
