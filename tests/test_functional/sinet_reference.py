"""SINet's equations once more, with plain loops over Python floats.

Written from the text of Cheng et al. (2020) §3, not from the package.
"""

import math


def unit(vector):
    norm = math.hypot(*vector)
    return [x / norm for x in vector]


def label_similarity(embeddings):
    """Eq. 2."""
    units = [unit(v) for v in embeddings]
    return [[sum(x * y for x, y in zip(a, b)) for b in units] for a in units]


def softmax(vector):
    exps = [math.exp(x) for x in vector]
    return [x / sum(exps) for x in exps]


def consistency(visual, textual, gamma, eps, normalize):
    """Eq. 4 for one sample; with 'l2' the divergence of unnormalised measures."""
    if normalize == 'softmax':
        t, v = softmax(textual), softmax(visual)
    else:
        t, v = (unit([max(x, eps) for x in vector]) for vector in (textual, visual))
    divergence = sum(a * math.log(a / b) - a + b for a, b in zip(t, v))
    return 1 / (divergence + eps) ** gamma


def prototypes(features, weights, labels, num_classes):
    """Eq. 5 on unit features, of unit length."""
    result = []
    for c in range(num_classes):
        rows = [i for i, label in enumerate(labels) if label == c]
        total = sum(weights[i] for i in rows)
        units = [[weights[i] * x / total for x in unit(features[i])] for i in rows]
        result.append(unit([sum(column) for column in zip(*units)]))
    return result


def weight(feature, prototype, alpha, beta):
    """Eq. 6."""
    distance = math.dist(unit(feature), unit(prototype))
    return (alpha - distance) ** beta if distance < alpha else 0.0
