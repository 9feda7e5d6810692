"""Which labels confident learning prunes."""

import torch
from torch import Tensor

from ..checks import check_choice, check_labels, check_lengths, check_scores
from .confident_labels import confidence_totals, confident_labels, self_confidence
from .numerics import ranks_within

__all__ = ['calibrated_joint', 'pruned_labels']

METHODS = ('class', 'noise_rate', 'both')


def calibrated_joint(labels: Tensor, confident: Tensor, num_classes: int) -> Tensor:
    """How many samples are labelled i and truly j, (K, K) float64.

    n times the joint distribution of Northcutt et al. 2021, Eq. 3: the confident joint
    (Eq. 1) counts the samples labelled i that confidently belong to j, and each row is
    scaled to the number of samples labelled i. A class without confident samples is
    supposed to be right.

    Args:
        labels: (N,) integers in [0, K), the given labels.
        confident: (N,) from :func:`confident_labels`: classes, or -1.
        num_classes: K.

    >>> labels, confident = torch.tensor([0, 0, 0, 1]), torch.tensor([0, 1, -1, 1])
    >>> calibrated_joint(labels, confident, 2).tolist()
    [[1.5, 1.5], [0.0, 1.0]]
    """
    labels = check_labels(labels, num_classes)
    sure = confident >= 0
    check_lengths(labels=labels, confident=confident)
    named = check_labels(confident.clamp_min(0), num_classes, 'confident')
    pairs = (labels * num_classes + named)[sure]
    counts = pairs.bincount(minlength=num_classes**2).view(num_classes, -1).double()
    sizes = labels.bincount(minlength=num_classes).double()
    sums = counts.sum(dim=1)
    scaled = counts * (sizes / sums.clamp_min(1))[:, None]
    return torch.where(sums[:, None] > 0, scaled, sizes.diag())


def pruned_labels(probs: Tensor, labels: Tensor, method: str = 'both') -> Tensor:
    """Which labels to leave out, (N,) bool: Northcutt et al. 2021 (JAIR), §3.2.

    As many as :func:`calibrated_joint` says are wrong (rounded, halves up):

    - 'class': of each class those with the lowest probability of the label;
    - 'noise_rate': of the samples labelled i, for each other class j, those with the
      highest margin p_j - p_i;
    - 'both': those that both prune.

    The label of a class with the highest probability stays, so that no class is lost
    where the predictions confidently call all its samples something else.

    Args:
        probs: (N, K) predictions, best of samples that were not trained on.
        labels: (N,) integers in [0, K), the given labels.
        method: See above.

    >>> probs = torch.tensor([[0.9, 0.1], [0.8, 0.2], [0.1, 0.9], [0.2, 0.8]])
    >>> pruned_labels(probs, torch.tensor([0, 0, 0, 1]))
    tensor([False, False,  True, False])
    """
    method = check_choice('method', method, METHODS)
    probs, labels = check_scores('probs', probs, labels=labels)
    thresholds = self_confidence(confidence_totals(probs, labels))
    confident = confident_labels(probs, thresholds)
    joint = calibrated_joint(labels, confident, probs.shape[1])
    own = probs.gather(1, labels[:, None])[:, 0]
    both = ranks_within(labels, own) > 0
    if method != 'noise_rate':
        wrong = _rounded(joint.sum(dim=1) - joint.diagonal())
        both &= ranks_within(labels, -own) < wrong[labels]
    if method != 'class':
        both &= _most_confused(probs, labels, own, _rounded(joint))
    return both


def _most_confused(
    probs: Tensor, labels: Tensor, own: Tensor, counts: Tensor
) -> Tensor:
    """Of each class i and for each other class j the counts[i, j] highest margins."""
    pruned = torch.zeros_like(labels, dtype=torch.bool)
    sizes = labels.bincount(minlength=len(counts)).tolist()
    members = labels.argsort(stable=True).split(sizes)
    for rows, wanted in zip(members, counts.fill_diagonal_(0)):
        for j in wanted.nonzero()[:, 0].tolist():
            margins = probs[rows, j] - own[rows]
            order = margins.sort(descending=True, stable=True).indices
            pruned[rows[order[: int(wanted[j])]]] = True
    return pruned


def _rounded(values: Tensor) -> Tensor:
    return (values + 0.5).floor().long()
