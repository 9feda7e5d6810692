"""The matrix of confusing noise, and the noise types that follow from it."""

import math

import torch
from torch import Tensor

from ..checks import check_count, check_labels, check_lengths, check_square, first_index

__all__ = [
    'check_confusion', 'check_stochastic', 'estimate_confusion', 'label_counts',
    'noise_types',
]  # fmt: skip

NOISE_FREE, RANDOM, CONFUSING = range(3)
_TOLERANCE = 1e-5  # of a sum of probabilities, which may be float32
_TIE = 1e-12  # relative to the largest likelihood there could be


def estimate_confusion(
    true_labels: Tensor, noisy_labels: Tensor, num_classes: int
) -> Tensor:
    r"""Most likely confusing noise, Xiao et al. 2015 §3.2, Eq. 8-14: (L, L) float64.

    C[i, j] = p(noisy i | true j, confusing): zero diagonal, columns sum to 1, no other
    entry in (0, alpha). Labels are (N,) integers in [0, L), L = ``num_classes`` >= 2.

    For each true class the wrong labels are ranked by how often they occur
    (:math:`m_1 \ge m_2 \ge \dots`). The first :math:`k^*` of them count as confusing
    (:math:`C_i = m_i / \sum_{k \le k^*} m_k`), the rest as random
    (:math:`\alpha = 1 / (L - 1)` each); :math:`k^*` maximises the likelihood, the
    smallest of equals (within rounding). The paper leaves the column of a class open
    that has no wrong label: it is uniform off the diagonal, thus random noise.
    Runs on the CPU in O(N + L^2 log L) where the paper counts L^2 alone.

    >>> true, noisy = torch.tensor([0, 0, 0, 1]), torch.tensor([0, 1, 1, 1])
    >>> estimate_confusion(true, noisy, 3).tolist()  # a confused 0 becomes a 1
    [[0.0, 0.5, 0.5], [1.0, 0.0, 0.5], [0.0, 0.5, 0.0]]
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
    """The most likely noise type of each sample, (N,) int64: Xiao et al. 2015 §3.2.

    0 noise free, 1 pure random, 2 confusing: C[noisy, true] is above 1 / (L - 1), as
    their Theorem 2 has it.
    ``confusion`` is what :func:`estimate_confusion` makes of such labels (N,).

    >>> confusion = torch.tensor([[0.0, 0.5, 0.5], [1.0, 0.0, 0.5], [0.0, 0.5, 0.0]])
    >>> noise_types(torch.tensor([0, 0, 0]), torch.tensor([0, 1, 2]), confusion)
    tensor([0, 2, 1])
    """
    confusion = check_confusion(confusion)
    true, noisy = _check_pairs(true_labels, noisy_labels, len(confusion))
    # In the matrix's own precision, where a uniform column is exactly 1 / (L - 1).
    random = confusion.new_tensor(1 / (len(confusion) - 1))
    types = torch.where(confusion[noisy, true] > random, CONFUSING, RANDOM)
    return torch.where(true == noisy, NOISE_FREE, types)


def label_counts(true_labels: Tensor, noisy_labels: Tensor, num_classes: int) -> Tensor:
    """(L, L) int64: how many samples have noisy label i and true label j."""
    num_classes = check_count(num_classes, 'num_classes', minimum=2)
    true, noisy = _check_pairs(true_labels, noisy_labels, num_classes)
    pairs = noisy * num_classes + true
    return torch.bincount(pairs, minlength=num_classes**2).view(num_classes, -1)


def check_confusion(confusion: Tensor, name: str = 'confusion') -> Tensor:
    """An (L >= 2, L) float matrix, zero diagonal, columns that sum to 1."""
    confusion = check_square(confusion, name)
    if len(confusion) < 2:
        raise ValueError(f'{name} must have L >= 2, got {tuple(confusion.shape)}')
    if not confusion.is_floating_point():
        raise ValueError(f'{name} must be floating point, got {confusion.dtype}')
    check_stochastic(confusion, name)
    if index := first_index(confusion.diagonal().diag() != 0):
        raise ValueError(
            f'{name}{[*index]} = {confusion[index]:.6g}, but the diagonal must be '
            'zero: no label is confused with itself'
        )
    return confusion


def check_stochastic(matrix: Tensor, name: str, dim: int = 0) -> None:
    """No negative entry, and sums over ``dim`` of 1 (within 1e-5): columns, if 0."""
    if index := first_index(matrix < 0):
        raise ValueError(f'{name}{[*index]} = {matrix[index]:.6g} is negative')
    sums, others = (matrix.double().sum(dim=d) for d in (dim, 1 - dim))
    if index := first_index((sums - 1).abs() > _TOLERANCE):
        i = index[0]
        line, across = ('column', 'row') if dim == 0 else ('row', 'column')
        turned = bool(((others - 1).abs() <= _TOLERANCE).all())
        hint = f', but its {across}s do: is it transposed?' if turned else ''
        raise ValueError(f'{line} {i} of {name} sums to {sums[i]:.6g}, not to 1{hint}')


def _check_pairs(
    true_labels: Tensor, noisy_labels: Tensor, num_classes: int
) -> tuple[Tensor, Tensor]:
    """Both labels of the same samples, on the device of the noisy ones."""
    noisy = check_labels(noisy_labels, num_classes, 'noisy_labels')
    true = check_labels(true_labels, num_classes, 'true_labels').to(noisy.device)
    check_lengths(true_labels=true, noisy_labels=noisy)
    return true, noisy
