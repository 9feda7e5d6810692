"""Time and memory of a round of SINet on any number of features.

Instead of the walk, features are drawn around class centres, 30 % of them with the
label of another class. Everything else is the hook's own code: it stores the features,
makes the prototypes and weights all samples. Rounds run in separate processes, with
half of ``--samples`` and with all of them, to show the growth with N. Peak memory is
anonymous memory, since pages of the feature file can be dropped at any time. The C
library is told to give freed blocks back; by default it keeps some, hundreds of MiB in
one run and few in the next, whatever N is.
WebVision 1.0 has more than 2 M images: ``--samples 2000000`` writes 8 GB to
``--folder``.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import torch
from cleannet_round import PeakMemory
from ratios import record
from torch import Tensor

from nl_plugins.functional import distance_weights
from nl_plugins.methods.sinet.labelled_features import LabelledFeatures
from nl_plugins.methods.sinet.prototype_weighting import (
    PrototypeWeighting,
    class_distances,
)
from nl_plugins.methods.sinet.weight_summary import wrong_label_auc
from nl_plugins.supervision.feature_bank import FeatureBank
from nl_plugins.supervision.feature_source import WalkSource
from nl_plugins.supervision.walk import WalkBatch

WRONG = 0.3
GIVE_BACK = dict(MALLOC_MMAP_THRESHOLD_='131072', MALLOC_TRIM_THRESHOLD_='131072')


class DrawnWalk:
    """Features in batches, as a walk over images would give them."""

    def __init__(self, labels: Tensor, true: Tensor, dim: int, batch_size: int) -> None:
        self.labels, self.true, self.batch_size = labels, true, batch_size
        self.centers = torch.randn(int(labels.max()) + 1, dim).relu()
        self.seconds = 0.0  # spent on drawing

    def __call__(self, model: object) -> Iterator[WalkBatch]:
        """Yield all samples."""
        num_classes, dim = self.centers.shape
        for rows in torch.arange(len(self.labels)).split(self.batch_size):
            start = time.perf_counter()
            features = self.centers[self.true[rows]]
            features = features + 0.5 * torch.randn(len(rows), dim)
            right = self.labels[rows] == self.true[rows]
            sure = torch.where(right, 0.5, 0.1) * torch.rand(len(rows))
            probs = torch.zeros(len(rows), num_classes)
            probs[torch.arange(len(rows)), self.labels[rows]] = sure
            self.seconds += time.perf_counter() - start
            yield WalkBatch(rows, features, probs)


def bare_products(samples: int, dim: int, num_classes: int) -> float:
    """Seconds of what no round can do without: two products with all prototypes."""
    units, centers = torch.rand(512, dim), torch.rand(dim, num_classes)
    start = time.perf_counter()
    for _ in range(2 * samples // len(units)):
        units @ centers
    return time.perf_counter() - start


def one_round(args: argparse.Namespace) -> dict:
    """The figures of a round."""
    torch.manual_seed(0)
    true = torch.randint(args.classes, (args.samples,))
    other = (true + torch.randint(1, args.classes, true.shape)) % args.classes
    labels = torch.where(torch.rand(true.shape) < WRONG, other, true)
    graph = torch.rand(args.classes, args.classes)
    graph = ((graph + graph.T) / 2).fill_diagonal_(1)
    walk = DrawnWalk(labels, true, args.dim, args.batch_size)
    weighting = PrototypeWeighting(50, None, 1.0, 1e-6, 'softmax')
    limit = int(args.memory_limit * 2**30)
    bank = FeatureBank(args.samples, None, limit, args.folder)
    with PeakMemory() as memory:
        times = [time.perf_counter()]
        samples = LabelledFeatures(labels, args.classes, bank)
        WalkSource(walk, samples.add).run(torch.nn.Identity())
        samples.merge()
        times.append(time.perf_counter())
        allowed = torch.ones(len(labels), dtype=torch.bool)
        prototypes = weighting.prototypes(samples, allowed, graph)
        times.append(time.perf_counter())
        weights = distance_weights(class_distances(samples, prototypes)['own'])
        times.append(time.perf_counter())
    return dict(
        samples=args.samples,
        drawing=walk.seconds,
        keeping=times[1] - times[0] - walk.seconds,
        prototypes=times[2] - times[1],
        weighting=times[3] - times[2],
        products=bare_products(args.samples, args.dim, args.classes),
        peak_mib=memory.peak - memory.before,
        auc=wrong_label_auc(weights, labels, true),
    )


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--samples', type=int, default=200_000)
    parser.add_argument('--dim', type=int, default=2048)
    parser.add_argument('--classes', type=int, default=1000)
    parser.add_argument('--batch-size', type=int, default=256)
    parser.add_argument(
        '--memory-limit', type=float, default=0, help='GiB of features not in a file'
    )
    parser.add_argument('--folder', default=tempfile.gettempdir())
    parser.add_argument('--output', type=Path, help='also write the figures as JSON')
    parser.add_argument('--one', action='store_true', help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one:
        print(json.dumps(one_round(args)))
        return
    rows = []
    for samples in (args.samples // 2, args.samples):
        command = [sys.executable, *sys.argv, '--one', '--samples', str(samples)]
        done = subprocess.run(
            command,
            check=True,
            capture_output=True,
            text=True,
            env={**os.environ, **GIVE_BACK},
        )
        rows.append(json.loads(done.stdout.splitlines()[-1]))
    print(f'{args.dim} features, {args.classes} classes; seconds, MiB')
    print(''.join(f'{name:>12}' for name in rows[0]))
    for row in rows:
        print(f'{row["samples"]:>12}', end='')
        print(''.join(f'{row[name]:>12.2f}' for name in list(row)[1:]))
    row, what = rows[-1], f'{args.samples} x {args.dim}, {args.classes} classes'
    products = 'its two products', row['products']
    record(f'SINet round, {what}', row['prototypes'] + row['weighting'], *products)
    record(f'SINet features to a file, {what}', row['keeping'], *products)
    if args.output:
        args.output.write_text(json.dumps(rows, indent=2))


if __name__ == '__main__':
    main()
