"""How much a sample of a small class should weigh: one over a power of its class size.

``NL_CIFAR10=files python benchmarks/class_weights.py`` fits what the recipe fits, in
closed form, with the powers 0, 1/2 and 1, to columns of ``feature_table.py`` (those
that have their feature files), to parts of worst with class sizes that fall to a
fraction, by the given or by the true labels, and to digits with planted pairs.
"Agreement" is how often the out-of-sample prediction is the given label: it needs no
clean label, and chose the power. The rest, with the truth, is to look at.
"""

import argparse

import numpy as np
import torch
from feature_table import COLUMNS, markdown
from noise_estimates import PLANTED, cifar_data, digits_data
from sklearn.metrics import roc_auc_score
from torch import Tensor

from nl_plugins.functional import leave_one_out_scores
from nl_plugins.functional.posterior_fit import PosteriorFit, fit_posterior

POWERS = (0.0, 0.5, 1.0)
TAILS = (5, 20, 100)
FIGURES = ('agreement', 'right', 'mean over classes', 'AUC')
HEAD = [
    'labels',
    'smallest class',
    *(f'{figure}, {power:g}' for figure in FIGURES for power in POWERS),
]


def fit(features: Tensor, given: Tensor, num_classes: int, power: float):
    """What ``fit_posterior``, whose own power is 1/2, finds with another power."""
    more = given.bincount().double()[given] ** (0.5 - power)

    def regress(targets: Tensor, weights: Tensor) -> Tensor:
        both = weights * more
        both = both / both.mean()
        kind = dict(weights=both, dtype=torch.float32)
        return leave_one_out_scores(features, targets, num_classes, **kind)

    return fit_posterior(regress, given, torch.full_like(given, -1))


def figures_of(found: PosteriorFit, given: Tensor, true: Tensor) -> list[float]:
    """The FIGURES of a fit."""
    best, wrong = found.posterior.argmax(dim=1), given != true
    right = (best == true).double()
    by_class = [float(right[true == label].mean()) for label in true.unique()]
    agreement = float((found.scores.argmax(dim=1) == given).double().mean())
    auc = roc_auc_score(wrong, -found.unmarked) if wrong.any() else np.nan
    return [agreement, float(right.mean()), float(np.mean(by_class)), auc]


def line_of(name: str, features: Tensor, given: Tensor, true: Tensor) -> list[str]:
    """One line of the table."""
    num_classes = int(true.max()) + 1
    fits = [fit(features, given, num_classes, power) for power in POWERS]
    by_power = [figures_of(found, given, true) for found in fits]
    texts = [f'{value:.3f}' for figure in zip(*by_power) for value in figure]
    return [name, str(int(given.bincount().min())), *texts]


def tail(labels: Tensor, imbalance: float) -> Tensor:
    """Rows that leave class k of K the share imbalance^(-k / (K - 1)) of the least."""
    sizes = labels.bincount()
    shares = np.geomspace(1, 1 / imbalance, len(sizes))
    generator = torch.Generator().manual_seed(0)
    parts = []
    for label, share in enumerate(shares):
        rows = torch.where(labels == label)[0]
        order = torch.randperm(len(rows), generator=generator)
        parts.append(rows[order[: round(int(sizes.min()) * share)]])
    return torch.cat(parts)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--columns', nargs='*', default=COLUMNS, choices=COLUMNS)
    args = parser.parse_args()
    lines = [line_of(column, *cifar_data(column)) for column in args.columns]
    worst = cifar_data('worst')
    for which, labels in (('given', worst[1]), ('true', worst[2])):
        for imbalance in TAILS:
            rows = tail(labels, imbalance)
            name = f'worst, {which} classes to 1/{imbalance}'
            lines.append(line_of(name, *(part[rows] for part in worst)))
    lines += [line_of(name, *digits_data(name)) for name in PLANTED if 'pairs' in name]
    print(markdown([HEAD, *lines]))


if __name__ == '__main__':
    main()
