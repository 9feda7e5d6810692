"""The papers' equations once more, with plain loops over Python floats.

Written from the text of SMP (Han et al. 2019) §3.3 and of Rodriguez & Laio (2014),
not from the package; nothing here is fast.
"""

import math
from decimal import ROUND_CEILING, Decimal


def cosine(a, b):
    """Eq. 5 for one pair."""
    dot = sum(x * y for x, y in zip(a, b))
    return dot / (math.hypot(*a) * math.hypot(*b))


def similarity(features):
    """Eq. 5 for all pairs; a sample and its copies are at 1 exactly."""
    n = len(features)
    return [
        [
            1.0 if features[i] == features[j] else cosine(features[i], features[j])
            for j in range(n)
        ]
        for i in range(n)
    ]


def ceiling(fraction, total):
    return int((Decimal(str(fraction)) * total).to_integral_value(ROUND_CEILING))


def sign(x):
    return 1 if x > 0 else -1 if x < 0 else 0


def density(S, quantile):
    """Eq. 6."""
    entries = sorted(entry for row in S for entry in row)
    cut = entries[ceiling(quantile, len(entries)) - 1]
    return [sum(sign(entry - cut) for entry in row) for row in S]


def eta(S, rho):
    """Eq. 7."""
    result = []
    for i, row in enumerate(S):
        if rho[i] == max(rho):
            result.append(min(row))
        else:
            result.append(max(row[j] for j in range(len(row)) if rho[j] > rho[i]))
    return result


def prototypes(features, p, quantile, max_similarity, fraction):
    """§3.3: the densest samples that are not too near to a denser one."""
    S = similarity(features)
    rho = density(S, quantile)
    near = eta(S, rho)
    order = sorted(range(len(S)), key=lambda i: (-rho[i], i))
    order = order[: ceiling(fraction, len(S))]
    kept = [i for i in order if i == order[0] or near[i] < max_similarity]
    return kept[:p]


def scores(features, classes):
    """Eq. 8."""
    return [
        [sum(cosine(x, q) for q in members) / len(members) for members in classes]
        for x in features
    ]


def corrected(features, classes):
    """Eq. 9; ``list.index`` finds the first of equals."""
    return [row.index(max(row)) for row in scores(features, classes)]


def quality(row, label):
    others = [score for c, score in enumerate(row) if c != label]
    return (2 + row[label] - max(others)) / 4


def peaks(features, p, quantile):
    """Density peaks with the cutoff at the rank of SMP's cut."""
    n = len(features)
    D = [[math.dist(a, b) for b in features] for a in features]
    entries = sorted((entry for row in D for entry in row), reverse=True)
    cutoff = entries[ceiling(quantile, n * n) - 1]
    rho = [sum(D[i][j] < cutoff for j in range(n) if j != i) for i in range(n)]
    gamma = []
    for i in range(n):
        denser = [j for j in range(n) if (-rho[j], j) < (-rho[i], i)]
        delta = min(D[i][j] for j in denser) if denser else max(D[i])
        gamma.append(rho[i] * delta)
    densest = min(range(n), key=lambda i: (-rho[i], i))
    order = sorted(range(n), key=lambda i: (-gamma[i], i))
    return [i for i in order if gamma[i] > 0 or i == densest][:p]


def noisy_label(row, uniform):
    """The first class at which the cumulative sum passes ``uniform``."""
    total = 0.0
    last = None
    for label, probability in enumerate(row):
        if probability == 0:
            continue
        total += probability
        last = label
        if uniform < total:
            return label
    return last
