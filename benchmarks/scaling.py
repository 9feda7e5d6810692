"""How time and memory grow with N samples, d features, K classes and processes.

Random features; one of the three numbers changes, the others stay at 20,000, 512 and
50. Seconds of the processor on one thread, the least of some rounds, beside the bare
arithmetic that the function cannot do without: a product, or one pass over the
features. Peak anonymous memory is that above the features.
With several processes each has its share of the samples: seconds of the wall clock of
the slowest, for the statistics of leave-one-out scores, which the ranks add up. Writes
a table and a picture to ``--out``.
"""

import argparse
import os
import time
from collections.abc import Callable
from pathlib import Path

import torch
import torch.distributed as dist
import torch.multiprocessing as mp
from cleannet_round import PeakMemory
from ratios import record
from torch import Tensor

from nl_plugins.formats.markdown_table import markdown_table
from nl_plugins.functional import (
    RidgeStatistics,
    correct_labels,
    leave_one_out_scores,
    weighted_prototypes,
)
from nl_plugins.supervision.sum_statistics import sum_statistics
from nl_plugins.visualization.figures import new_figure, save_figure, tidy_axes

BASE = dict(N=20_000, d=512, K=50)
VALUES = dict(
    N=[5_000, 10_000, 20_000, 40_000, 80_000],
    d=[128, 256, 512, 1_024, 2_048],
    K=[10, 50, 200, 1_000],
)
Run = Callable[[Tensor, Tensor, int], object]


def correct(features: Tensor, labels: Tensor, classes: int) -> Tensor:
    """SMP's labels, by 8 prototypes of each class."""
    return correct_labels(features, list(features[: 8 * classes].split(8)))


def centres(features: Tensor, labels: Tensor, classes: int) -> Tensor:
    """SINet's prototypes, all weights 1."""
    return weighted_prototypes(features, torch.ones(len(features)), labels, classes)


def by_classes(features: Tensor, labels: Tensor, classes: int) -> Tensor:
    """A product of the features with K vectors."""
    return features @ features[:classes].T


def by_themselves(features: Tensor, labels: Tensor, classes: int) -> Tensor:
    """The product of the features with themselves, d x d."""
    return features.T @ features


def one_pass(features: Tensor, labels: Tensor, classes: int) -> Tensor:
    """Each feature read once."""
    return torch.linalg.vector_norm(features, dim=1)


# name: the function, and the arithmetic that it contains
FUNCTIONS: dict[str, tuple[Run, Run]] = {
    'SMP: correct labels': (correct, by_classes),
    'SINet: prototypes': (centres, one_pass),
    'leave-one-out scores': (leave_one_out_scores, by_themselves),
}


def seconds_of(run: Run, data: tuple[Tensor, Tensor, int], rounds: int) -> float:
    """Processor time of the fastest round."""
    best = float('inf')
    for _ in range(rounds):
        start = time.process_time()
        run(*data)
        best = min(best, time.process_time() - start)
    return best


def measure(rounds: int) -> list[dict]:
    """A point for each function and value."""
    points = []
    for axis, values in VALUES.items():
        for value in values:
            size = BASE | {axis: value}
            torch.manual_seed(0)
            features = torch.randn(size['N'], size['d'])
            labels = torch.arange(size['N']) % size['K']
            data = features, labels, size['K']
            for name, (run, bare) in FUNCTIONS.items():
                with PeakMemory() as memory:
                    seconds = seconds_of(run, data, rounds)
                found = dict(seconds=seconds, bare=seconds_of(bare, data, rounds))
                point = dict(name=name, axis=axis, value=value) | found
                points.append(point | dict(mib=memory.peak - memory.before))
                print(f'{name}, {axis} = {value}: {seconds:.3f} s', flush=True)
    return points


