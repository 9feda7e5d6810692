"""Train a model: ``python tools/train.py CONFIG [--work-dir DIR] ...``."""

import argparse

from mmengine.config import Config
from mmengine.runner import find_latest_checkpoint

from nl_plugins.hooks.training_loader_hook import TrainingLoaderHook
from nl_plugins.running.load_weights import load_weights
from nl_plugins.running.run_config import (
    add_run_arguments,
    build_runner,
    load_run_config,
)


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description='Train a model')
    add_run_arguments(parser)
    parser.add_argument(
        '--resume',
        nargs='?',
        const='auto',
        help='resume from this checkpoint; without a path, from the latest one',
    )
    parser.add_argument('--amp', action='store_true', help='train in mixed precision')
    parser.add_argument('--seed', type=int, help='random seed')
    parser.add_argument(
        '--deterministic', action='store_true', help='use deterministic algorithms'
    )
    parser.add_argument(
        '--no-validate', action='store_true', help='do not evaluate while training'
    )
    parser.add_argument(
        '--auto-scale-lr',
        action='store_true',
        help='scale the learning rate by the actual batch size',
    )
    parser.add_argument(
        '--no-persistent-workers',
        action='store_true',
        help='restart the workers of the dataloaders in every epoch',
    )
    return parser.parse_args()


def apply_training_arguments(cfg: Config, args: argparse.Namespace) -> None:
    """Apply the arguments that only training has."""
    if args.no_validate:
        cfg.val_cfg = cfg.val_dataloader = cfg.val_evaluator = None
    if args.amp:
        cfg.optim_wrapper.type = 'AmpOptimWrapper'
        cfg.optim_wrapper.setdefault('loss_scale', 'dynamic')
    if args.resume is not None:
        cfg.resume = True
        cfg.load_from = None if args.resume == 'auto' else args.resume
    if args.seed is not None or args.deterministic:
        randomness = dict(cfg.get('randomness', {}))
        if args.seed is not None:
            randomness['seed'] = args.seed
        if args.deterministic:
            randomness['deterministic'] = True
        cfg.randomness = randomness
    if args.auto_scale_lr:
        if 'auto_scale_lr' not in cfg:
            raise ValueError('--auto-scale-lr needs auto_scale_lr.base_batch_size')
        cfg.auto_scale_lr.enable = True
    if args.no_persistent_workers:
        for field in ('train_dataloader', 'val_dataloader', 'test_dataloader'):
            if cfg.get(field) is not None:
                cfg[field].persistent_workers = False


def main() -> None:
    """Train."""
    args = parse_args()
    cfg = load_run_config(args)
    apply_training_arguments(cfg, args)
    runner = build_runner(cfg, args)
    if cfg.get('resume'):
        path = cfg.get('load_from') or find_latest_checkpoint(runner.work_dir)
        if path is not None:
            load_weights(runner, path)
    runner.register_hook(TrainingLoaderHook())
    runner.train()


if __name__ == '__main__':
    main()
