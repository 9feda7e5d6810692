"""Verification labels by a network."""

import numpy as np
import pytest
import torch

from nl_plugins.detection.pseudo_verification import verified_by_network
from nl_plugins.supervision.walk import WalkBatch

PROBS = torch.tensor(
    [
        [0.5, 0.3, 0.2],
        [0.1, 0.2, 0.7],
        [0.6, 0.2, 0.2],
        [0.3, 0.3, 0.4],
        [1.0, 0.0, 0.0],
    ]
)


class Stored:
    """A walk over five samples, of which the last does not load."""

    dataset = range(5)

    def __call__(self, model, rows):
        for part in torch.tensor([row for row in rows if row != 4]).split(2):
            yield WalkBatch(part, PROBS[part], PROBS[part])


def verified(rows, labels, top):
    return verified_by_network(None, Stored(), rows, np.array(labels), top).tolist()


def test_the_label_is_among_the_likeliest():
    assert verified([3, 0, 1], [2, 1, 0], 1) == [1, 0, 0]
    assert verified([3, 0, 1], [2, 1, 0], 2) == [1, 1, 0]
    assert verified([3, 0, 1], [2, 1, 0], 3) == [1, 1, 1]


def test_equal_ones_count_as_likelier():
    assert verified([2, 3], [1, 0], 2) == [0, 0]


def test_nothing_is_known_of_an_image_that_does_not_load():
    assert verified([4, 0], [0, 0], 1) == [-1, 1]


def test_a_network_with_fewer_classes():
    with pytest.raises(ValueError, match='has 3 classes, but there is a label 7'):
        verified([0], [7], 1)
