"""Time to estimate the matrix of confusing noise from pairs of labels.

Run as ``python benchmarks/confusion.py``. For comparison it also prints the time to
count the pairs, which any estimate needs. The fastest of several rounds is reported.
"""

import argparse
import time
from collections.abc import Callable
from functools import partial

import torch
from ratios import record

from nl_plugins.functional import estimate_confusion, noise_types
from nl_plugins.functional.confusion import label_counts


def fastest(run: Callable[[], object], rounds: int) -> float:
    """Milliseconds of the fastest of ``rounds`` calls."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return min(times) * 1e3


def main() -> None:
    """Print one line for each number of classes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--pairs', type=int, default=1_000_000)
    parser.add_argument('--classes', type=int, nargs='+', default=[14, 100, 1000])
    parser.add_argument('--rounds', type=int, default=5)
    parser.add_argument('--threads', type=int, help="torch's if not given")
    args = parser.parse_args()
    if args.threads:
        torch.set_num_threads(args.threads)
    torch.manual_seed(0)
    print(f'{args.pairs} pairs, milliseconds')
    print(f'{"classes":>8}{"noise":>10}{"counts":>10}{"confusion":>12}{"types":>10}')
    for num_classes in args.classes:
        true = torch.randint(0, num_classes, (args.pairs,))
        wrong = torch.rand(args.pairs) < 0.4
        for name, width in dict(confusing=4, anywhere=num_classes).items():
            shift = torch.randint(1, width, (args.pairs,))
            noisy = torch.where(wrong, (true + shift) % num_classes, true)
            pairs = true, noisy
            matrix = estimate_confusion(*pairs, num_classes)
            runs = (
                partial(label_counts, *pairs, num_classes),
                partial(estimate_confusion, *pairs, num_classes),
                partial(noise_types, *pairs, matrix),
            )
            columns = [fastest(run, args.rounds) for run in runs]
            print(
                f'{num_classes:>8}{name:>10}{columns[0]:>10.1f}{columns[1]:>12.1f}'
                f'{columns[2]:>10.1f}'
            )
            what = f'{args.pairs} pairs, {num_classes} classes, noise {name}'
            counts, confusion, _ = (each / 1e3 for each in columns)
            record(f'confusion of {what}', confusion, 'counting the pairs', counts)


if __name__ == '__main__':
    main()
