"""What the posterior of the labels says to do with each sample."""

from torch import Tensor

__all__ = ['CERTAIN', 'RATE_ERROR', 'SUSPICIOUS', 'posterior_advice']

SUSPICIOUS = 0.5  # a given label less likely than this is recommended to be dropped ...
CERTAIN = 0.8  # ... or replaced, by a class more likely than this
# Of the estimated noise rate: half of its largest error over eight label sets of known
# noise (benchmarks/noise_estimates.py).
RATE_ERROR = 0.025


def posterior_advice(
    given: Tensor, suggested: Tensor, best: Tensor, suspicious: Tensor
) -> dict[str, Tensor]:
    """Masks (N,) of what to drop and what to replace, see ``LabelFile``.

    Args:
        given: (N,) given labels.
        suggested: (N,) the likeliest labels.
        best: (N,) their probabilities.
        suspicious: (N,) bool, the samples that are not to be kept.

    >>> import torch
    >>> given, suggested = torch.tensor([0, 0, 0]), torch.tensor([1, 1, 0])
    >>> suspicious = torch.tensor([True, True, False])
    >>> best = torch.tensor([0.9, 0.7, 0.9])
    >>> posterior_advice(given, suggested, best, suspicious)
    {'drop': tensor([False,  True, False]), 'replace': tensor([ True, False, False])}
    """
    replace = (suggested != given) & (best > CERTAIN)
    return dict(drop=suspicious & ~replace, replace=replace)
