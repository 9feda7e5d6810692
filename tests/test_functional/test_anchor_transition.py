"""Anchor points against sorting by hand, and on planted noise."""

import pytest
import torch

from nl_plugins.functional import (
    anchor_transition,
    asymmetric_noise,
    corrupt_labels,
    recovered_labels,
    symmetric_noise,
)


def draw(count=50, classes=3, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(count, classes, generator=generator).mul(3).softmax(1)


@pytest.mark.parametrize(('quantile', 'place'), [(1.0, 0), (0.98, 1), (0.9, 5)])
def test_each_row_is_the_prediction_of_its_anchor(quantile, place):
    probs = draw()
    got = anchor_transition(probs, quantile)
    for k in range(3):
        order = sorted(range(50), key=lambda row: (-float(probs[row, k]), row))
        torch.testing.assert_close(got[k].float(), probs[order[place]])


def test_finds_the_noise_where_there_are_anchors():
    clean = torch.cat([torch.eye(4), draw(60, 4)]).double()
    noise = asymmetric_noise(4, {0: 1, 2: 3}, 0.4)
    torch.testing.assert_close(anchor_transition(clean @ noise), noise)


def test_ties_go_to_the_lower_index():
    probs = torch.tensor([[0.5, 0.25, 0.25], [0.5, 0.5, 0.0]])
    assert anchor_transition(probs)[0].tolist() == [0.5, 0.25, 0.25]


def test_recovered_labels_by_hand():
    noise = asymmetric_noise(3, {0: 1}, 0.75)
    inverse = torch.linalg.inv(noise)  # row 0: 4, -3, 0; the others stay
    assert inverse[0].tolist() == [4.0, -3.0, 0.0]
    noisy = torch.tensor([0, 1, 2])
    assert recovered_labels(noisy, noise).tolist() == [0, 1, 2]
    assert recovered_labels(noisy, noise, seed=0).tolist() == [0, 1, 2]


def test_the_draw_follows_the_row():
    swap = torch.tensor([[0.25, 0.75], [0.75, 0.25]]).double()
    noisy = torch.zeros(100, dtype=torch.int64)
    assert recovered_labels(noisy, swap, seed=0).tolist() == [1] * 100
    cycle = torch.tensor([[0.0, 0.5, 0.5], [0.5, 0.0, 0.5], [0.5, 0.5, 0.0]]).double()
    # the inverse has -1 on and 1 off the diagonal: one of the others
    drawn = recovered_labels(torch.zeros(3000, dtype=torch.int64), cycle, seed=1)
    assert abs(float((drawn == 1).double().mean()) - 0.5) < 0.03
    assert not (drawn == 0).any()


def test_symmetric_noise_is_not_recovered():
    """As Ding et al. report: the labels are no better than before."""
    true = torch.arange(3000) % 3
    noise = symmetric_noise(3, 0.4)
    noisy = corrupt_labels(true, noise, seed=0)
    assert torch.equal(recovered_labels(noisy, noise), noisy)


@pytest.mark.parametrize(
    ('probs', 'message'),
    [
        (torch.zeros(0, 3), 'probs is empty'),
        (torch.ones(2, 2), 'row 0 of probs sums to 2'),
        (torch.tensor([[float('nan'), 1.0]]), 'probs must be finite'),
    ],
)
def test_bad_predictions(probs, message):
    with pytest.raises(ValueError, match=message):
        anchor_transition(probs)


def test_bad_arguments():
    with pytest.raises(ValueError, match='quantile must lie'):
        anchor_transition(draw(), quantile=0)
    with pytest.raises(ValueError, match='transition has no inverse'):
        recovered_labels(torch.tensor([0]), torch.full((2, 2), 0.5))
    with pytest.raises(ValueError, match=r'noisy_labels\[0\] = 2'):
        recovered_labels(torch.tensor([2]), torch.eye(2))
