"""Discriminative reconstruction autoencoder (Xia et al., ICCV 2015)."""

import torch
from torch import Tensor, nn

__all__ = ['best_split', 'drae_inliers']


def drae_inliers(
    features: Tensor, seed: int, num_steps: int = 150, weight: float = 0.1
) -> Tensor:
    r"""(n,) bool, the samples of a class that its autoencoder reconstructs well.

    In turn the samples are parted where their reconstruction errors
    :math:`\epsilon` fall apart best (:func:`best_split`), and the autoencoder makes a
    step on the mean error of the inliers plus ``weight`` (lambda) times the ratio of
    the scatter of :math:`\epsilon` within the parts to that of all. Written from the
    paper, which CleanNet's authors reimplemented too; the layers here, whose first
    parameters ``seed`` draws, are d-128-32-128-d on standardised features (n, d), all
    of a class in one batch. Fewer than 4 samples are all inliers.
    """
    if len(features) < 4:
        return torch.ones(len(features), dtype=torch.bool)
    deviation = features.std(dim=0).clamp_min(1e-6)
    inputs = (features - features.mean(dim=0)) / deviation
    with torch.random.fork_rng([]), torch.enable_grad():
        torch.manual_seed(seed)
        net = _autoencoder(inputs.size(1))
        optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
        for _ in range(num_steps):
            errors = (net(inputs) - inputs).square().mean(dim=1)
            inlier = best_split(errors.detach())
            parts = [errors[inlier], errors[~inlier]]
            within = sum((part - part.mean()).square().sum() for part in parts)
            total = (errors - errors.mean()).square().sum().clamp_min(1e-12)
            loss = parts[0].mean() + weight * within / total
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        return best_split((net(inputs) - inputs).square().mean(dim=1).detach())


def _autoencoder(dim: int) -> nn.Sequential:
    layers: list[nn.Module] = []
    for inputs, outputs in ((dim, 128), (128, 32), (32, 128)):
        layers += [nn.Linear(inputs, outputs), nn.Tanh()]
    return nn.Sequential(*layers, nn.Linear(128, dim))


def best_split(errors: Tensor) -> Tensor:
    """(n,) bool, the lower of the two parts with the least scatter within them.

    Neither part is empty; equal errors may fall into both.
    """
    values, order = errors.double().sort(stable=True)
    count = torch.arange(1, len(values), dtype=torch.float64)
    sums, squares = values.cumsum(0), values.square().cumsum(0)
    low = squares[:-1] - sums[:-1].square() / count
    rest = sums[-1] - sums[:-1]
    high = squares[-1] - squares[:-1] - rest.square() / (len(values) - count)
    below = torch.zeros(len(values), dtype=torch.bool)
    below[order[: int((low + high).argmin()) + 1]] = True
    return below
