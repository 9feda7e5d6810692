"""A network that doubts every label is sure of the classes behind them."""

import pytest
import torch
from torch import nn

from nl_plugins.functional import corrupt_labels, symmetric_noise
from nl_plugins.methods.two_stage.label_confidence import (
    confident_selection,
    label_confidence,
)
from nl_plugins.methods.two_stage.noise_corrected import noise_corrected
from nl_plugins.supervision.gather import merge_columns
from nl_plugins.supervision.walk import WalkBatch

SIZE, CLASSES, RATE = 3000, 5, 0.2
UNVERIFIED = torch.full((SIZE,), -1)


class Noisy:
    """A walk over predictions: those of a network that has fitted p(given | image)."""

    def __init__(self):
        generator = torch.Generator().manual_seed(0)
        self.true = torch.randint(CLASSES, (SIZE,), generator=generator)
        own = 3 * torch.randn(SIZE, CLASSES, generator=generator)
        own = own.scatter_add(1, self.true[:, None], torch.full((SIZE, 1), 9.0))
        transition = symmetric_noise(CLASSES, RATE)
        self.probs = (own.softmax(1).double() @ transition.double()).float()
        self.given = corrupt_labels(self.true, transition, seed=1)

    def __call__(self, model, rows=None):
        rows = torch.arange(SIZE) if rows is None else torch.tensor(rows)
        for part in rows.split(700):
            yield WalkBatch(part, self.probs[part], self.probs[part])

    def collect(self, model, fn):
        batch = WalkBatch(torch.arange(SIZE), self.probs, self.probs)
        return merge_columns(SIZE, batch.rows, fn(batch))


@pytest.fixture(scope='module')
def walk():
    return Noisy()


def found_by(walk, judge=None):
    judges = () if judge is None else (judge,)
    return label_confidence(walk, nn.Identity(), walk.given, *judges)


def test_right_labels_are_kept_that_the_paper_would_not(walk):
    right = walk.given == walk.true
    kept = confident_selection(found_by(walk), walk.given, 0.9, 0.1)
    assert float(kept.double().mean()) == pytest.approx(0.1, abs=0.01)  # the minimum
    judge = noise_corrected(walk, nn.Identity(), walk.given, UNVERIFIED)
    kept = confident_selection(found_by(walk, judge), walk.given, 0.9, 0.1)
    assert float(kept[right].double().mean()) > 0.9
    assert float(right[kept].double().mean()) > 0.99


def test_the_mean_score_is_the_share_of_right_labels(walk):
    judge = noise_corrected(walk, nn.Identity(), walk.given, UNVERIFIED)
    mean = float(found_by(walk, judge)['scores'].mean())
    assert mean == pytest.approx(float((walk.given == walk.true).double().mean()), 0.03)


def test_is_bayes_rule_with_the_true_noise(walk):
    """p(y | x, given) by a loop, with what the walk's network was made of."""
    judge = noise_corrected(walk, nn.Identity(), walk.given, UNVERIFIED)
    scores = found_by(walk, judge)['scores']
    transition = symmetric_noise(CLASSES, RATE).double()
    clean = walk.probs.double() @ transition.inverse()
    clean = clean.clamp_min(0)
    want = []
    for row in range(SIZE):
        label = walk.given[row]
        joint = [clean[row, y] * transition[y, label] for y in range(CLASSES)]
        want.append(float(joint[label] / sum(joint)))
    assert float((scores - torch.tensor(want)).abs().mean()) < 0.05
