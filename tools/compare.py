"""Compare methods: ``python tools/compare.py NAME=CONFIG ... [--seeds 0 1 2]``.

With ``--sweep FIELD=V1,V2 ...`` every config that has the field with each value:
``--sweep SMPHook.num_prototypes=1,2,4,8 SMPHook.alpha=0.5,1.0`` makes eight of one.
"""

import argparse
from pathlib import Path

from mmengine.config import DictAction

from nl_plugins.formats.atomic_file import atomic_write
from nl_plugins.running.comparison import run_comparison
from nl_plugins.running.comparison_tables import table_of_differences, table_of_results
from nl_plugins.running.logged_values import TOP1
from nl_plugins.running.run_config import read_config
from nl_plugins.running.sweep import sweep_configs
from nl_plugins.running.told_errors import told_errors
from nl_plugins.visualization.plot_accuracy_curves import plot_accuracy_curves


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description='Train several configs with several random seeds and make a table. '
        'Finished runs are not repeated, interrupted runs continue.'
    )
    parser.add_argument('configs', nargs='+', metavar='NAME=CONFIG')
    parser.add_argument(
        '--seeds', nargs='+', type=int, default=[0, 1, 2], help='random seeds'
    )
    parser.add_argument('--metric', default=TOP1, help='by what, as validation logs it')
    parser.add_argument('--work-dir', type=Path, default=Path('work_dirs/compare'))
    parser.add_argument('--cfg-options', nargs='+', action=DictAction, default={})
    fields = 'every combination of the values of these fields, of configs that have one'
    example = 'train_cfg.max_epochs=5,10 SMPHook.alpha=0.5,1.0'
    parser.add_argument(
        '--sweep',
        nargs='+',
        action=DictAction,
        default={},
        metavar='FIELD=V1,V2',
        help=f'{fields}: {example}',
    )
    return parser.parse_args()


def main() -> None:
    """Train, print the table, draw the curves."""
    args = parse_args()
    configs = {}
    for pair in args.configs:
        name, separator, path = pair.partition('=')
        if not separator:
            raise SystemExit(f'expected NAME=CONFIG, got {pair!r}')
        if name in configs:
            raise SystemExit(f'two configs are called {name!r}: give each its own name')
        with told_errors('compare'):
            configs[name] = read_config(path, args.cfg_options)
    try:
        configs = sweep_configs(configs, args.sweep)
    except ValueError as error:
        raise SystemExit(f'--sweep: {error}') from error
    summary = run_comparison(configs, args.seeds, args.work_dir, metric=args.metric)
    tables = [f(summary, args.metric) for f in (table_of_results, table_of_differences)]
    table = '\n\n'.join(filter(None, tables))
    with atomic_write(args.work_dir / 'table.md') as file:
        file.write(table + '\n')
    picture = args.work_dir / f'{args.metric.split("/")[0]}.png'
    curves = {name: row['curves'] for name, row in summary.items()}
    look = {} if args.metric == TOP1 else dict(ylabel=args.metric)
    plot_accuracy_curves(picture, curves, **look)
    print(f'\n{table}\n\ncurves: {picture}\nnumbers: {args.work_dir / "summary.json"}')


if __name__ == '__main__':
    main()
