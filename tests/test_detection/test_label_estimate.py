"""The estimate of wrong labels, its limit and its rates."""

import numpy as np
import pytest
import torch

from nl_plugins.detection.label_estimate import balanced_limit, estimate_labels
from nl_plugins.functional import fit_noise_model, leave_one_out_scores


def planted(size=300, noise=0.2, seed=0, spread=0.5):
    rng = np.random.default_rng(seed)
    true = np.arange(size) % 3
    wrong = rng.random(size) < noise
    given = np.where(wrong, (true + rng.integers(1, 3, size)) % 3, true)
    features = np.eye(3, 6)[true] + rng.normal(0, spread / 2, (size, 6))
    return features, given, wrong


def test_finds_planted_labels_as_the_parts_do():
    features, given, wrong = planted()
    found = estimate_labels(features, given, 3)
    labels = torch.from_numpy(given)
    weights = 1 / labels.bincount()[labels].sqrt()
    scores = leave_one_out_scores(
        torch.from_numpy(features), labels, 3, weights=weights / weights.mean()
    )
    expected = fit_noise_model(scores, labels).posterior(scores, labels)
    assert torch.allclose(found.posterior, expected)
    assert torch.equal(found.scores, found.posterior[torch.arange(300), labels])
    assert torch.equal(found.suggested, expected.argmax(dim=1))
    flagged = ~found.selected.numpy()
    assert (flagged & wrong).sum() / flagged.sum() > 0.9
    assert (flagged & wrong).sum() / wrong.sum() > 0.9
    rate, error = found.noise_rate()
    assert abs(rate - wrong.mean()) < 2 * error
    assert 0.1 <= error < 0.12  # one over the root of 100 samples for each class
    rates = [found.noise_rate(label)[0] for label in range(3)]
    sizes = np.bincount(given)
    assert np.dot(rates, sizes) / 300 == pytest.approx(rate)


def test_recommends_to_replace_only_what_is_certain():
    features, given, _ = planted(spread=1.2)
    found = estimate_labels(features, given, 3)
    words, best = found.recommended(), found.posterior.max(dim=1).values.numpy()
    changed = (found.suggested != found.given).numpy()
    replaced = words == 'replace'
    assert np.array_equal(replaced, changed & (best > 0.8))
    assert np.array_equal(words == 'drop', ~found.selected.numpy() & ~replaced)
    assert {'keep', 'drop', 'replace'} == {*words}


def test_marks_settle_their_samples_and_leave_no_doubt():
    features, given, wrong = planted()
    marks = np.where(wrong, 0, 1)
    found = estimate_labels(features, given, 3, marks)
    assert np.array_equal(found.scores.numpy() > 0.5, ~wrong)
    assert found.noise_rate()[0] == pytest.approx(wrong.mean())
    assert found.noise_rate()[1] == pytest.approx(0)
    assert set(found.recommended()[~wrong]) == {'keep'}


def test_copies_do_not_confirm_each_other():
    features, given, wrong = planted(size=120, spread=1.0)
    copy = np.flatnonzero(wrong)[0]
    # ten copies of one image, all with its wrong label
    features = np.concatenate([features, np.repeat(features[[copy]], 10, axis=0)])
    given = np.concatenate([given, np.repeat(given[copy], 10)])
    pictures = np.concatenate([np.arange(120), np.full(10, copy)])
    apart = estimate_labels(features, given, 3, pictures=pictures)
    together = estimate_labels(features, given, 3)
    assert apart.scores[copy] < 0.5 < together.scores[copy]
    torch.testing.assert_close(apart.scores[120:], apart.scores[copy].expand(10))


