"""A run of a paper's table, and the runs that it begins with."""

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property, partial
from pathlib import Path
from typing import Any

from mmengine.config import Config

from ..formats.fingerprint import fingerprint
from .logged_values import TOP1
from .run_config import CONFIGS, read_config
from .run_once import run_once
from .seeded import seeded
from .sweep import set_field

__all__ = ['PaperRun', 'carry_out', 'data_root']

_OF_TRAINING = ('train_dataloader', 'train_cfg', 'optim_wrapper', 'param_scheduler')
_OF_VALIDATION = ('val_dataloader', 'val_cfg', 'val_evaluator')


def data_root() -> Path:
    """The folder of the data sets: ``NL_DATA``, as in the configs."""
    return Path(os.environ.get('NL_DATA', 'data'))


@dataclass(eq=False)
class PaperRun:
    """A config with options, and the runs before it.

    ``config`` is a path below ``configs/``, ``options`` are fields of it, as of a
    sweep. ``after`` are the runs before it, by the field of the config that is given
    the last checkpoint of each: ``load_from``, or ``SINetHook.checkpoint``. A run that
    is only ``tested`` trains nothing.
    """

    config: str
    options: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, 'PaperRun'] = field(default_factory=dict)
    tested: bool = False

    @property
    def chain(self) -> list['PaperRun']:
        """All runs in their order, this one last."""
        return [*(run for each in self.after.values() for run in each.chain), self]

    def prepare(self) -> Config:
        """The config of the run, where digests stand for the earlier checkpoints.

        Where the test split is another one than that for validation, the last epoch is
        also measured on it, as ``test/top1`` and so on, unless the config does so
        itself.

        Raises:
            ValueError: If the config does not have a field of the options, or of those
                for checkpoints.
        """
        config = Config(_read(self.config).to_dict())
        checkpoints = {name: run.digest for name, run in self.after.items()}
        for name, value in [*self.options.items(), *checkpoints.items()]:
            try:
                set_field(config, name, value)
            except ValueError as error:
                raise ValueError(f'{self.config}: {error}') from error
        if self.tested:
            config.update(dict.fromkeys(_OF_TRAINING + _OF_VALIDATION))
        else:
            _measure_test_split(config)
        return config

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the config, and of those of the runs that it begins with.

        Where the data lies is not part of it. It takes as long as formatting the
        config, and is kept.
        """
        root = f"'{data_root()}/"
        return fingerprint(self.prepare().pretty_text.replace(root, "'data/"))

    @property
    def name(self) -> str:
        """The folder of the run: its config, and the beginning of its digest."""
        path = Path(self.config)
        return f'{path.parent.name}_{path.stem}-{self.digest[:12]}'


def carry_out(
    run: PaperRun, seed: int, work_dir: Path, title: str, metric: str, origin: dict
) -> dict[str, Any]:
    """The ``result.json`` of a run with one seed, after those that it begins with.

    What is finished is not run again, so that runs share the earlier ones.
    """
    config, folder = seeded(run.prepare(), seed), work_dir / run.name / f'seed_{seed}'
    for name, earlier in run.after.items():
        carry_out(earlier, seed, work_dir, title, TOP1, origin)
        checkpoint = _last_checkpoint(work_dir / earlier.name / f'seed_{seed}')
        set_field(config, name, str(checkpoint))
    resumed = (folder / 'last_checkpoint').exists()
    told = partial(_origin, origin, time.time(), resumed)
    return run_once(config, folder, title, metric, told)


def _origin(origin: dict, started: float, resumed: bool, runner: Any) -> dict[str, Any]:
    cost = dict(wall_seconds=round(time.time() - started, 1), resumed=resumed)
    return dict(origin=cost | origin)


def _last_checkpoint(folder: Path) -> Path:
    """The last checkpoint, also if the folder has been moved."""
    text = folder / 'last_checkpoint'
    if not (text.exists() and (path := folder / Path(text.read_text()).name).exists()):
        raise FileNotFoundError(
            f'{folder} is finished and has no checkpoint for the next run: delete the '
            'folder, and it is run again'
        )
    return path


def _measure_test_split(config: Config) -> None:
    hooks = config.get('custom_hooks') or []
    if config.get('test_dataloader') in (None, config.get('val_dataloader')):
        return
    if all(hook['type'] != 'ReportTestSplitHook' for hook in hooks):
        last = config.train_cfg.get('max_epochs', 1)
        report = dict(type='ReportTestSplitHook', interval=last)
        config.custom_hooks = [*hooks, report]
        config.test_evaluator = dict(config.test_evaluator, prefix='test')


@cache
def _read(path: str) -> Config:
    return read_config(str(CONFIGS / path))
