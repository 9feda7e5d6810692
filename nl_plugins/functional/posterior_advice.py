"""What the posterior of the labels says to do with each sample."""

from torch import Tensor

__all__ = [
    'CERTAIN', 'SUSPICIOUS', 'blindness', 'posterior_advice', 'rate_error'
]  # fmt: skip

SUSPICIOUS = 0.5  # a given label less likely than this is recommended to be dropped ...
CERTAIN = 0.8  # ... or replaced, by a class more likely than this
_LEAST_ERROR = 0.025
_BLIND, _DOUBTFUL = 0.05, 0.4  # of the way from chance, or of the labels


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


def rate_error(num_samples: int, num_classes: int) -> float:
    """The standard error of the estimated noise rate, one over the root of N / K.

    As measured by ``benchmarks/noise_estimates.py``: over five kinds of noise on ten
    classes the root mean square error is 0.18, 0.12, 0.08 and 0.05 for 300, 600, 1,200
    and 2,400 samples, and 0.03 for 10,000. With few samples the rate is too high. It
    does not vanish with many, for noise that depends on the image is no part of the
    model: 0.025 at least.

    >>> rate_error(10_000, 10), rate_error(1_000_000, 10)
    (0.03162..., 0.025)
    """
    return max(_LEAST_ERROR, (num_classes / num_samples) ** 0.5)


def blindness(share_right: float, num_classes: int) -> tuple[bool, str]:
    """Whether the features are blind to the classes, and what to tell of it, or ''.

    Features that do not tell the classes apart, and labels of which most are wrong,
    look alike: in both cases predictions seldom agree with the given labels. The model
    takes it for noise (``benchmarks/noise_estimates.py --columns worst --dims 1 5 20``:
    with 5 of 1,280 features it calls 0.21 of the labels right, where 0.59 are).

    Args:
        share_right: Of the given labels, as it is estimated.
        num_classes: K.

    >>> blindness(0.9, 10), blindness(0.11, 10)[0]
    ((False, ''), True)
    """
    told = f'by the estimate {share_right:.2f} of the given labels are right'
    if share_right < _BLIND + (1 - _BLIND) / num_classes:
        return True, f'{told}, as by chance: the features do not tell the classes apart'
    if share_right < _DOUBTFUL:
        return False, (
            f'{told}: features that hardly tell the classes apart, and few images, '
            'look the same as wrong labels, so look at some before you believe it'
        )
    return False, ''
