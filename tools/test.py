"""Test a checkpoint: ``python tools/test.py CONFIG CHECKPOINT [--out FILE] ...``."""

import argparse

import mmengine
from mmengine.evaluator import DumpResults

from nl_plugins.running.run_config import (
    add_run_arguments,
    build_runner,
    load_run_config,
)


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description='Test a model')
    add_run_arguments(parser)
    parser.add_argument('checkpoint', help='checkpoint file')
    parser.add_argument('--out', help='output file for the predictions or the metrics')
    parser.add_argument(
        '--out-item',
        choices=['metrics', 'pred'],
        default='pred',
        help='what --out holds: the metrics or (default) the predictions',
    )
    parser.add_argument('--amp', action='store_true', help='test in mixed precision')
    parser.add_argument('--show-dir', help='folder for images with their predictions')
    parser.add_argument('--interval', type=int, default=1, help='show every n-th image')
    return parser.parse_args()


def main() -> None:
    """Test."""
    args = parse_args()
    cfg = load_run_config(args)
    cfg.load_from = args.checkpoint
    cfg.resume = False
    if args.amp:
        cfg.test_cfg.fp16 = True
    if args.show_dir is not None:
        cfg.default_hooks.visualization = {
            'type': 'VisualizationHook',
            'enable': True,
            'out_dir': args.show_dir,
            'interval': args.interval,
        }
    runner = build_runner(cfg, args)
    if args.out and args.out_item == 'pred':
        runner.test_evaluator.metrics.append(DumpResults(out_file_path=args.out))
    metrics = runner.test()
    if args.out and args.out_item == 'metrics':
        mmengine.dump(metrics, args.out)


if __name__ == '__main__':
    main()
