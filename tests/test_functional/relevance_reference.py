"""CleanNet's equations once more, with loops over Python numbers.

Written from the text of Lee et al. (2018) section 3, not from the package.
"""


def loss(similarity, verification, margin, omega, gamma):
    """Eq. 9 without the reconstruction error, for one query."""
    supervised = {
        1: 1 - similarity,
        0: omega * max(0, similarity - margin),
        -1: 0,
    }[verification]
    pseudo = 1 if similarity >= margin else 0
    unsupervised = 1 - similarity if pseudo == 1 else 0
    t = 1 if verification == -1 else 0
    return supervised + t * gamma * unsupervised


def soft(similarity):
    return max(0, similarity)


def hard(similarity, threshold):
    return 1 if similarity >= threshold else 0


def error(predicted, verification, labels):
    """Average over the classes of the share of wrong decisions."""
    rates = []
    for label in sorted(set(labels)):
        members = [
            (p, v)
            for p, v, y in zip(predicted, verification, labels)
            if y == label and v in (0, 1)
        ]
        if members:
            rates.append(sum(int(p) != v for p, v in members) / len(members))
    return sum(rates) / len(rates)


def best_error(scores, verification, labels):
    """The least error of any threshold, by trying all that part the scores."""
    candidates = [*scores, max(scores) + 1]
    return min(
        error([score >= threshold for score in scores], verification, labels)
        for threshold in candidates
    )
