"""Test a checkpoint: ``python tools/test.py CONFIG CHECKPOINT [--out FILE] ...``."""

import argparse

import mmengine
from mmengine.evaluator import DumpResults
from mmengine.runner import Runner
from mmpretrain.engine import VisualizationHook
from mmpretrain.visualization import UniversalVisualizer

from nl_plugins.running.load_weights import load_weights
from nl_plugins.running.run_config import (
    add_run_arguments,
    build_runner,
    load_run_config,
)
from nl_plugins.running.told_errors import told_errors


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


def visualize(runner: Runner, folder: str, interval: int) -> None:
    """Write images with their predictions, in place of what the config's hook does."""
    hooks = (h for h in runner.hooks if not isinstance(h, VisualizationHook))
    runner.hooks[:] = hooks
    hook = VisualizationHook(enable=True, interval=interval, out_dir=folder)
    if not isinstance(runner.visualizer, UniversalVisualizer):
        hook._visualizer = UniversalVisualizer()
        hook._visualizer.dataset_meta = runner.test_loop.dataloader.dataset.metainfo
    runner.register_hook(hook)


def main() -> None:
    """Test."""
    args = parse_args()
    with told_errors('test'):
        cfg = load_run_config(args)
    cfg.load_from = args.checkpoint
    cfg.resume = False
    runner = build_runner(cfg, args)
    if runner.test_loop is None:
        advice = 'give it test_dataloader, test_cfg and test_evaluator'
        raise SystemExit(f'{args.config} tests nothing: {advice}')
    with told_errors('test'):
        load_weights(runner, args.checkpoint)
    if args.amp:
        runner.test_loop.fp16 = True
    if args.show_dir is not None:
        visualize(runner, args.show_dir, args.interval)
    if args.out and args.out_item == 'pred':
        runner.test_evaluator.metrics.append(DumpResults(out_file_path=args.out))
    metrics = runner.test()
    if args.out and args.out_item == 'metrics':
        mmengine.dump(metrics, args.out)


if __name__ == '__main__':
    main()
