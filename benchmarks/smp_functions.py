"""Time and memory of SMP's functions relative to the bare product they contain.

Run as ``python benchmarks/smp_functions.py --rows 1000000`` (8 GB of features).
The versions take turns, so that other load on the machine affects all of them, and the
fastest round of each is reported. Peak extra memory is Linux's peak of resident memory
above what was resident before; on other systems it is left out.
"""

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path

import torch
import torch.nn.functional as F
from ratios import record
from torch import Tensor

from nl_plugins.functional import correct_labels, prototype_scores, select_prototypes

PROTOTYPES = 8


def naive_correction(features: Tensor, prototypes: list[Tensor]) -> Tensor:
    """Normalise all features, then one product with all the prototypes."""
    stacked = F.normalize(torch.cat(prototypes))
    cosines = F.normalize(features) @ stacked.T
    return cosines.reshape(len(features), -1, PROTOTYPES).mean(dim=2).argmax(dim=1)


def naive_selection(features: Tensor) -> Tensor:
    """Eq. 5-7 on full matrices, with a sort for the threshold."""
    units = F.normalize(features)
    similarity = units @ units.T
    entries = similarity.flatten().sort().values
    cut = entries[int(0.6 * len(entries))]
    density = torch.sign(similarity - cut).sum(dim=1)
    denser = density[None, :] > density[:, None]
    eta = similarity.masked_fill(~denser, -1).amax(dim=1)
    ranking = density.argsort(descending=True, stable=True)
    return ranking[eta[ranking] < 0.95][:PROTOTYPES]


def peak_extra_mib(run: Callable[[], object]) -> float | None:
    """Resident memory at the peak of ``run`` above that before it."""
    try:
        Path('/proc/self/clear_refs').write_text('5')
    except OSError:
        return None
    before = _status_kib('VmRSS')
    run()
    return max(0.0, (_status_kib('VmHWM') - before) / 1024)


def _status_kib(key: str) -> int:
    lines = Path('/proc/self/status').read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(key))


def compare(versions: dict[str, Callable[[], object]], rounds: int) -> list[dict]:
    """The fastest of ``rounds`` turns of each; ratios refer to the first version."""
    memory = {name: peak_extra_mib(run) for name, run in versions.items()}
    seconds: dict[str, list[float]] = {name: [] for name in versions}
    for _ in range(rounds):
        for name, run in versions.items():
            start = time.perf_counter()
            run()
            seconds[name].append(time.perf_counter() - start)
    bare = min(next(iter(seconds.values())))
    return [
        dict(
            version=name,
            milliseconds=min(times) * 1e3,
            ratio=min(times) / bare,
            extra_mib=memory[name],
        )
        for name, times in seconds.items()
    ]


def show(title: str, rows: list[dict]) -> None:
    """Prints one table."""
    print(f'\n{title}')
    print(f'{"version":<20}{"ms":>10}{"ratio":>8}{"extra MiB":>12}')
    for row in rows:
        extra = 'n/a' if row['extra_mib'] is None else f'{row["extra_mib"]:.0f}'
        milliseconds, ratio = row['milliseconds'], row['ratio']
        print(f'{row["version"]:<20}{milliseconds:>10.1f}{ratio:>8.2f}{extra:>12}')
        if ratio != 1:
            seconds = milliseconds / 1e3
            what = f'{row["version"]}, {title}'
            record(what, seconds, rows[0]['version'], seconds / ratio)


def benchmark_correction(args: argparse.Namespace) -> list[dict]:
    """(rows, dim) features into ``classes`` classes."""
    features = torch.empty(args.rows, args.dim).uniform_()
    shape = (PROTOTYPES, args.dim)
    prototypes = [torch.rand(shape) for _ in range(args.classes)]
    centers = torch.stack([F.normalize(p).mean(dim=0) for p in prototypes])
    versions: dict[str, Callable[[], object]] = {
        'bare product': lambda: features @ centers.T,
        'correct_labels': lambda: correct_labels(features, prototypes),
        'prototype_scores': lambda: prototype_scores(features, prototypes),
    }
    if args.naive:
        versions['naive'] = lambda: naive_correction(features, prototypes)
    return compare(versions, args.rounds)


def benchmark_selection(args: argparse.Namespace) -> list[dict]:
    """(samples, dim) features of one class."""
    features = torch.rand(args.samples, args.dim)
    units = F.normalize(features)
    versions: dict[str, Callable[[], object]] = {
        'bare product': lambda: units @ units.T,
        'select_prototypes': lambda: select_prototypes(features),
    }
    if args.naive:
        versions['naive'] = lambda: naive_selection(features)
    return compare(versions, 3 * args.rounds)


def main() -> None:
    """Prints both tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--rows', type=int, default=200_000, help='corrected samples')
    parser.add_argument('--samples', type=int, default=1280, help='m, of one class')
    parser.add_argument('--dim', type=int, default=2048)
    parser.add_argument('--classes', type=int, default=14)
    parser.add_argument('--rounds', type=int, default=5)
    parser.add_argument('--threads', type=int, help="torch's if not given")
    parser.add_argument('--no-naive', dest='naive', action='store_false')
    parser.add_argument('--output', type=Path, help='also write the figures as JSON')
    args = parser.parse_args()
    if args.threads:
        torch.set_num_threads(args.threads)
    torch.manual_seed(0)
    selection = benchmark_selection(args)
    show(f'one class: {args.samples} x {args.dim}', selection)
    correction = benchmark_correction(args)
    title = f'{args.rows} x {args.dim} into {args.classes} x {PROTOTYPES}'
    show(title, correction)
    if args.output:
        figures = dict(selection=selection, correction=correction)
        args.output.write_text(json.dumps(figures, indent=2))


if __name__ == '__main__':
    main()
