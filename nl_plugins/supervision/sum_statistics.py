"""What several ranks have collected of their samples for ridge regression, as one."""

import torch
from mmengine.dist import all_gather, all_reduce, get_world_size

from ..functional import RidgeStatistics

__all__ = ['sum_statistics']


def sum_statistics(statistics: RidgeStatistics) -> RidgeStatistics:
    """The statistics of the samples of all ranks, the same on every rank.

    Each sample is to be on one rank only. d * (d + K) float64 numbers are summed.

    >>> statistics = RidgeStatistics(dim=2, num_classes=2)
    >>> statistics.add(torch.eye(2), torch.tensor([0, 1]))
    >>> sum_statistics(statistics).scatter.tolist()
    [[0.5, -0.5], [-0.5, 0.5]]
    """
    dim, num_classes = statistics.cross.shape
    device = statistics.cross.device
    whole = RidgeStatistics(dim, num_classes, statistics.dtype, device)
    if get_world_size() == 1:
        whole.merge(statistics)
        return whole
    sums = torch.cat([statistics.scatter, statistics.cross], dim=1)
    all_reduce(sums, 'sum')
    mine = [statistics.weight[None], statistics.feature_mean, statistics.target_mean]
    part = RidgeStatistics(dim, num_classes, statistics.dtype, device)  # no scatter
    for means in all_gather(torch.cat(mine)):
        part.weight = means[0]
        part.feature_mean, part.target_mean = means[1:].split([dim, num_classes])
        whole.merge(part)
    whole.scatter += sums[:, :dim]
    whole.cross += sums[:, dim:]
    return whole
