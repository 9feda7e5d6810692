"""Time and memory of a round of CleanNet at the size of Clothing1M.

Run as ``python benchmarks/cleannet_round.py``: 1 M x 2,048 synthetic features in a
memory-mapped bank (4 GB on the disk), 14 classes x 50 reference vectors, 25,000
verified samples, one network (the paper's). ``--scale 0.1`` takes a tenth of the
samples. The walk that extracts real features is not part of it. Peak memory is that of
the process without the pages of files (Linux; elsewhere it is left out).
"""

import argparse
import json
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
from ratios import record
from torch import Tensor

from nl_plugins.methods.cleannet.cleannet_round import CleanNetRound
from nl_plugins.supervision.feature_bank import FeatureBank

CLASSES, DIM, ADDED_AT_ONCE = 14, 2048, 4096


class TimedRound(CleanNetRound):
    """Records how long its parts take."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.seconds: dict[str, float] = {}

    def references(self, *args) -> Tensor:
        """K-means."""
        with self._clock('k-means'):
            return super().references(*args)

    def _network(self, *args):
        with self._clock('training'):
            return super()._network(*args)

    @contextmanager
    def _clock(self, part: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        elapsed = time.perf_counter() - start
        self.seconds[part] = self.seconds.get(part, 0.0) + elapsed


class PeakMemory:
    """Peak anonymous memory of this process within the context, in MiB."""

    STATUS = Path('/proc/self/status')

    def __enter__(self) -> 'PeakMemory':
        self.before = self.peak = self._now()
        self.done = threading.Event()
        self.thread = threading.Thread(target=self._watch)
        self.thread.start()
        return self

    def __exit__(self, *exception) -> None:
        self.done.set()
        self.thread.join()

    def _watch(self) -> None:
        while not self.done.wait(0.02):
            self.peak = max(self.peak, self._now())

    def _now(self) -> float:
        if not self.STATUS.exists():
            return float('nan')
        lines = self.STATUS.read_text().splitlines()
        return next(int(line.split()[1]) / 1024 for line in lines if 'RssAnon' in line)


def synthetic_bank(
    size: int, folder: str, generator: torch.Generator
) -> tuple[FeatureBank, Tensor, Tensor]:
    """Non-negative features, several centres per class; 40 % of the labels wrong."""
    centres = torch.randn(CLASSES, 20, DIM, generator=generator).relu()
    given = torch.randint(CLASSES, (size,), generator=generator)
    right = torch.rand(size, generator=generator) >= 0.4
    other = torch.randint(CLASSES, (size,), generator=generator)
    true = torch.where(right, given, other)
    bank = FeatureBank(size, memory_limit=0, directory=folder)
    for rows in torch.arange(size).split(ADDED_AT_ONCE):
        place = torch.randint(20, (len(rows),), generator=generator)
        spread = torch.randn(len(rows), DIM, generator=generator)
        bank.add(rows, (centres[true[rows], place] + spread).relu())
    return bank, given, (given == true).long()


def bare_product(size: int) -> float:
    """Seconds of what scoring cannot do without: the first layer of the encoder."""
    units, weight = torch.rand(1024, DIM), torch.rand(DIM, 256)
    start = time.perf_counter()
    for _ in range(size // len(units)):
        units @ weight
    return time.perf_counter() - start


def main() -> None:
    """Make the features, run the round, print a JSON line for each part."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--scale', type=float, default=1.0)
    parser.add_argument('--epochs', type=int, default=20, help='most training epochs')
    parser.add_argument('--directory', default=tempfile.gettempdir())
    args = parser.parse_args()
    size, verified = int(1_000_000 * args.scale), int(25_000 * args.scale)
    generator = torch.Generator().manual_seed(0)
    start = time.perf_counter()
    bank, given, right = synthetic_bank(size, args.directory, generator)
    filled = time.perf_counter() - start
    verification = torch.full((size,), -1)
    rows = torch.randperm(size, generator=generator)[:verified]
    verification[rows] = right[rows]
    cleannet = TimedRound(num_networks=1, training=dict(max_epochs=args.epochs))
    start = time.perf_counter()
    with PeakMemory() as memory:
        relevance = cleannet(bank, given, verification, CLASSES, torch.device('cpu'))
    total = time.perf_counter() - start
    parts = dict(cleannet.seconds)
    parts['scoring and the rest'] = total - sum(parts.values())
    print(json.dumps(dict(samples=size, verified=verified, bank_seconds=filled)))
    for part, seconds in parts.items():
        print(json.dumps(dict(part=part, seconds=seconds, share=seconds / total)))
    scoring = parts['scoring and the rest']
    product = 'the first layer alone', bare_product(size)
    record(f'CleanNet, scoring of {size} samples', scoring, *product)
    wrong = relevance.selected != (right == 1)
    print(
        json.dumps(
            dict(
                total_seconds=total,
                peak_mib=memory.peak,
                extra_mib=memory.peak - memory.before,
                detection_error=float(wrong.double().mean()),
            )
        )
    )


if __name__ == '__main__':
    main()
