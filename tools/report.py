"""Draw what a method saw and did: ``python tools/report.py CONFIG CHECKPOINT``."""

import argparse
from pathlib import Path

from mmengine.runner import CheckpointLoader

from nl_plugins.methods.noise_layer.noise_layer_hook import NoiseLayerHook
from nl_plugins.methods.noise_layer.noise_layer_report import draw_noise_layer_report
from nl_plugins.methods.sinet.sinet_hook import SINetHook
from nl_plugins.methods.smp.smp_hook import SMPHook
from nl_plugins.methods.smp.smp_report import draw_smp_report
from nl_plugins.running.run_config import (
    add_run_arguments,
    build_runner,
    load_run_config,
)

REPORTS: dict = {
    NoiseLayerHook: draw_noise_layer_report,
    SINetHook: lambda runner, hook, folder, count: hook.draw(runner, folder, count),
    SMPHook: draw_smp_report,
}


def main() -> None:
    """Restore a run without training on, and draw."""
    parser = argparse.ArgumentParser(
        description='Draw the most suspicious images of a run and what its method made '
        'of the data'
    )
    add_run_arguments(parser)
    parser.add_argument('checkpoint', help='a full checkpoint, epoch_N.pth')
    parser.add_argument('--out', type=Path, help='default: report/ in the work_dir')
    parser.add_argument('--images', type=int, default=32, help='how many images')
    parser.add_argument(
        '--samples',
        nargs='+',
        type=int,
        help='sample_idx of the images whose predictions a noise layer shows',
    )
    args = parser.parse_args()
    cfg = load_run_config(args)
    cfg.merge_from_dict(args.cfg_options or {})
    args.cfg_options = None  # merged later, they could make the run train on
    # a resumed run that has reached its end: the state is restored, nothing trained
    meta = CheckpointLoader.load_checkpoint(args.checkpoint, 'cpu')['meta']
    steps = (
        dict(max_epochs=meta['epoch']) if cfg.train_cfg.get('by_epoch', True) else {}
    )
    cfg.train_cfg.update(steps or dict(max_iters=meta['iter']))
    cfg.resume, cfg.load_from = True, args.checkpoint
    cfg.default_hooks.checkpoint = None
    out = args.out or Path(cfg.work_dir) / 'report'
    cfg.work_dir = str(out)
    runner = build_runner(cfg, args)
    hooks = [hook for hook in runner.hooks if type(hook) in REPORTS]
    if not hooks:
        names = ', '.join(kind.__name__ for kind in REPORTS)
        raise SystemExit(f'{args.config} has none of the hooks {names}')
    runner.train()
    for hook in hooks:
        folder = out if hook is hooks[0] else out / hook.name(runner)
        settings = [args.samples] if isinstance(hook, NoiseLayerHook) else []
        draw = REPORTS[type(hook)]
        print('\n'.join(draw(runner, hook, folder, args.images, *settings)))


if __name__ == '__main__':
    main()
