"""Accuracy of labellers where some given labels were verified."""

import math

import torch
from torch import Tensor

from ..checks import first_index

__all__ = ['check_verification', 'verified_accuracies']


@torch.no_grad()
def verified_accuracies(
    given: Tensor,
    corrected: Tensor,
    predicted: Tensor,
    is_right: Tensor,
    num_classes: int,
) -> tuple[tuple[float, float, float], float]:
    r"""Accuracies of the given, corrected and predicted labels, and an error.

    The accuracy of the given labels is the mean of v. Another label z is right
    where z = y and v = 1, and wrong where z = y and v = 0 or z != y and v = 1.
    Where v = 0 and z != y nobody has said what is right: there the accuracy lies
    anywhere in [0, 1], and is estimated by supposing that z names the true class
    of samples with a wrong given label as often as of those with a right one,

    :math:`P(z = t | v = 0) = \min(P(z = t | v = 1), P(z \ne y | v = 0))`.

    With two classes the other one is right. The supposition is too kind where wrong
    labels sit on harder samples, and where the network was trained on the verified
    labels (what it memorised of the right ones counts as skill).

    Args:
        given: (N,) labels y; every sample is verified.
        corrected: (N,)
        predicted: (N,)
        is_right: (N,) bool, v.
        num_classes: K.

    Returns:
        The three accuracies, and the standard error of corrected minus given:
        the spread of the gain per sample, -1 for a right label lost, 0 for one
        kept, and the chance above for a wrong one replaced.
    """
    gains = [_gains(given, z, is_right, num_classes) for z in (corrected, predicted)]
    right = float(is_right.double().mean())
    count = len(given)
    # One sample more that gained and one that lost: the error is never 0.
    second_moment = (float(gains[0].square().sum()) + 2) / (count + 2)
    error = math.sqrt((second_moment - float(gains[0].mean()) ** 2) / (count + 2))
    accuracies = (right, *(right + float(gain.mean()) for gain in gains))
    return (accuracies[0], accuracies[1], accuracies[2]), error


def _gains(given: Tensor, other: Tensor, is_right: Tensor, num_classes: int) -> Tensor:
    """(N,) expected change of correctness where ``other`` replaces ``given``."""
    same = (given == other).double()
    wrong = (~is_right).double()
    skill = float((same * is_right).sum()) / max(int(is_right.sum()), 1)
    replaced = float(((1 - same) * wrong).sum()) / max(float(wrong.sum()), 1)
    hit = 1.0 if num_classes == 2 else min(1.0, skill / max(replaced, 1e-12))
    return (1 - same) * (wrong * hit - (1 - wrong))


def check_verification(verification: Tensor, given: Tensor) -> Tensor:
    """(N,) of 1, 0 and -1, as many as there are given labels."""
    if verification.shape != given.shape:
        raise ValueError(
            f'verification must have shape {tuple(given.shape)}, '
            f'got {tuple(verification.shape)}'
        )
    wrong = (verification != 1) & (verification != 0) & (verification != -1)
    if bool(wrong.any()):
        (index,) = first_index(wrong)
        raise ValueError(
            f'verification[{index}] = {verification[index].item()} is not 1, 0 or -1'
        )
    return verification
