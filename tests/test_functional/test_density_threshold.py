"""Planted clusters in which a fixed density quantile does well or fails."""

import pytest
import torch

from nl_plugins.functional import (
    asymmetric_noise,
    correct_labels,
    corrupt_labels,
    select_prototypes,
    select_prototypes_auto,
    symmetric_noise,
)

from .bad_features import BAD_FEATURES, EMPTY

CLASSES, PER_CLASS = 6, 200
GRID = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)


def planted(noise, seed=0, spread=0.6):
    generator = torch.Generator().manual_seed(seed)
    true = torch.arange(CLASSES * PER_CLASS) % CLASSES
    middles = torch.randn(CLASSES, 16, generator=generator)
    features = torch.randn(len(true), 16, generator=generator) * spread + middles[true]
    return features, true, corrupt_labels(true, noise, seed=seed)


def outcome(features, true, given, quantiles):
    """Share of the prototypes, and of the corrected labels, that are right."""
    rows = [(given == c).nonzero()[:, 0] for c in range(CLASSES)]
    chosen = [
        members[select_prototypes(features[members], density_quantile=q)]
        for members, q in zip(rows, quantiles)
    ]
    corrected = correct_labels(features, [features[members] for members in chosen])
    picks = torch.cat(chosen)
    purity = (true[picks] == given[picks]).double().mean()
    return float(purity), float((corrected == true).double().mean())


def choose_quantiles(*args, **settings):
    return tuple(q for q, _ in select_prototypes_auto(*args, **settings))


def by_class(features, given):
    return [features[given == c] for c in range(CLASSES)]


PAIRS = asymmetric_noise(CLASSES, {0: 1, 1: 2, 2: 0}, 0.4)


@pytest.mark.parametrize('seed', [0, 1])
@pytest.mark.parametrize(
    'noise',
    [
        symmetric_noise(CLASSES, 0.2),
        symmetric_noise(CLASSES, 0.5),
        symmetric_noise(CLASSES, 0.6),
        PAIRS,
    ],
    ids=['symmetric 0.2', 'symmetric 0.5', 'symmetric 0.6', 'pairs 0.4'],
)
def test_no_fixed_quantile_is_clearly_better(noise, seed):
    features, true, given = planted(noise, seed)
    purity, accuracy = outcome(
        features, true, given, choose_quantiles(by_class(features, given))
    )
    fixed = [outcome(features, true, given, [q] * CLASSES) for q in GRID]
    assert min(p for p, _ in fixed) < 0.9  # there is something to get wrong
    assert purity >= max(p for p, _ in fixed) - 0.05
    assert accuracy >= max(a for _, a in fixed) - 0.05


def test_an_impure_choice_is_voted_down():
    """Wrong samples of class 0 are copies of one point: the densest spot there is.

    At the 0.9 quantile they alone look dense; among all classes they lie in the
    middle of class 1.
    """
    generator = torch.Generator().manual_seed(0)
    first = torch.randn(60, 8, generator=generator) * 0.35 + torch.eye(8)[0]
    second = torch.randn(100, 8, generator=generator) * 0.02 + torch.eye(8)[1]
    hiding = torch.eye(8)[1] + torch.randn(32, 8, generator=generator) * 0.001
    classes = [torch.cat([first, hiding]), second]
    assert (select_prototypes(classes[0], 1, 0.9) >= 60).all()
    assert (select_prototypes(classes[0], 1, 0.5) < 60).all()
    chosen = choose_quantiles(classes, 1, quantiles=(0.5, 0.9))
    assert chosen[0] == 0.5


def test_the_selection_is_that_of_select_prototypes():
    """The vote of the chosen quantile, by a loop written from the docstring."""
    features, _, given = planted(symmetric_noise(CLASSES, 0.5))
    classes = by_class(features.double(), given)
    chosen = choose_quantiles(
        classes, 4, 0.9, 0.3, quantiles=(0.4, 0.6, 0.8), num_neighbours=7
    )
    units = [torch.nn.functional.normalize(rows, dim=1) for rows in classes]
    for label, rows in enumerate(units):
        votes = {}
        for quantile in (0.4, 0.6, 0.8):
            shares = []
            for pick in select_prototypes(rows, 4, quantile, 0.9, 0.3).tolist():
                near = []
                for other, others in enumerate(units):
                    for place, cosine in enumerate((others @ rows[pick]).tolist()):
                        if (other, place) != (label, pick):
                            near.append((cosine, other))
                near = [other for _, other in sorted(near, reverse=True)[:7]]
                weights = [near.count(c) / len(units[c]) for c in range(CLASSES)]
                shares.append(weights[label] / sum(weights))
            votes[quantile] = sum(shares) / len(shares)
        assert chosen[label] == max(votes, key=lambda q: (round(votes[q], 12), -q))


@pytest.mark.parametrize('dtype', [torch.float16, torch.float32, torch.float64])
@pytest.mark.parametrize('settings', [(8, 0.95, 1.0), (3, 0.9, 0.2)])
def test_the_prototypes_are_those_of_the_second_step(dtype, settings):
    """Bitwise what select_prototypes gives at the quantile that was found."""
    features, _, given = planted(symmetric_noise(CLASSES, 0.4), seed=3)
    classes = by_class(features.to(dtype), given)
    p, max_similarity, fraction = settings
    found = select_prototypes_auto(classes, p, max_similarity, fraction)
    assert len({quantile for quantile, _ in found}) > 1
    for rows, (quantile, chosen) in zip(classes, found, strict=True):
        expected = select_prototypes(rows, p, quantile, max_similarity, fraction)
        assert torch.equal(chosen, expected)


def test_equal_votes_take_the_lowest_quantile():
    one, two = torch.eye(2)[:1].repeat(9, 1), torch.eye(2)[1:].repeat(9, 1)
    assert choose_quantiles([one, two], quantiles=(0.8, 0.5)) == (0.5, 0.5)


def test_few_voters_find_it_too():
    features, true, given = planted(symmetric_noise(CLASSES, 0.5))
    quantiles = choose_quantiles(by_class(features, given), max_voters=300)
    assert outcome(features, true, given, quantiles)[0] >= 0.9


def test_classes_of_one_sample():
    assert choose_quantiles(list(torch.eye(3).split(1))) == (0.1,) * 3


@pytest.mark.parametrize(('bad', 'message'), BAD_FEATURES + EMPTY)
def test_bad_features(bad, message):
    with pytest.raises(ValueError, match=message):
        choose_quantiles([torch.eye(2), bad])


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        (dict(quantiles=()), 'quantiles is empty'),
        (dict(quantiles=(0.5, 1.2)), r'quantiles must lie in \(0, 1\], got 1.2'),
        (dict(num_neighbours=0), 'num_neighbours'),
        (dict(max_voters=0), 'max_voters'),
        (dict(num_prototypes=0), 'num_prototypes'),
        (dict(candidate_fraction=0.0), 'candidate_fraction'),
        (dict(max_similarity=float('nan')), 'max_similarity'),
    ],
)
def test_bad_settings(arguments, message):
    with pytest.raises(ValueError, match=message):
        choose_quantiles([torch.eye(2), torch.eye(2)], **arguments)


def test_one_class_is_no_election():
    with pytest.raises(ValueError, match='at least 2 classes, got 1'):
        choose_quantiles([torch.eye(2)])
