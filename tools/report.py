"""Show what a method saw and did: ``python tools/report.py CONFIG CHECKPOINT``.

Open ``index.html`` in the folder with any browser.
"""

import argparse
from pathlib import Path

from mmengine.hooks import CheckpointHook
from mmengine.runner import EpochBasedTrainLoop

from nl_plugins.report.run_report import label_curves, run_report
from nl_plugins.report.write_report import write_report
from nl_plugins.running.load_weights import load_weights
from nl_plugins.running.run_config import (
    add_run_arguments,
    build_runner,
    load_run_config,
)
from nl_plugins.running.told_errors import told_errors
from nl_plugins.supervision.table_hook import TableHook


def main() -> None:
    """Restore a run without training on, and draw."""
    parser = argparse.ArgumentParser(
        description='Write a page to look through the labels of a run, the most '
        'suspicious first, and draw what its method made of the data'
    )
    add_run_arguments(parser)
    parser.add_argument('checkpoint', help='a full checkpoint, epoch_N.pth')
    parser.add_argument('--out', type=Path, help='default: report/ in the work_dir')
    parser.add_argument('--images', type=int, default=32, help='how many images')
    parser.add_argument(
        '--samples',
        nargs='+',
        type=int,
        default=(),
        help='sample_idx of images to show in detail, by methods that can',
    )
    args = parser.parse_args()
    with told_errors('report'):
        cfg = load_run_config(args)
    cfg.resume, cfg.load_from = True, args.checkpoint
    out = args.out or Path(cfg.work_dir) / 'report'
    cfg.work_dir = str(out)
    runner = build_runner(cfg, args)
    with told_errors('report'):
        loaded = load_weights(runner, args.checkpoint)
    if 'message_hub' not in loaded:
        raise SystemExit(f'{args.checkpoint} holds weights only: give an epoch_N.pth')
    runner.hooks[:] = (h for h in runner.hooks if not isinstance(h, CheckpointHook))
    if not _drawing(runner):
        by_epoch = isinstance(runner.train_loop, EpochBasedTrainLoop)
        runner.register_hook(TableHook(by_epoch, label_file=None))
    runner.train_loop.run = lambda: _restore(runner)
    runner.train()
    hooks = _drawing(runner)
    for hook in hooks:
        folder = out if hook is hooks[0] else out / hook.name(runner)
        pictures = hook.draw(runner, folder, args.images, args.samples)
        curves = label_curves(Path(args.checkpoint).parent, hook.figures_name(runner))
        report = run_report(hook, pictures, title=Path(args.config).stem, curves=curves)
        print('\n'.join([*pictures, str(write_report(report, folder))]))


def _restore(runner) -> None:
    """Begin and end a resumed training, without a step between."""
    runner.call_hook('before_train')
    runner.call_hook('after_train')


def _drawing(runner) -> list[TableHook]:
    """The hooks that have something to draw."""
    return [hook for hook in runner.hooks if isinstance(hook, TableHook)]


if __name__ == '__main__':
    main()
