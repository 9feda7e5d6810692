"""Several methods on the same data, model and schedule, over the same seeds."""

import json
import logging
import multiprocessing
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from mmengine.config import Config
from mmengine.registry import Registry
from mmengine.runner import Runner
from mmpretrain.datasets import KFoldDataset
from mmpretrain.registry import DATASETS, HOOKS

from ..datasets.wrappers.dataset_view import DatasetView
from ..formats.atomic_file import atomic_write, write_json
from ..formats.fingerprint import fingerprint
from ..formats.json_file import read_json
from ..hooks.training_loader_hook import TrainingLoaderHook
from ..supervision.class_names_hook import watch_class_names
from ..supervision.label_summary import label_summary, wrong_label_detection
from ..supervision.supervision_hook import SupervisionHook
from .metric_check import check_metric
from .run_progress import RunProgress

__all__ = [
    'TOP1',
    'accuracy_curve',
    'mean_and_deviation',
    'run_comparison',
    'run_once',
    'seeded',
    'table_of_differences',
    'table_of_results',
]

TOP1 = 'accuracy/top1'

_COLUMNS = {
    'top1': 'top-1, last epoch',
    'given_label_accuracy': 'given labels right',
    'corrected_label_accuracy': 'corrected labels right',
    'num_found': 'labels called wrong',
    'precision': 'precision',
    'recall': 'recall',
}


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
        ValueError: Before any training, if a config does not measure or log the metric.
    """
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


def run_once(
    config: Config,
    folder: Path,
    title: str,
    metric: str = TOP1,
    finished: Callable[[Runner], None] | None = None,
) -> dict[str, Any]:
    """One run of :func:`run_comparison`, or what its ``result.json`` says.

    Raises:
        ValueError: If the folder holds a run of another config.
    """
    path = folder / 'result.json'
    _check_config(config, folder)
    if not path.exists():
        runner = _train(config, folder, title)
        if finished is not None:
            finished(runner)
        found = _last_value(folder, metric)
        write_json(path, found | _label_figures(runner))
    result = read_json(str(path))
    if _figure(metric) not in result:  # the run was compared by another one
        result.update(_last_value(folder, metric))
    return result


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


def seeded(config: Config, seed: int) -> Config:
    """A copy of the config with this seed for all that is random in a run.

    That is the network, the methods, and the labels that are drawn for the training and
    the validation data: every wrapper of this package that draws some, and every
    dataset or sampler whose config has a seed. The test data stays as it is, but for
    the folds of a KFoldDataset, which would overlap with those of the training.
    """
    config = Config(config.to_dict())
    config.randomness = dict(config.get('randomness', {}), seed=seed)
    for name in ('train_dataloader', 'val_dataloader'):
        _seed_datasets(config.get(name), seed)
    _seed_datasets(config.get('test_dataloader'), seed, folds_only=True)
    for hook in config.get('custom_hooks') or []:
        _seed_datasets(list(hook.values()), seed)
        if _is_kind(HOOKS, hook, SupervisionHook):
            hook.seed = seed
    return config


def _seed_datasets(config: Any, seed: int, folds_only: bool = False) -> None:
    """Seed datasets and samplers in a part of a config, also those inside others."""
    if isinstance(config, dict):
        has_seed = config.get('seed') is not None
        if folds_only:
            drawn = has_seed and _is_kind(DATASETS, config, KFoldDataset)
        else:
            drawn = has_seed or _is_kind(DATASETS, config, DatasetView)
        if drawn:
            config['seed'] = seed
        config = [part for key, part in config.items() if key != 'pipeline']
    for part in config if isinstance(config, (list, tuple)) else ():
        _seed_datasets(part, seed, folds_only)


def _is_kind(registry: Registry, config: dict, kind: type) -> bool:
    found = config.get('type')
    found = registry.get(found) if isinstance(found, str) else found
    return isinstance(found, type) and issubclass(found, kind)


def accuracy_curve(work_dir: Path, key: str = TOP1) -> list[list[float]]:
    """[epoch, value] pairs that a run (and its resumed parts) logged, by epoch."""
    values = {}
    for path in sorted(Path(work_dir).glob('*/vis_data/scalars.json')):
        for line in path.read_text().splitlines():
            try:
                scalars = json.loads(line)
            except json.JSONDecodeError:  # the run was killed while it wrote
                continue
            if key in scalars:
                values[scalars['step']] = scalars[key]
    return [[step, values[step]] for step in sorted(values)]


def table_of_results(
    summary: Mapping[str, Mapping[str, Sequence]], metric: str = TOP1
) -> str:
    """The comparison as a Markdown table, mean ± standard deviation (n - 1)."""
    names = {_figure(metric): f'{metric}, last epoch'} | _COLUMNS
    columns = [key for key in names if any(key in row for row in summary.values())]
    rows = [['method', *(names[key] for key in columns)]]
    rows.append(['---'] + ['---:'] * len(columns))
    for name, row in summary.items():
        rows.append([name, *(mean_and_deviation(row.get(key)) for key in columns)])
    return '\n'.join(f'| {" | ".join(row)} |' for row in rows)


def table_of_differences(
    summary: Mapping[str, Mapping[str, Sequence]], metric: str = TOP1
) -> str:
    """Paired by seed, what each method has more than the first, as a Markdown table.

    Mean ± standard deviation (n - 1) of the differences, and how many are positive.
    Runs with the same seed share labels and initial weights, so a difference says more
    than two means. Empty if there is one method.
    """
    figure, (first, *others) = _figure(metric), summary
    rows = [
        ['method', f'{metric} minus {first}', 'better with'],
        ['---', '---:', '---:'],
    ]
    for name in others:
        pairs = zip(summary[name][figure], summary[first][figure])
        values = [one - other for one, other in pairs]
        better = sum(value > 0 for value in values)
        count = f'{better} of {len(values)} seeds'
        rows.append([name, mean_and_deviation(values), count])
    return '\n'.join(f'| {" | ".join(row)} |' for row in rows) if others else ''


def mean_and_deviation(values: Sequence | None, digits: int = 3) -> str:
    """Of the seeds, as a text; a dash where a value is missing.

    >>> mean_and_deviation([0.5, 0.75])
    '0.625 ± 0.177'
    """
    if not values or any(value is None for value in values):
        return '–'
    digits = 0 if all(isinstance(value, int) for value in values) else digits
    mean = f'{np.mean(values):.{digits}f}'
    return mean if len(values) < 2 else f'{mean} ± {np.std(values, ddof=1):.{digits}f}'


def _check_config(config: Config, folder: Path) -> None:
    """Remember what a folder was trained with, and refuse anything else."""
    path, digest = folder / 'config.sha256', fingerprint(config.pretty_text)
    if path.exists() and path.read_text() != digest:
        advice = 'delete it, or choose another work_dir'
        raise ValueError(f'{folder} holds a run of another config: {advice}')
    with atomic_write(path) as file:
        file.write(digest)


def _train(config: Config, folder: Path, title: str) -> Runner:
    config.work_dir = str(folder)
    config.resume = (folder / 'last_checkpoint').exists()
    if config.resume:  # from the run's own checkpoint, not from what it began with
        config.load_from = None
    config.log_level = 'ERROR'  # the screen shows the progress instead
    config.experiment_name = f'{folder.parent.name}_{folder.name}_{time.time_ns()}'
    if (config.get('default_hooks') or {}).get('checkpoint'):
        config.default_hooks.checkpoint.pop('published_keys', None)
    runner = Runner.from_cfg(config)
    for handler in runner.logger.handlers:
        if isinstance(handler, logging.FileHandler):
            handler.setLevel(logging.INFO)
    runner.register_hook(RunProgress(title))
    watch_class_names(runner)
    runner.register_hook(TrainingLoaderHook())
    runner.train()
    return runner


def _figure(metric: str) -> str:
    return 'top1' if metric == TOP1 else metric


def _last_value(folder: Path, metric: str) -> dict:
    curve = accuracy_curve(folder, metric)
    if not curve:
        advice = 'set `val_begin` and `val_interval`, or choose a metric that is logged'
        raise RuntimeError(f'the run in {folder} logged no {metric!r}: {advice}')
    last = curve[-1][1]
    return {_figure(metric): last / 100 if metric == TOP1 else last, 'curve': curve}


def _label_figures(runner: Runner) -> dict:
    result: dict = {}
    hooks = [hook for hook in runner.hooks if isinstance(hook, SupervisionHook)]
    if hooks and bool(((true := hooks[-1].training_set.true_labels) >= 0).any()):
        table = hooks[-1].table
        given, corrected = table.given_labels, hooks[-1].corrected_labels()
        report = label_summary(given, corrected, true)
        for name in ('given', 'corrected'):
            result[f'{name}_label_accuracy'] = report[f'{name}_accuracy']
        # a label that is not selected counts as called wrong, too
        called_right = torch.where(table.selected, corrected, -1)
        result.update(wrong_label_detection(given, called_right, true))
    return result
