"""Xiao et al. 2015 once more, with plain loops over Python floats.

Written from §3 of the paper, not from the package; nothing here is fast.
"""

import itertools
import math


def column_likelihood(counts, column, true):
    """Eq. 8 for one true class: every wrong label takes its better explanation."""
    alpha = 1 / (len(counts) - 1)
    total = 0.0
    for label, count in enumerate(counts):
        if label != true and count:
            total += count * math.log(max(alpha, column[label]))
    return total


def best_column_likelihood(counts, true):
    """The maximum over all sets of labels that could be the confusing ones."""
    others = [label for label in range(len(counts)) if label != true]
    alpha = 1 / (len(counts) - 1)
    best = -math.inf
    for size in range(1, len(others) + 1):
        for chosen in itertools.combinations(others, size):
            inside = sum(counts[label] for label in chosen)
            value = 0.0
            for label in others:
                if not counts[label]:
                    continue
                share = counts[label] / inside if label in chosen else alpha
                value += counts[label] * math.log(share)
            best = max(best, value)
    return best


def likelihood(noisy, y, z, confusion):
    """Eq. 1."""
    if z == 0:
        return 1.0 if noisy == y else 0.0
    if z == 1:
        return 0.0 if noisy == y else 1 / (len(confusion) - 1)
    return confusion[noisy][y]


def softmax(logits):
    top = max(logits)
    powers = [math.exp(x - top) for x in logits]
    return [x / sum(powers) for x in powers]


def posterior(class_logits, type_logits, noisy, confusion):
    """Eq. 5 for one sample, summed over z and over y."""
    p_y, p_z = softmax(class_logits), softmax(type_logits)
    joint = [
        [likelihood(noisy, y, z, confusion) * p_y[y] * p_z[z] for z in range(3)]
        for y in range(len(p_y))
    ]
    total = sum(map(sum, joint))
    q_y = [sum(row) / total for row in joint]
    q_z = [sum(row[z] for row in joint) / total for z in range(3)]
    return q_y, q_z