def test_a_class_of_copies_keeps_its_pictures():
    features, given, _ = planted(size=120, spread=1.0)
    small = np.flatnonzero(given == 2)[10:]
    features, given = np.delete(features, small, axis=0), np.delete(given, small)
    once = estimate_labels(features, given, 3)
    ten = np.flatnonzero(given == 2)
    pictures = np.concatenate([np.arange(len(given)), ten, ten])
    tripled = np.concatenate([features, features[ten], features[ten]])
    labels = np.concatenate([given, given[ten], given[ten]])
    found = estimate_labels(tripled, labels, 3, pictures=pictures)
    assert np.array_equal(found.selected[ten], once.selected[ten])
    assert found.selected[ten].any()


@pytest.mark.parametrize('pictures', [None, [*range(120), 120, 120]])
def test_a_label_of_one_picture_is_not_judged(pictures):
    features, given, _ = planted(size=120, spread=1.0)
    count = 1 if pictures is None else 2
    features = np.concatenate([features, np.repeat(features[:1], count, axis=0)])
    given = np.concatenate([given, [3] * count])
    found = estimate_labels(features, given, 4, pictures=pictures)
    assert found.scores[-count:].tolist() == [1.0] * count
    assert set(found.recommended()[-count:]) == {'keep'}
    marks = np.where(np.arange(len(given)) == 120, 0, -1)
    found = estimate_labels(features, given, 4, marks, pictures)
    assert found.scores[120] == 0
    assert found.recommended()[120] != 'keep'


def test_one_class_is_refused():
    with pytest.raises(ValueError, match='one class'):
        estimate_labels(np.eye(3), [1, 1, 1], 2)


def naive_f1(scores, limit):
    flagged, wrong = scores < limit, 1 - scores
    hits = wrong[flagged].sum()
    return 2 * hits / (flagged.sum() + wrong.sum())


@pytest.mark.parametrize('power', [0.3, 0.5, 0.8])
def test_the_limit_gives_the_best_expected_f1(power):
    scores = np.random.default_rng(0).random(500) ** power
    limit = balanced_limit(torch.from_numpy(scores))
    limits = np.linspace(0, 1, 1001)
    best = limits[np.argmax([naive_f1(scores, each) for each in limits])]
    assert limit == pytest.approx(np.clip(best, 0.5, 0.6), abs=0.01)


def test_the_limit_stays_in_its_bounds():
    assert balanced_limit(torch.tensor([0.99] * 99 + [0.7])) == 0.6
    assert balanced_limit(torch.tensor([0.0, 1.0])) == 0.5


def test_a_random_draw_corrects_the_rate_whatever_the_model_supposes():
    features, given, wrong = planted(size=900, noise=0.4, spread=2.5, seed=3)
    features = np.concatenate([features, features + 1e-9])  # copies, which confirm
    given, wrong = np.tile(given, 2), np.tile(wrong, 2)
    rates, misses = [], []
    for seed in range(20):
        drawn = np.zeros(1800, dtype=bool)
        drawn[np.random.default_rng(seed).permutation(1800)[:200]] = True
        marks = np.where(drawn, np.where(wrong, 0, 1), -1)
        found = estimate_labels(features, given, 3, marks, drawn=drawn)
        missed = (wrong - (1 - found.unmarked.numpy()))[drawn]
        expected = (1 - found.unmarked.numpy()).mean() + missed.mean()
        rate, error = found.noise_rate()
        assert rate == pytest.approx(expected)
        assert error == pytest.approx(
            missed.std(ddof=1) / 200**0.5 * (1 - 200 / 1800) ** 0.5
        )
        rates.append(rate)
        misses.append(abs(rate - wrong.mean()) > 1.96 * error)
    assert np.mean(rates) == pytest.approx(wrong.mean(), abs=0.02)
    assert sum(misses) <= 4


def test_a_draw_of_a_few_judges_nothing():
    features, given, wrong = planted()
    drawn = np.arange(300) < 19
    marks = np.where(drawn, np.where(wrong, 0, 1), -1)
    with_draw = estimate_labels(features, given, 3, marks, drawn=drawn)
    without = estimate_labels(features, given, 3, marks)
    assert with_draw.noise_rate() == without.noise_rate()
