"""The matrix of confusing noise, and the noise types that follow from it."""

import math

import torch
from torch import Tensor

from ..checks import check_count, check_labels, check_square, first_index

__all__ = ['check_confusion', 'estimate_confusion', 'label_counts', 'noise_types']

NOISE_FREE, RANDOM, CONFUSING = range(3)
_TOLERANCE = 1e-5  # of the sum of a column, which may be float32
_TIE = 1e-12  # relative to the largest likelihood there could be


def estimate_confusion(
    true_labels: Tensor, noisy_labels: Tensor, num_classes: int
) -> Tensor:
    r"""The most likely matrix of confusing noise, Xiao et al. 2015 §3.2, Eq. 8-14.

    For each true class the wrong labels are ranked by how often they occur
    (:math:`m_1 \ge m_2 \ge \dots`). The first :math:`k^*` of them count as confusing
    (:math:`C_i = m_i / \sum_{k \le k^*} m_k`), the rest as random
    (:math:`\alpha = 1 / (L - 1)` each); :math:`k^*` maximises the likelihood. Equally
    frequent labels are ranked by their index, and of several :math:`k^*` that are
    equally likely (within rounding) the smallest counts.

    The paper leaves the column of a class open that has no wrong label: it is uniform
    off the diagonal, so that its confusing noise is random noise.

    Runs on the CPU in float64, in O(N + L^2 log L) where the paper counts L^2 alone.

    Args:
        true_labels: (N,) integers in [0, L).
        noisy_labels: (N,) integers in [0, L), the given labels of the same samples.
        num_classes: L, at least 2.

    Returns:
        (L, L) float64 on the device of ``noisy_labels``, C[i, j] = p(noisy i | true j,
        confusing); zero diagonal, columns sum to 1, no other entry in (0, alpha).

    Raises:
        ValueError: Labels of the wrong rank, type, range or number, or L below 2.
    """
    counts = label_counts(true_labels, noisy_labels, num_classes).T.cpu()
    counts = counts.contiguous().fill_diagonal_(0)  # a row for each true class
    ranked = torch.sort(counts, dim=1, descending=True, stable=True)
    width = int((ranked.values > 0).sum(dim=1).max().clamp_min(1))
    wrong, labels = ranked.values[:, :width].double(), ranked.indices[:, :width]
    kept = wrong.cumsum(dim=1)
    total = kept[:, -1:]
    inside = torch.special.xlogy(wrong, wrong).cumsum(dim=1)
    outside = (total - kept) * math.log(num_classes - 1)
    likelihood = inside - torch.special.xlogy(kept, kept) - outside
    tie = _TIE * math.log(num_classes) * total
    best = likelihood >= likelihood.amax(dim=1, keepdim=True) - tie
    last = best.int().argmax(dim=1, keepdim=True)  # k* - 1
    share = wrong / kept.gather(1, last) * (torch.arange(width) <= last)
    matrix = torch.zeros_like(counts, dtype=wrong.dtype).scatter_(1, labels, share)
    matrix[total[:, 0] == 0] = 1 / (num_classes - 1)
    return matrix.fill_diagonal_(0).T.contiguous().to(noisy_labels.device)


def noise_types(true_labels: Tensor, noisy_labels: Tensor, confusion: Tensor) -> Tensor:
    """The most likely noise type of each sample with both labels (Theorem 2).

    Args:
        true_labels: (N,) integers in [0, L).
        noisy_labels: (N,) integers in [0, L).
        confusion: (L, L), see :func:`estimate_confusion`.

    Returns:
        (N,) int64: 0 noise free, 1 pure random, 2 confusing (C[noisy, true] is above
        1 / (L - 1)).

    Raises:
        ValueError: As :func:`estimate_confusion`, or ``confusion`` is not a stochastic
            matrix with a zero diagonal.
    """
    confusion = check_confusion(confusion)
    num_classes = len(confusion)
    true, noisy = check_pairs(true_labels, noisy_labels, num_classes)
    # In the matrix's own precision, where a uniform column is exactly 1 / (L - 1).
    random = torch.tensor(1 / (num_classes - 1), dtype=confusion.dtype)
    is_confusing = confusion[noisy, true] > random.to(confusion.device)
    types = torch.where(is_confusing, CONFUSING, RANDOM)
    return torch.where(true == noisy, NOISE_FREE, types)


