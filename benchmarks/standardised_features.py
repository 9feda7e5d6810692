"""Cosines of features as they are, and of features standardised per dimension.

For each feature file whose samples have true labels: the labels that SMP, the nearest
neighbours and ridge regression find, and how well they and SINet's distances tell wrong
labels. Features of other networks come from ``tools/extract.py`` with another backbone;
MNIST has to be enlarged. Noise is that of the file, or planted in its true labels:

    python benchmarks/standardised_features.py data/features/cifar10n_train10k \
        data/features/cifar10n_lite2 --samples 4000 --symmetric 0.5
"""

import argparse
from pathlib import Path

import numpy as np
import torch
from feature_table import markdown
from sklearn.metrics import roc_auc_score
from torch import Tensor

from nl_plugins.checks import check_fraction
from nl_plugins.formats.feature_file import FeatureFile
from nl_plugins.functional import (
    corrupt_labels,
    leave_one_out_scores,
    neighbour_votes,
    prototype_scores,
    select_prototypes,
    symmetric_noise,
    weighted_prototypes,
)


def by_prototypes(features: Tensor, labels: Tensor, num_classes: int) -> Tensor:
    """SMP's scores (N, K), the paper's settings, up to 1,280 samples of a class."""
    prototypes = []
    for label in range(num_classes):
        own = features[labels == label][:1280]
        prototypes.append(own[select_prototypes(own)])
    return prototype_scores(features, prototypes)


def by_centres(features: Tensor, labels: Tensor, num_classes: int) -> Tensor:
    """(N, K): minus the distance to each class's centre, of unit vectors (SINet)."""
    weights = torch.ones(len(labels))
    centres = weighted_prototypes(features, weights, labels, num_classes)
    units = torch.nn.functional.normalize(features)
    return -torch.cdist(units, centres.to(units))


METHODS = {
    'SMP': by_prototypes,
    'SINet': by_centres,
    'neighbours': neighbour_votes,
    'ridge': leave_one_out_scores,
}


def rows_of(path: Path, samples: int, symmetric: float | None) -> list[list[str]]:
    """Two rows of the table: as they are, and standardised."""
    file = FeatureFile(path)
    features = torch.from_numpy(file.features[0, :samples].astype(np.float32))
    given = torch.from_numpy(file.columns['labels'][:samples]).long()
    true = file.columns.get('true_labels')  # without, the given labels are right
    true = given if true is None else torch.from_numpy(true[:samples]).long()
    num_classes = int(true.max()) + 1
    if symmetric is not None:
        given = corrupt_labels(true, symmetric_noise(num_classes, symmetric), seed=0)
    wrong, rows = (given != true).numpy(), []
    scale = features.std(dim=0).clamp_min(1e-6)
    for kind in ('as they are', 'standardised'):
        cells = []
        for method in METHODS.values():
            scores = method(features, given, num_classes).float()
            right = float((scores.argmax(dim=1) == true).float().mean())
            others = scores.scatter(1, given[:, None], -torch.inf).amax(dim=1)
            margin = scores.gather(1, given[:, None])[:, 0] - others
            cells.append(f'{right:.3f} / {roc_auc_score(wrong, -margin):.3f}')
        rows.append([path.name, f'{1 - wrong.mean():.3f}', kind, *cells])
        features = (features - features.mean(dim=0)) / scale
    return rows


def main() -> None:
    """Read the arguments and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('files', nargs='+', type=Path)
    parser.add_argument('--samples', type=int, default=10_000)
    parser.add_argument('--symmetric', type=float, help='rate of planted noise')
    args = parser.parse_args()
    if args.symmetric is not None:
        check_fraction(args.symmetric, '--symmetric')
    rates = [None] if args.symmetric is None else [None, args.symmetric]
    rows = [['file', 'given labels right', 'features', *METHODS]]
    for path in args.files:
        for rate in rates:
            rows += rows_of(path, args.samples, rate)
    print('Labels found that are right / AUC of the margin for wrong labels.\n')
    print(markdown(rows))


if __name__ == '__main__':
    main()
