"""What the command-line tools do to a config before a runner is built from it."""

import argparse
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from mmengine.config import Config, ConfigDict, DictAction
from mmengine.registry import RUNNERS
from mmengine.runner import Runner

from ..supervision.class_names_hook import watch_class_names
from .cpu_processes import prepare_cpu_processes

__all__ = ['add_run_arguments', 'build_runner', 'load_run_config', 'read_config']

CONFIGS = Path(__file__).parents[1] / '.mim' / 'configs'


def add_run_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that training and testing share."""
    parser.add_argument(
        'config', help="config file, or 'nl_plugins::smp/....py' for one of the package"
    )
    parser.add_argument('--work-dir', help='folder for logs and checkpoints')
    parser.add_argument(
        '--no-pin-memory', action='store_true', help='do not pin memory in the loaders'
    )
    overrides = 'overrides, e.g. optim_wrapper.optimizer.lr=0.1 key="[a,b]"'
    parser.add_argument('--cfg-options', nargs='+', action=DictAction, help=overrides)
    parser.add_argument(
        '--launcher', choices=['none', 'pytorch', 'slurm', 'mpi'], default='none'
    )
    # The launcher of older torch versions passes it.
    parser.add_argument('--local_rank', '--local-rank', type=int, default=0)


def load_run_config(args: argparse.Namespace) -> Config:
    """Load the config file and apply the arguments of :func:`add_run_arguments`."""
    os.environ.setdefault('LOCAL_RANK', str(args.local_rank))
    cfg = read_config(args.config, args.cfg_options)  # the defaults follow from it
    cfg.launcher = args.launcher
    if args.work_dir is not None:
        cfg.work_dir = args.work_dir
    elif cfg.get('work_dir') is None:
        cfg.work_dir = str(Path('work_dirs') / Path(args.config).stem)
    elif not isinstance(cfg.work_dir, str):  # --cfg-options work_dir=2024_01_15
        raise ValueError(
            f'work_dir is {cfg.work_dir!r}, no text: name the folder by --work-dir'
        )
    pin_memory = torch.cuda.is_available() and not args.no_pin_memory
    for field in ('train_dataloader', 'val_dataloader', 'test_dataloader'):
        if cfg.get(field) is not None:
            set_loader_defaults(cfg[field], pin_memory)
            if args.no_pin_memory:
                cfg[field].pin_memory = False
    return cfg


def read_config(name: str, overrides: Mapping[str, Any] | None = None) -> Config:
    """Read a config file, or ``nl_plugins::folder/file.py`` of the package.

    Where it has no ``default_scope``, names are those of MMPretrain and this package.
    A ValueError names a file that is not written in Python, a FileNotFoundError one
    that is not there.
    """
    path = config_path(name)
    if not Path(path).is_file():
        raise FileNotFoundError(f'{name}: there is no such config file')
    try:
        cfg = Config.fromfile(path)
    except (SyntaxError, UnicodeDecodeError) as error:
        problem = 'or a config that it begins with, is no Python'
        raise ValueError(f'{name}, {problem}: {error}') from error
    cfg.merge_from_dict(dict(overrides or {}))
    if cfg.get('default_scope') is None:
        cfg.default_scope = 'mmpretrain'
    return cfg


def config_path(name: str) -> str:
    """Resolve ``nl_plugins::folder/file.py`` to a file of this package."""
    package, separator, path = name.partition('::')
    return str(CONFIGS / path) if separator and package == 'nl_plugins' else name


def set_loader_defaults(loader: ConfigDict, pin_memory: bool) -> None:
    """Fill in what MMPretrain's own tools fill in, as far as it can work."""
    loader.setdefault('pin_memory', pin_memory)
    loader.setdefault('persistent_workers', loader.get('num_workers', 0) > 0)
    loader.setdefault('collate_fn', {'type': 'default_collate'})


def build_runner(cfg: Config, args: argparse.Namespace) -> Runner:
    """Merge the overrides, which win over all else, and build the runner."""
    if args.cfg_options is not None:
        cfg.merge_from_dict(args.cfg_options)
    prepare_cpu_processes(cfg)
    runner = RUNNERS.build(cfg) if 'runner_type' in cfg else Runner.from_cfg(cfg)
    watch_class_names(runner)
    return runner
