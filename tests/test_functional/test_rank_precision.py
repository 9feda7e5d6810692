import pytest
import torch

from nl_plugins.functional import rank_precision


def test_by_hand():
    scores = torch.tensor([0.1, 0.9, 0.5, 0.9])
    hits = torch.tensor([True, True, False, False])
    # order: 1 (hit), 3 (equal score, later), 2, 0 (hit)
    want = torch.tensor([1, 1 / 2, 1 / 3, 2 / 4]).double()
    torch.testing.assert_close(rank_precision(scores, hits), want)


def test_agrees_with_a_loop(generator):
    scores = torch.randint(0, 20, (100,), generator=generator).float()
    hits = torch.rand(100, generator=generator) < 0.3
    order = sorted(range(100), key=lambda i: (-scores[i].item(), i))
    got = rank_precision(scores, hits).tolist()
    for k in range(1, 101):
        share = sum(bool(hits[i]) for i in order[:k]) / k
        assert got[k - 1] == pytest.approx(share)


@pytest.mark.parametrize(
    ('scores', 'hits', 'message'),
    [
        ([], [], r'at least one, got \(0,\)'),
        ([0.1], [True, False], r'the 1 scores .*got \(2,\)'),
        ([[0.1]], [[True]], r'scores must have rank 1, got shape \(1, 1\)'),
        ([0.1], [1], 'hits must be bool'),
        ([float('nan')], [True], 'scores must be finite'),
    ],
)
def test_bad_input(scores, hits, message):
    with pytest.raises(ValueError, match=message):
        rank_precision(torch.tensor(scores), torch.tensor(hits))
