"""Out-of-sample scores: quality and time beside cleanlab's, and cost at scale.

``python benchmarks/out_of_sample_scores.py`` ranks synthetic samples whose labels are
partly wrong: exact leave-one-out ridge regression with a path of 20 penalties, and
cleanlab's ``CleanLearning(LogisticRegression)`` with 5 folds (``pip install cleanlab``,
else it is left out; takes minutes for each C). ``--features``, ``--labels`` and
``--true`` are ``.npy`` files to take instead: (N, d), (N,) and (N,).

Then it streams a float16 memory map (2.6 GB on the disk) through
``leave_one_out_scores`` and, in turn with it, through the bare product X.T @ X. Memory
is the peak of the process without the pages of files (Linux; elsewhere it is left out).
"""

import argparse
import json
import tempfile
import time
import warnings
from collections.abc import Callable
from functools import partial
from importlib import util
from pathlib import Path
from typing import Any

import numpy as np
import torch
from cleannet_round import PeakMemory
from ratios import record
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from torch import Tensor

from nl_plugins.functional import leave_one_out_scores

CHUNK_ROWS = 4096


def main() -> None:
    """Print a JSON line for each measurement."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--part', choices=['quality', 'scale', 'both'], default='both')
    parser.add_argument('--samples', type=int, default=50_000)
    parser.add_argument('--dim', type=int, default=1280)
    parser.add_argument('--classes', type=int, default=100)
    parser.add_argument('--features', type=Path, help='in place of synthetic ones')
    parser.add_argument('--labels', type=Path, help='given labels')
    parser.add_argument('--true', type=Path, help='true labels')
    parser.add_argument('--c', type=float, nargs='*', default=[1, 0.1, 0.01, 0.001])
    parser.add_argument('--rows', type=int, default=1_000_000, help='of the memory map')
    parser.add_argument('--dtypes', nargs='*', default=['float32', 'float64'])
    parser.add_argument('--rounds', type=int, default=2, help='fastest counts')
    parser.add_argument('--directory', default=tempfile.gettempdir())
    parser.add_argument('--threads', type=int, help="torch's if not given")
    args = parser.parse_args()
    if args.threads:
        torch.set_num_threads(args.threads)
    if args.part != 'scale':
        compare_quality(args)
    if args.part != 'quality':
        measure_scale(args)


def compare_quality(args: argparse.Namespace) -> None:
    """Time and quality of each way to score samples by models they are no part of."""
    if args.features:
        features = np.load(args.features, mmap_mode='r')
        given, true = (torch.from_numpy(np.load(p)) for p in (args.labels, args.true))
        given, true = given.long(), true.long()
    else:
        features, given, true = synthetic(args.samples, args.dim, args.classes)
    num_classes = int(max(given.max(), true.max())) + 1
    right = (given == true).double().mean()
    report(samples=len(given), classes=num_classes, given_right=float(right))

    def judge(name: str, score: Callable[[], tuple[Tensor, Tensor]]) -> None:
        start = time.perf_counter()
        predicted, quality = score()
        seconds = time.perf_counter() - start
        accuracy = float((predicted == true).double().mean())
        auc = roc_auc_score(given == true, quality)
        report(scores=name, seconds=seconds, right=accuracy, auc=auc)

    for dtype in (torch.float32, torch.float64):
        for standardize in (False, True):
            name = f'leave one out, {dtype}' + ', standardised' * standardize
            options = dict(
                num_classes=num_classes, standardize=standardize, dtype=dtype
            )
            judge(name, partial(ridge, features, given, **options))
    if not util.find_spec('cleanlab'):
        report(cleanlab='not installed')
        return
    for c in args.c:
        judge(f'cleanlab, C = {c}', partial(cleanlab, features, given, c))


def ridge(features: np.ndarray, given: Tensor, **options: Any) -> tuple[Tensor, Tensor]:
    """Predicted labels (N,) and scores of the given ones (N,)."""
    scores = leave_one_out_scores(features, given, **options)
    return scores.argmax(dim=1), scores.gather(1, given[:, None])[:, 0]


def cleanlab(features: np.ndarray, given: Tensor, c: float) -> tuple[Tensor, Tensor]:
    """The same from cleanlab; its default is C = 1."""
    from cleanlab.classification import CleanLearning

    learner = CleanLearning(LogisticRegression(C=c), seed=0)
    warnings.simplefilter('ignore', ConvergenceWarning)  # of its default 100 steps
    issues = learner.find_label_issues(features.astype(np.float32), given.numpy())
    columns = ('predicted_label', 'label_quality')
    predicted, quality = (torch.tensor(issues[name].to_numpy()) for name in columns)
    return predicted, quality


def synthetic(
    size: int, dim: int, num_classes: int
) -> tuple[np.ndarray, Tensor, Tensor]:
    """Non-negative float16 features, few directions with most of the spread.

    40 % of the labels are wrong, half of these the next class.
    """
    generator = torch.Generator().manual_seed(0)
    centres = torch.randn(num_classes, dim, generator=generator)
    mixing = torch.randn(dim, dim, generator=generator) / dim**0.5
    mixing *= 3 * torch.arange(1, dim + 1)[:, None] ** -0.35
    mixing /= mixing.square().sum(dim=0).mean().sqrt()
    true = torch.randint(num_classes, (size,), generator=generator)
    features = np.empty((size, dim), np.float16)
    for rows in torch.arange(size).split(CHUNK_ROWS):
        spread = torch.randn(len(rows), dim, generator=generator) @ mixing
        features[rows] = (0.1 * centres[true[rows]] + spread).relu()
    wrong = torch.rand(size, generator=generator) < 0.4
    near = torch.rand(size, generator=generator) < 0.5
    step = torch.randint(1, num_classes, (size,), generator=generator)
    other = (true + torch.where(near, 1, step)) % num_classes
    return features, torch.where(wrong, other, true), true


def measure_scale(args: argparse.Namespace) -> None:
    """Time beside the bare product, and memory, with a memory-mapped file."""
    generator = torch.Generator().manual_seed(0)
    labels = torch.randint(args.classes, (args.rows,), generator=generator)
    with tempfile.TemporaryDirectory(dir=args.directory) as folder:
        shape = args.rows, args.dim
        path = Path(folder, 'features.npy')
        file = np.lib.format.open_memmap(path, 'w+', np.float16, shape)
        for start in range(0, args.rows, CHUNK_ROWS):
            part = file[start : start + CHUNK_ROWS]
            part[:] = torch.rand(part.shape, generator=generator).half().numpy()
        del file, part
        features = np.load(path, mmap_mode='r')
        for dtype in (getattr(torch, name) for name in args.dtypes):
            runs: dict[str, Callable[[], Tensor]] = {
                'bare product': partial(bare, features, dtype),
                'leave one out': partial(
                    leave_one_out_scores, features, labels, args.classes, dtype=dtype
                ),
            }
            seconds = dict.fromkeys(runs, float('inf'))
            for _ in range(args.rounds):
                for name, run in runs.items():
                    start_time = time.perf_counter()
                    with PeakMemory() as memory:
                        run()
                    taken = time.perf_counter() - start_time
                    seconds[name] = min(seconds[name], taken)
                    extra = memory.peak - memory.before
                    report(run=name, dtype=str(dtype), seconds=taken, extra_mib=extra)
            ratio = seconds['leave one out'] / seconds['bare product']
            report(rows=args.rows, dtype=str(dtype), ratio=ratio)
            what = f'leave-one-out scores, {args.rows} x {args.dim}'
            record(what, seconds['leave one out'], 'X.T @ X', seconds['bare product'])


def bare(features: np.ndarray, dtype: torch.dtype) -> Tensor:
    """X.T @ X of a file, chunk by chunk."""
    total = torch.zeros(features.shape[1], features.shape[1], dtype=dtype)
    for start in range(0, len(features), CHUNK_ROWS):
        x = torch.from_numpy(np.array(features[start : start + CHUNK_ROWS])).to(dtype)
        total.addmm_(x.T, x)
    return total


def report(**figures: object) -> None:
    """One line of JSON."""
    print(json.dumps(figures), flush=True)


if __name__ == '__main__':
    main()