def add_up(rank: int, world: int, samples: int, file: str, seconds: Tensor) -> None:
    """One of ``world`` processes: statistics of its share, added up over all."""
    torch.set_num_threads(1)
    dist.init_process_group('gloo', init_method=file, rank=rank, world_size=world)
    torch.manual_seed(rank)
    features = torch.randn(samples // world, BASE['d'])
    labels = torch.arange(len(features)) % BASE['K']
    dist.barrier()
    start = time.perf_counter()
    statistics = RidgeStatistics(BASE['d'], BASE['K'], torch.float32)
    for rows in torch.arange(len(features)).split(4096):
        statistics.add(features[rows], labels[rows])
    sum_statistics(statistics)
    seconds[rank] = time.perf_counter() - start
    dist.destroy_process_group()


def by_processes(folder: Path, counts: list[int]) -> dict[int, float]:
    """Seconds of the slowest process, by how many share the samples."""
    found = {}
    for world in counts:
        seconds = torch.zeros(world).share_memory_()
        file = folder.resolve() / f'.ranks_{world}_{os.getpid()}'
        arguments = world, VALUES['N'][-1], f'file://{file}', seconds
        mp.spawn(add_up, arguments, nprocs=world)
        file.unlink(missing_ok=True)
        found[world] = float(seconds.max())
    return found


def table(points: list[dict], processes: dict[int, float]) -> str:
    """Markdown: a row for each point, and one for each number of processes."""
    columns = ['function', 'changes', 's', 'bare arithmetic', 'ratio', 'MiB']
    rows = []
    for point in points:
        ratio = point['seconds'] / point['bare']
        times = f'{point["seconds"]:.3g}', f'{point["bare"]:.3g}', f'{ratio:.2f}'
        changed = f'{point["axis"]} = {point["value"]:,}'
        rows.append([point['name'], changed, *times, f'{point["mib"]:.0f}'])
    for world, seconds in processes.items():
        what = f'{world} processes, N = {VALUES["N"][-1]:,}'
        rows.append(['ridge statistics', what, f'{seconds:.3g}', '', '', ''])
    return markdown_table(columns, rows, columns[2:])


def draw(points: list[dict], path: Path) -> None:
    """A panel for N, d and K: seconds, and dotted those of the bare arithmetic."""
    figure, panels = new_figure((10.5, 3.6), 1, len(VALUES), sharey=True)
    for axes, axis in zip(panels, VALUES):
        for i, name in enumerate(FUNCTIONS):
            own = [p for p in points if (p['name'], p['axis']) == (name, axis)]
            values = [point['value'] for point in own]
            seconds = [point['seconds'] for point in own]
            axes.plot(values, seconds, f'C{i}o-', label=name if axis == 'N' else None)
            axes.plot(values, [point['bare'] for point in own], f'C{i}:')
        others = ', '.join(f'{k} = {v:,}' for k, v in BASE.items() if k != axis)
        tidy_axes(axes, f'{axis}   ({others})', 'seconds' if axis == 'N' else '')
        axes.set(xscale='log', yscale='log')
        axes.minorticks_off()
        axes.set_xticks(VALUES[axis], [f'{value:,}' for value in VALUES[axis]])
    figure.legend(loc='outside upper center', ncols=3, frameon=False)
    save_figure(figure, path)


def main() -> None:
    """Measure, write, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--rounds', type=int, default=3)
    parser.add_argument('--processes', type=int, nargs='*', default=[1, 2])
    parser.add_argument('--out', type=Path, default=Path('work_dirs/scaling'))
    args = parser.parse_args()
    torch.set_num_threads(1)
    args.out.mkdir(parents=True, exist_ok=True)
    points = measure(args.rounds)
    processes = by_processes(args.out, args.processes)
    text = table(points, processes)
    (args.out / 'scaling.md').write_text(text + '\n', encoding='utf-8')
    draw(points, args.out / 'scaling.png')
    print(text)
    for point in points:
        what = f'{point["name"]}, {point["axis"]} = {point["value"]}'
        record(what, point['seconds'], 'bare arithmetic', point['bare'])


if __name__ == '__main__':
    main()
