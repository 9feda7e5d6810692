"""One training, and what it came to."""

import logging
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
from mmengine.config import Config
from mmengine.runner import Runner

from ..formats.atomic_file import atomic_write, write_json
from ..formats.fingerprint import fingerprint
from ..formats.json_file import read_json
from ..hooks.training_loader_hook import TrainingLoaderHook
from ..hooks.validate_resumed_hook import ValidateResumedHook
from ..supervision.class_names_hook import watch_class_names
from ..supervision.label_summary import label_summary, wrong_label_detection
from ..supervision.supervision_hook import SupervisionHook
from .load_weights import load_weights
from .logged_values import TOP1, figure_name, last_value
from .run_progress import RunProgress

__all__ = ['run_once']


def run_once(
    config: Config,
    folder: Path,
    title: str,
    metric: str = TOP1,
    finished: Callable[[Runner], Mapping[str, Any] | None] | None = None,
) -> dict[str, Any]:
    """Train in a folder, or go on there; the figures are in its ``result.json``.

    What ``finished(runner)`` returns at the end of the training is there as well. A
    config that trains nothing tests the checkpoint that it loads.

    Raises:
        ValueError: If the folder holds a run of another config.
    """
    path = folder / 'result.json'
    _check_config(config, folder)
    if not path.exists():
        runner = _runner(config, folder)
        if config.get('train_cfg') is None:
            found = _test(runner)
        else:
            found = _train(runner, title) | last_value(folder, metric)
        more = finished(runner) if finished is not None else None
        write_json(path, found | dict(more or {}))
    result = read_json(str(path))
    if figure_name(metric) not in result:  # the run was compared by another one
        result.update(last_value(folder, metric))
    return result


def _check_config(config: Config, folder: Path) -> None:
    """Remember what a folder was trained with, and refuse anything else."""
    path, digest = folder / 'config.sha256', fingerprint(config.pretty_text)
    if path.exists() and path.read_text() != digest:
        advice = 'delete it, or choose another work_dir'
        raise ValueError(f'{folder} holds a run of another config: {advice}')
    with atomic_write(path) as file:
        file.write(digest)


def _runner(config: Config, folder: Path) -> Runner:
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
    watch_class_names(runner)
    return runner


def _test(runner: Runner) -> dict[str, float]:
    load_weights(runner, runner._load_from)
    values = runner.test()
    shares = {figure_name(TOP1): values[TOP1] / 100} if TOP1 in values else {}
    return values | shares


def _train(runner: Runner, title: str) -> dict[str, float]:
    """Train; how right the labels are, where that is known."""
    runner.register_hook(RunProgress(title))
    runner.register_hook(TrainingLoaderHook())
    if not any(isinstance(hook, ValidateResumedHook) for hook in runner.hooks):
        runner.register_hook(ValidateResumedHook())  # else the last figure may be old
    runner.train()
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
