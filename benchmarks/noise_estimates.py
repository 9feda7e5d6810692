"""How right the given labels are: the estimate of the noise model, and the truth.

``NL_CIFAR10=files python benchmarks/noise_estimates.py`` fits ridge regression and
noise model, in closed form, to all columns of ``feature_table.py`` (those that have
their feature files) and to scikit-learn's digits, 64 pixels, with planted noise. The
estimate is the mean posterior of the given labels; no clean label is used. With
``--sizes 300 600 1200 2400`` it is made for three random parts of each column instead,
with ``--dims 1 5 20`` with so many of the features. ``--fourier 3072`` takes so many
random Fourier features of them (Rahimi & Recht, NIPS 2007): ridge regression on these
is close to that with a Gaussian kernel.
"""

import argparse
import time

import numpy as np
import torch
from feature_table import BASELINE, COLUMNS, CONFIGS, markdown, training_set
from mmengine.registry import init_default_scope
from mmpretrain.registry import DATASETS
from sklearn.metrics import roc_auc_score
from torch import Tensor

from nl_plugins.functional import leave_one_out_scores
from nl_plugins.functional.posterior_fit import fit_posterior
from nl_plugins.running.run_config import read_config

RATES = (0.0, 0.1, 0.2, 0.4, 0.6, 0.8)
PAIRS = {2: 7, 3: 8, 5: 6, 6: 5, 7: 1}
PLANTED = {
    f'digits, symmetric {rate}': dict(type='symmetric', rate=rate) for rate in RATES
}
PLANTED |= {
    f'digits, pairs {rate}': dict(type='asymmetric', pairs=PAIRS, rate=rate)
    for rate in (0.2, 0.4)
}
WIDTHS = (0.5, 1.0, 2.0)  # of a kernel, in median distances
HEAD = ['labels', 'samples', 'right', 'estimate', 'error']
HEAD += ['posterior right', 'estimate', 'AUC', 's']


def line_of(name: str, features: Tensor, given: Tensor, true: Tensor) -> list[str]:
    """One line of the table."""
    start = time.perf_counter()
    num_classes = int(true.max()) + 1

    def regress(targets: Tensor, weights: Tensor) -> Tensor:
        kind = dict(weights=weights, dtype=torch.float32)
        return leave_one_out_scores(features, targets, num_classes, **kind)

    posterior = fit_posterior(regress, given, torch.full_like(given, -1)).posterior
    seconds = time.perf_counter() - start
    own = posterior.gather(1, given[:, None])[:, 0]
    wrong = given != true
    right, estimate = float((~wrong).double().mean()), float(own.mean())
    best = posterior.max(dim=1)
    auc = f'{roc_auc_score(wrong, -own):.3f}' if wrong.any() else '–'
    numbers = [right, estimate, estimate - right]
    numbers += [
        float((best.indices == true).double().mean()),
        float(best.values.mean()),
    ]
    texts = [f'{number:.3f}' for number in numbers]
    return [name, str(len(given)), *texts, auc, f'{seconds:.1f}']


def cifar_data(column: str) -> tuple[Tensor, Tensor, Tensor]:
    """Standardised features, given and true labels of a column of the table."""
    config = read_config(str(CONFIGS / BASELINE))
    init_default_scope(config.default_scope)
    dataset = DATASETS.build(training_set(config, column, 'given'))
    rows = [dataset[row]['inputs'] for row in range(len(dataset))]
    features = torch.stack(rows).float()
    features = features / features.std(dim=0).clamp_min(1e-6)
    given, true = (
        torch.from_numpy(np.asarray(values)).long()
        for values in (dataset.columns.labels, dataset.columns.true_labels)
    )
    return features, given, true


def cifar_line(column: str) -> list[str]:
    """A whole column."""
    return line_of(column, *cifar_data(column))


def dims_line(column: str, dims: int) -> list[str]:
    """A column with its first features only, which hardly tell the classes apart."""
    features, given, true = cifar_data(column)
    return line_of(f'{column}, {dims} features', features[:, :dims], given, true)


def fourier_features(features: Tensor, dims: int, width: float) -> Tensor:
    """(N, dims) of a Gaussian kernel, as wide as so many median distances."""
    generator = torch.Generator().manual_seed(0)
    median = torch.cdist(features[:1000], features[-1000:]).median()
    shape = features.shape[1], dims
    waves = torch.randn(shape, generator=generator) / (width * median)
    phases = 2 * torch.pi * torch.rand(dims, generator=generator)
    return torch.cos((features - features.mean(dim=0)) @ waves + phases)


def fourier_line(column: str, dims: int, width: float) -> list[str]:
    """A column by the features of a kernel."""
    features, given, true = cifar_data(column)
    name = f'{column}, {dims} Fourier features, width {width:g}'
    return line_of(name, fourier_features(features, dims, width), given, true)


def size_line(size: int, columns: list[str]) -> list[str]:
    """The errors of the estimate for three random parts of each column."""
    generator = torch.Generator().manual_seed(0)
    errors = []
    for features, given, true in map(cifar_data, columns):
        for _ in range(3):
            rows = torch.randperm(len(given), generator=generator)[:size]
            line = line_of('', features[rows], given[rows], true[rows])
            errors.append(float(line[4]))
    values = np.array(errors)
    root = (values**2).mean() ** 0.5
    return [str(size), *(f'{v:.3f}' for v in (values.mean(), root, abs(values).max()))]


def digits_data(name: str) -> tuple[Tensor, Tensor, Tensor]:
    """Pixels, given and true labels of digits with one of ``PLANTED``."""
    init_default_scope('mmpretrain')
    digits = dict(type='Digits', pipeline=[dict(type='PackInputs')])
    noisy = dict(type='NoisyLabels', dataset=digits, noise=PLANTED[name])
    dataset = DATASETS.build(noisy)
    rows = [dataset[row]['inputs'].flatten() for row in range(len(dataset))]
    labels = dataset.columns.labels, dataset.columns.true_labels
    given, true = (torch.from_numpy(np.asarray(each)).long() for each in labels)
    return torch.stack(rows).float(), given, true


def digits_line(name: str) -> list[str]:
    """Digits with one of ``PLANTED``."""
    return line_of(name, *digits_data(name))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--columns', nargs='*', default=COLUMNS, choices=COLUMNS)
    parser.add_argument('--sizes', nargs='*', type=int, default=[])
    parser.add_argument('--dims', nargs='*', type=int, default=[])
    parser.add_argument('--fourier', type=int, metavar='DIMS')
    args = parser.parse_args()
    columns = args.columns
    if args.sizes:
        head = ['samples', 'mean error', 'root mean square', 'largest']
        lines = [size_line(size, columns) for size in args.sizes]
        print(markdown([head, *lines]))
        return
    if args.dims:
        print(markdown([HEAD, *(dims_line(c, d) for c in columns for d in args.dims)]))
        return
    if args.fourier:
        cases = [(c, args.fourier, width) for c in columns for width in WIDTHS]
        print(markdown([HEAD, *(fourier_line(*case) for case in cases)]))
        return
    lines = [HEAD, *map(cifar_line, columns)]
    print(markdown([*lines, *map(digits_line, PLANTED)]))


if __name__ == '__main__':
    main()
