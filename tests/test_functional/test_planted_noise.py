"""Gaussian clusters with labels made wrong on purpose, which must be found."""

import pytest
import torch

from nl_plugins.functional import (
    correct_labels,
    corrupt_labels,
    kmeans_prototypes,
    label_quality,
    prototype_scores,
    select_prototypes,
    select_prototypes_euclidean,
    symmetric_noise,
)

CLASSES, PER_CLASS = 5, 200


@pytest.fixture(scope='module')
def planted():
    """Features, true labels and given labels, 40 % of them wrong."""
    generator = torch.Generator().manual_seed(0)
    true = torch.arange(CLASSES * PER_CLASS) % CLASSES
    middles = torch.randn(CLASSES, 32, generator=generator) * 2
    features = middles[true] + torch.randn(len(true), 32, generator=generator)
    given = corrupt_labels(true, symmetric_noise(CLASSES, 0.4), seed=0)
    assert 0.55 < (given == true).float().mean() < 0.65
    return features, true, given


def by_class(given, choose):
    return [choose((given == c).nonzero()[:, 0]) for c in range(CLASSES)]


def test_prototypes_have_right_labels(planted):
    features, true, given = planted

    def cosine(members):
        return members[select_prototypes(features[members])]

    def euclidean(members):
        return members[select_prototypes_euclidean(features[members], 1, 0.9)]

    for c, chosen in enumerate(by_class(given, cosine)):
        assert len(chosen) == 8
        assert (given[chosen] == c).all()
        assert (true[chosen] == c).all()
    for c, chosen in enumerate(by_class(given, euclidean)):
        assert (true[chosen] == c).all()


def test_corrected_labels_are_the_true_ones(planted):
    features, true, given = planted
    prototypes = by_class(given, lambda m: features[m][select_prototypes(features[m])])
    corrected = correct_labels(features, prototypes)
    assert (corrected == true).float().mean() > 0.99


def test_k_means_restores_most_labels(planted):
    # Its centres stand for the wrong labels' clusters too, hence one only.
    features, true, given = planted
    prototypes = by_class(given, lambda m: kmeans_prototypes(features[m], 1))
    corrected = correct_labels(features, prototypes)
    assert (corrected == true).float().mean() > 0.95


def test_quality_tells_wrong_labels_from_right_ones(planted):
    features, true, given = planted
    prototypes = by_class(given, lambda m: features[m][select_prototypes(features[m])])
    quality = label_quality(prototype_scores(features, prototypes), given)
    suspicious = quality < 0.5
    assert (suspicious == (given != true)).float().mean() > 0.99
