"""Write the features of a network: ``python tools/extract.py CONFIG [CHECKPOINT]``.

``Features(file=...)`` is a dataset over the file, on which a head trains at a fraction
of the cost. A run that was stopped goes on where it stopped.
"""

import argparse
from pathlib import Path

from mmengine.dist import is_main_process
from mmengine.runner import Runner
from mmpretrain.registry import DATASETS

from nl_plugins.running.extract_features import extract_features
from nl_plugins.running.load_weights import load_weights
from nl_plugins.running.run_config import (
    add_run_arguments,
    build_runner,
    load_run_config,
)
from nl_plugins.running.told_errors import told_errors
from nl_plugins.supervision.sample_hook import plain_model
from nl_plugins.supervision.start_checks import walk_pipeline


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    add_run_arguments(parser)
    parser.add_argument(
        'checkpoint',
        nargs='?',
        help="of the network; default: the config's load_from, else its init_cfg",
    )
    parser.add_argument('--out', type=Path, required=True, help='the feature file')
    parser.add_argument('--split', choices=['train', 'val', 'test'], default='train')
    parser.add_argument(
        '--views',
        type=int,
        default=1,
        metavar='V',
        help='view 0 is made by the test pipeline, the others by the pipeline of the '
        'split, which should be the augmentation of the training',
    )
    parser.add_argument('--seed', type=int, default=0, help='of the other views')
    parser.add_argument(
        '--feature-layer', help='module whose input are the features; see FeatureTap'
    )
    return parser.parse_args()


def load_network(runner: Runner, checkpoint: str | None) -> str:
    """Give the model its weights; says where they are from."""
    model = plain_model(runner)
    if checkpoint is not None:
        load_weights(runner, checkpoint)
        return checkpoint
    model.init_weights()
    settings = [getattr(module, 'init_cfg', None) for module in model.modules()]
    if 'Pretrained' not in str(settings):
        runner.logger.warning(
            'neither a checkpoint nor `init_cfg=dict(type="Pretrained", ...)` is '
            'given: the network may have random weights'
        )
    return 'init_cfg'


def main() -> None:
    """Walk and write."""
    args = parse_args()
    if args.views < 1:
        raise SystemExit(f'--views must be at least 1, but is {args.views}')
    with told_errors('extract'):
        cfg = load_run_config(args)
    runner = build_runner(cfg, args)
    cfg = runner.cfg
    loader = cfg.get(f'{args.split}_dataloader')
    if loader is None:
        raise SystemExit(f'the config has no {args.split}_dataloader')
    with told_errors('extract'):
        checkpoint = load_network(runner, args.checkpoint or cfg.get('load_from'))
    file = extract_features(
        args.out,
        plain_model(runner),
        DATASETS.build(loader.dataset),
        walk_pipeline(runner, None),
        views=args.views,
        seed=args.seed,
        about=dict(config=args.config, checkpoint=checkpoint, split=args.split),
        batch_size=loader.get('batch_size') or 128,
        num_workers=loader.get('num_workers', 0),
        feature_layer=args.feature_layer,
    )
    if is_main_process():
        size = f'{file.num_views} x {len(file)} x {file.dim}'
        print(f'\n{args.out}: {size} features. A dataset over them:\n')
        print(f"dict(type='Features', file='{args.out}')")


if __name__ == '__main__':
    main()
