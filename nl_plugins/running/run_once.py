"""One training, and what it came to."""

import json
import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from mmengine.config import Config
from mmengine.runner import Runner

from ..formats.atomic_file import atomic_write, write_json
from ..formats.fingerprint import fingerprint
from ..formats.json_file import read_json
from ..hooks.training_loader_hook import TrainingLoaderHook
from ..supervision.class_names_hook import watch_class_names
from ..supervision.label_summary import label_summary, wrong_label_detection
from ..supervision.supervision_hook import SupervisionHook
from .run_progress import RunProgress

__all__ = ['TOP1', 'accuracy_curve', 'figure_name', 'run_once']

TOP1 = 'accuracy/top1'


def run_once(
    config: Config,
    folder: Path,
    title: str,
    metric: str = TOP1,
    finished: Callable[[Runner], None] | None = None,
) -> dict[str, Any]:
    """Train in a folder, or go on there; the figures are in its ``result.json``.

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
    if figure_name(metric) not in result:  # the run was compared by another one
        result.update(_last_value(folder, metric))
    return result


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


def figure_name(metric: str) -> str:
    """What a metric is called in a result: top1, or as it is logged."""
    return 'top1' if metric == TOP1 else metric


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


def _last_value(folder: Path, metric: str) -> dict:
    curve = accuracy_curve(folder, metric)
    if not curve:
        advice = 'set `val_begin` and `val_interval`, or choose a metric that is logged'
        raise RuntimeError(f'the run in {folder} logged no {metric!r}: {advice}')
    last = curve[-1][1]
    return {figure_name(metric): last / 100 if metric == TOP1 else last, 'curve': curve}


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