def label_counts(true_labels: Tensor, noisy_labels: Tensor, num_classes: int) -> Tensor:
    """How often each pair of labels occurs: Fig. 6 before its columns are divided.

    Args:
        true_labels: (N,) integers in [0, L).
        noisy_labels: (N,) integers in [0, L).
        num_classes: L, at least 2.

    Returns:
        (L, L) int64, [i, j] of noisy label i and true label j.

    Raises:
        ValueError: As :func:`estimate_confusion`.
    """
    num_classes = check_count(num_classes, 'num_classes', minimum=2)
    true, noisy = check_pairs(true_labels, noisy_labels, num_classes)
    pairs = noisy * num_classes + true
    return torch.bincount(pairs, minlength=num_classes**2).view(num_classes, -1)


def check_pairs(
    true_labels: Tensor, noisy_labels: Tensor, num_classes: int
) -> tuple[Tensor, Tensor]:
    """Two label vectors of one length, as int64 on the device of the noisy ones."""
    noisy = check_labels(noisy_labels, num_classes, 'noisy_labels')
    true = check_labels(true_labels, num_classes, 'true_labels').to(noisy.device)
    if len(true) != len(noisy):
        raise ValueError(f'got {len(true)} true_labels for {len(noisy)} noisy_labels')
    return true, noisy


def check_confusion(confusion: Tensor, name: str = 'confusion') -> Tensor:
    """A matrix of confusing noise.

    Args:
        confusion: (L, L) float, C[i, j] = p(noisy i | true j, confusing).
        name: What the message calls it.

    Returns:
        The matrix without its gradient history.

    Raises:
        ValueError: If it is not square with L >= 2, or an entry is not finite or is
            negative, or the diagonal is not zero, or a column does not sum to 1
            within 1e-5.
    """
    confusion = check_square(confusion, name)
    if len(confusion) < 2:
        raise ValueError(f'{name} must have L >= 2, got {tuple(confusion.shape)}')
    if not confusion.is_floating_point():
        raise ValueError(f'{name} must be floating point, got {confusion.dtype}')
    check_stochastic(confusion, name)
    diagonal = confusion.diagonal()
    if bool((diagonal != 0).any()):
        (j,) = first_index(diagonal != 0)
        raise ValueError(
            f'{name}[{j}, {j}] = {diagonal[j]:.6g}, but the diagonal must be zero: no '
            'label is confused with itself'
        )
    return confusion


def check_stochastic(matrix: Tensor, name: str) -> None:
    """Columns of probabilities: nothing negative, each sums to 1 within 1e-5."""
    if bool((matrix < 0).any()):
        i, j = first_index(matrix < 0)
        raise ValueError(f'{name}[{i}, {j}] = {matrix[i, j]:.6g} is negative')
    sums = matrix.sum(dim=0, dtype=torch.promote_types(matrix.dtype, torch.float32))
    wrong = (sums - 1).abs() > _TOLERANCE
    if bool(wrong.any()):
        (j,) = first_index(wrong)
        hint = ', but its rows do' if _rows_sum_to_one(matrix) else ''
        raise ValueError(
            f'column {j} of {name} sums to {sums[j]:.6g}, not to 1{hint}: entry [i, j] '
            'is the probability of noisy label i for true label j'
        )


def _rows_sum_to_one(matrix: Tensor) -> bool:
    return bool(((matrix.sum(dim=1) - 1).abs() <= _TOLERANCE).all())
