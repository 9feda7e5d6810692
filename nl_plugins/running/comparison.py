"""Several methods on the same data, model and schedule, over the same seeds."""

import multiprocessing
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

import torch
from mmengine.config import Config
from mmengine.runner import Runner

from ..formats.atomic_file import write_json
from .logged_values import TOP1
from .metric_check import check_metric
from .run_once import run_once
from .seeded import seeded

__all__ = ['run_comparison']


def run_comparison(
    configs: Mapping[str, Config],
    seeds: Sequence[int],
    work_dir: Path,
    finished: Callable[[str, int, Runner], None] | None = None,
    metric: str = TOP1,
    workers: int = 1,
) -> dict[str, dict[str, list]]:
    """Train every config with every seed and gather the results.

    A run that has its ``result.json`` is not repeated, one that was killed goes on from
    its last checkpoint. ``configs`` are those of the methods, by name; for the seeds
    see :func:`seeded`. In ``work_dir`` are ``<name>/seed_<seed>/`` and
    ``summary.json``; ``finished(name, seed, runner)`` is called after each run. The
    result has the values of each name and figure in the order of the seeds: what was
    logged last as ``metric`` (of ``accuracy/top1`` as the share ``top1``), ... With
    several ``workers``, as many runs at a time are trained in forked processes, where
    ``finished`` is called as well: for networks that gain nothing from a second thread,
    without a GPU.

    Raises:
        ValueError: Before any training, if a config does not measure or log the metric,
            or a seed is there twice.
    """
    if len(set(seeds)) < len(seeds):
        raise ValueError(f'a run counts once, but seeds={list(seeds)} repeats one')
    for name, config in configs.items():
        folders = (Path(work_dir) / name / f'seed_{seed}' for seed in seeds)
        if not all((folder / 'result.json').exists() for folder in folders):
            check_metric(name, seeded(config, seeds[0]), metric)
    runs = [(name, seed) for name in configs for seed in seeds]
    jobs = []
    for number, (name, seed) in enumerate(runs, start=1):
        folder = Path(work_dir) / name / f'seed_{seed}'
        title = f'[{number}/{len(runs)}] {name}, seed {seed}'
        told = None if finished is None else partial(finished, name, seed)
        config = seeded(configs[name], seed)
        jobs.append(partial(run_once, config, folder, title, metric, told))
    if workers > 1:
        _work_ahead(jobs, workers)
    results: dict[str, list[dict]] = {name: [] for name in configs}
    for (name, _), job in zip(runs, jobs):
        results[name].append(job())
    summary = {name: _by_metric(found) for name, found in results.items()}
    write_json(Path(work_dir) / 'summary.json', dict(summary, seeds=list(seeds)), 1)
    return summary


def _work_ahead(jobs: Sequence[Callable[[], object]], workers: int) -> None:
    """Do jobs in other processes; what they leave undone is for this one to do."""

    def work(share: Sequence[Callable[[], object]]) -> None:
        torch.set_num_threads(1)  # those of this process do not exist there
        for job in share:
            job()

    fork = multiprocessing.get_context('fork')
    shares = [jobs[first::workers] for first in range(min(workers, len(jobs)))]
    processes = [fork.Process(target=work, args=(share,)) for share in shares]
    for process in processes:
        process.start()
    for process in processes:
        process.join()


def _by_metric(results: Sequence[dict]) -> dict[str, list]:
    keys = {key: None for result in results for key in result if key != 'curve'}
    values = {key: [result.get(key) for result in results] for key in keys}
    return dict(values, curves=[result['curve'] for result in results])
