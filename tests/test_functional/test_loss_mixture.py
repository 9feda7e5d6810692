"""The two-component mixture against scikit-learn and on planted losses."""

import numpy as np
import pytest
import torch
from sklearn.mixture import GaussianMixture

from nl_plugins.functional import small_loss_posterior


def planted(share=0.6, size=4000, seed=0):
    """Losses of two kinds, and which are of the lower one."""
    rng = np.random.default_rng(seed)
    low = rng.random(size) < share
    losses = np.where(low, rng.normal(0.5, 0.2, size), rng.normal(3.0, 0.7, size))
    return torch.from_numpy(losses), torch.from_numpy(low)


@pytest.mark.parametrize('share', [0.3, 0.6, 0.9])
def test_the_mean_is_the_planted_share(share):
    losses, low = planted(share)
    got = small_loss_posterior(losses)
    assert abs(float(got.mean()) - share) < 0.03
    assert float(((got > 0.5) == low).double().mean()) > 0.98


def test_equals_scikit_learn_between_the_means():
    losses, _ = planted(0.6)
    values = losses.numpy()[:, None]
    mixture = GaussianMixture(2, tol=1e-9, max_iter=1000, random_state=0).fit(values)
    want = mixture.predict_proba(values)[:, mixture.means_.argmin()]
    between = (losses > mixture.means_.min()) & (losses < mixture.means_.max())
    got = small_loss_posterior(losses, max_steps=1000)
    assert np.abs(got.numpy() - want)[between.numpy()].max() < 0.02


def test_is_monotone_and_keeps_scale_and_order():
    losses, _ = planted(0.5, 500)
    got = small_loss_posterior(losses)
    ranked = got[losses.argsort()]
    assert (ranked[1:] <= ranked[:-1] + 1e-9).all()
    torch.testing.assert_close(small_loss_posterior(7 * losses - 3), got)
    order = torch.randperm(500, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(small_loss_posterior(losses[order]), got[order])


def test_equal_losses_are_all_small():
    assert small_loss_posterior(torch.full((5,), 2.0)).tolist() == [1.0] * 5
    assert small_loss_posterior(torch.zeros(0)).tolist() == []


def test_bad_arguments():
    with pytest.raises(ValueError, match='losses must be finite'):
        small_loss_posterior(torch.tensor([0.0, float('nan')]))
    with pytest.raises(ValueError, match='max_steps must be'):
        small_loss_posterior(torch.zeros(3), max_steps=0)
