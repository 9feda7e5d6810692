"""Plant label noise in the digits, train with and without SMP, show the difference."""

import argparse
import sys
import time
from pathlib import Path

import torch
from mmengine.config import Config

from nl_plugins.data_check.processes import default_workers
from nl_plugins.methods.smp.smp_hook import SMPHook
from nl_plugins.running.comparison import run_comparison
from nl_plugins.running.comparison_tables import table_of_results
from nl_plugins.running.run_config import config_path
from nl_plugins.visualization.plot_accuracy_curves import plot_accuracy_curves

CONFIGS = dict(
    cross_entropy='nl_plugins::baseline/digits_sym50.py',
    smp='nl_plugins::smp/digits_sym50.py',
)


def main() -> None:
    """Run the demo."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--work-dir', type=Path, default=Path('work_dirs/demo'))
    parser.add_argument('--seeds', nargs='+', type=int, default=[0, 1, 2])
    args = parser.parse_args()
    # The network is too small to gain from a second thread, so each processor has a
    # run of its own; not where a process forked from one that knows CUDA would fail.
    torch.set_num_threads(1)
    alone = sys.platform != 'linux' or torch.cuda.is_available()
    started = time.time()
    print(
        'Half of the labels of 1,437 digits are replaced by wrong ones. Cross entropy\n'
        'and SMP train on them, with the same network and schedule. To start again,\n'
        f'delete {args.work_dir}.\n',
        flush=True,
    )

    def draw(name: str, seed: int, runner) -> None:
        for hook in runner.hooks:
            if isinstance(hook, SMPHook) and seed == args.seeds[0]:
                hook.draw(runner, args.work_dir)

    configs = {k: Config.fromfile(config_path(path)) for k, path in CONFIGS.items()}
    workers = 1 if alone else default_workers()
    summary = run_comparison(configs, args.seeds, args.work_dir, draw, workers=workers)
    curves = {name: row['curves'] for name, row in summary.items()}
    plot_accuracy_curves(args.work_dir / 'accuracy_curves.png', curves)
    pictures = sorted(args.work_dir.glob('*.png'))
    print(f'\nMean ± standard deviation over {len(args.seeds)} seeds:\n')
    print(table_of_results(summary))
    print('\nPictures:', *pictures, sep='\n  ')
    labels = args.work_dir / 'smp' / f'seed_{args.seeds[0]}' / 'cleaned_labels.csv'
    print(f'\nCleaned labels: {labels}\nNumbers: {args.work_dir / "summary.json"}')
    print(f'{time.time() - started:.0f} s')


if __name__ == '__main__':
    main()
