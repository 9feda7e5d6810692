"""MentorNet's weights are the minimum that they stand for."""

import pytest
import torch

from nl_plugins.functional import self_paced_weights


@pytest.mark.parametrize(('threshold', 'width'), [(0.8, 0.5), (1.2, 2.0), (0.0, 0.1)])
def test_no_other_weights_are_better(threshold, width):
    losses = torch.linspace(0, 3, 13, dtype=torch.float64)
    found = self_paced_weights(losses, threshold, width)
    grid = torch.linspace(0, 1, 1001, dtype=torch.float64)
    cost = grid * losses[:, None]
    cost = cost + width / 2 * grid**2 - (threshold + width) * grid
    torch.testing.assert_close(found, grid[cost.argmin(dim=1)], atol=1e-3, rtol=0)


def test_a_narrow_slope_is_self_paced_learning():
    losses = torch.tensor([0.2, 0.9, 1.0, 1.1, 4.0])
    found = self_paced_weights(losses, 1.0)
    assert found.tolist() == [1, 1, 1, 0, 0]
    assert torch.equal(self_paced_weights(losses, 1.0, 1e-6), found)


def test_bad_arguments():
    with pytest.raises(ValueError, match='width'):
        self_paced_weights(torch.ones(3), 1.0, -1.0)
    with pytest.raises(ValueError, match='threshold'):
        self_paced_weights(torch.ones(3), float('nan'))
    with pytest.raises(ValueError, match='losses must be finite'):
        self_paced_weights(torch.tensor([1.0, torch.inf]), 1.0)
