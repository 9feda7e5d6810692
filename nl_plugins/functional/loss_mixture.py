"""Right and wrong labels told apart by their losses, without a known noise rate."""

import math

import torch
from torch import Tensor

from ..checks import check_count, check_vector

__all__ = ['small_loss_posterior']

_TOLERANCE = 1e-6


def small_loss_posterior(losses: Tensor, max_steps: int = 200) -> Tensor:
    """How likely each loss belongs to the smaller of two kinds, (N,) float64.

    The posterior of the component with the lower mean in a mixture of two Gaussians,
    fitted by EM, as Li, Socher & Hoi 2020 (DivideMix) §3.1 divide right from wrong
    labels; its mean estimates the share of right ones. EM starts, for the same result
    every time, from the two halves of the sorted losses. Above the lower and below the
    higher mean nothing is changed; beyond them the posterior is that of the mean, as a
    wide component would else claim both ends. All 1 where the losses do not differ.

    Args:
        losses: (N,) finite numbers.
        max_steps: Of EM, at least 1.

    >>> losses = torch.tensor([0.1, 0.2, 0.15, 3.0, 3.2])
    >>> small_loss_posterior(losses).round()
    tensor([1., 1., 1., 0., 0.], dtype=torch.float64)
    """
    max_steps = check_count(max_steps, 'max_steps')
    values = check_vector(losses, 'losses').double()
    if len(values) < 2 or values.max() == values.min():
        return torch.ones_like(values)
    values = (values - values.min()) / (values.max() - values.min())
    order = values.argsort(stable=True)
    low = torch.zeros_like(values)
    low[order[: (len(values) + 1) // 2]] = 1.0
    former = math.inf
    for _ in range(max_steps):
        shares = torch.stack([low, 1 - low])
        sizes = shares.sum(dim=1).clamp_min(1e-9)
        means = shares @ values / sizes
        spread = (values - means[:, None]).square()
        variances = ((shares * spread).sum(dim=1) / sizes).clamp_min(1e-6)
        priors = sizes / sizes.sum()
        joint = _log_joint(values, means, variances, priors)
        low = joint.softmax(dim=0)[0]
        likelihood = float(joint.logsumexp(dim=0).mean())
        if abs(likelihood - former) < _TOLERANCE:
            break
        former = likelihood
    first, last = means.sort().values
    joint = _log_joint(values.clamp(first, last), means, variances, priors)
    return joint.softmax(dim=0)[int(means.argmin())]


def _log_joint(
    values: Tensor, means: Tensor, variances: Tensor, priors: Tensor
) -> Tensor:
    """(2, N) log p(value, component), up to a constant."""
    distances = (values - means[:, None]).square() / variances[:, None]
    return priors.log()[:, None] - variances.log()[:, None] / 2 - distances / 2
