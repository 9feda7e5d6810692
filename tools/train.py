"""Train a model: ``python tools/train.py CONFIG [--work-dir DIR] ...``.

The config may be ``DIR/config.py`` of ``find``: ``--use`` says on what of it to train.
"""

import argparse
import os
from pathlib import Path

from mmengine.config import Config
from mmengine.dist import is_main_process
from mmengine.runner import find_latest_checkpoint

from nl_plugins.hooks.training_loader_hook import TrainingLoaderHook
from nl_plugins.running.find_config import USES
from nl_plugins.running.load_weights import load_weights
from nl_plugins.running.plain_classifier import write_plain_classifier
from nl_plugins.running.run_config import (
    add_run_arguments,
    build_runner,
    load_run_config,
)
from nl_plugins.running.told_errors import told_errors
from nl_plugins.running.whole_model import write_whole_model


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
    parser.add_argument(
        '--use',
        choices=USES,
        help='with the config that `find` wrote: train on all labels as they are, '
        'without the suspicious ones, with those that it corrected, or weighted by the '
        'probabilities of the classes (the default of the config)',
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


def write_for_images(cfg: Config, work_dir: Path) -> None:
    """Write the classifier for plain MMPretrain, that of images if it has features."""
    last = find_latest_checkpoint(str(work_dir))
    network = cfg.get('feature_network')
    if last is None or (network is None and is_of_features(cfg)):
        return
    out = work_dir / 'model.pth'
    try:
        if network is None:
            config = write_plain_classifier(cfg, last, out)
        else:
            weights = str(Path(network).with_suffix('.pth'))
            config = write_whole_model(cfg, last, network, weights, out)
    except (ValueError, RuntimeError) as error:
        print(f'no model for images was written: {error}')
        return
    print(
        f'For images, in plain MMPretrain:\n\n'
        f'from mmpretrain import ImageClassificationInferencer\n'
        f'classify = ImageClassificationInferencer({str(config)!r}, {str(out)!r})\n'
        f"classify('image.jpg')[0]['pred_class']"
    )


def is_of_features(cfg: Config) -> bool:
    """Whether the network takes no images; `join` makes one of it that does."""
    return (cfg.model.get('backbone') or {}).get('type') == 'FeatureVectors'


def main() -> None:
    """Train."""
    args = parse_args()
    if args.use is not None:
        os.environ['NL_USE'] = args.use
    with told_errors('train'):
        cfg = load_run_config(args)
    if args.use is not None and cfg.get('use') != args.use:
        raise SystemExit(f'--use is for a config that `find` wrote, not {args.config}')
    apply_training_arguments(cfg, args)
    runner = build_runner(cfg, args)
    if cfg.get('resume'):
        path = cfg.get('load_from') or find_latest_checkpoint(runner.work_dir)
        if path is not None:
            with told_errors('train'):
                load_weights(runner, path)
    runner.register_hook(TrainingLoaderHook())
    runner.train()
    if is_main_process():
        write_for_images(cfg, Path(runner.work_dir))


if __name__ == '__main__':
    main()
