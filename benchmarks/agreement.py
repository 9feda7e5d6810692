"""How often methods agree with labels that they have not seen: no clean label is used.

``NL_CIFAR10=files python benchmarks/agreement.py --folds 1 2 3 4 5`` trains rows of
``feature_table.py`` on four fifths of CIFAR-10N worst (the first 10,000 images) and
counts, after each epoch, how often the prediction is the *given* label of the others.
Wrong labels lower this for all rows. The folds are five parts in a row; a finished run
is not repeated, one that was killed goes on. ``table.md`` has all that is finished in
the folder: mean ± deviation (n - 1) over folds and seeds, in percent, after the last
epoch and those of ``--epochs``. Of one fold the standard error is 1.1 points, of all
five 0.5.

With ``--table``, the ``table.json`` of ``feature_table.py``, also the accuracy on test
images, and how far both rank the rows alike (Spearman).
"""

import argparse
from pathlib import Path

import numpy as np
from feature_table import ROWS, config_of, markdown
from mmengine.config import Config
from scipy.stats import spearmanr

from nl_plugins.formats.atomic_file import atomic_write, write_json
from nl_plugins.formats.json_file import read_json
from nl_plugins.running.comparison import run_comparison
from nl_plugins.running.comparison_tables import mean_and_deviation

COMPARED = (
    'cross entropy',
    'SMP',
    'SMP, class scores',
    'SINet',
    'two-stage',
    'GCE',
    'ELR',
    'co-teaching',
    'confident learning',
    'recipe',
)
FOLDS = range(1, 6)


def fold_config(row: str, fold: int) -> Config:
    """The config of a row, trained without a fold and tested on its given labels."""
    config = config_of(row, 'worst')
    samples = config.train_dataloader.dataset
    if samples.type != 'Features' or samples.labels != 'given':
        raise ValueError(f'{row} trains with clean labels: it cannot be compared here')
    folds = dict(type='KFoldDataset', num_splits=len(FOLDS), fold=fold - 1)
    config.train_dataloader.dataset = dict(folds, dataset=samples)
    config.val_dataloader.dataset = dict(folds, dataset=samples, test_mode=True)
    config.train_cfg.val_interval = 1
    return config


def gather(work_dir: Path) -> dict[str, dict[str, list[float]]]:
    """Agreement after each epoch of all finished runs, by row and run."""
    found: dict = {}
    for row in ROWS:
        for path in sorted(work_dir.glob(f'fold_*/{row}/seed_*/result.json')):
            name = f'{path.parents[2].name}, {path.parent.name}'
            curve = read_json(str(path))['curve']
            found.setdefault(row, {})[name] = [value for _, value in curve]
    return found


def table(found: dict, epochs: list[int], tested: dict) -> str:
    """A line for each row, and the rank correlation if there are accuracies."""
    lines = [['', 'runs', *(f'epoch {epoch}' for epoch in epochs), 'last', 'test']]
    pairs = []
    for row, runs in found.items():
        curves = np.array(list(runs.values()))
        values = [curves[:, epoch - 1].tolist() for epoch in epochs]
        values.append(curves[:, -1].tolist())
        values.append([100 * run['top1'] for run in tested.get(row, {}).values()])
        if values[-1]:
            pairs.append((np.mean(values[-2]), np.mean(values[-1])))
        cells = [mean_and_deviation(each, 1) for each in values]
        lines.append([row, str(len(runs)), *cells])
    text = markdown(lines)
    if len(pairs) > 1:
        rank = spearmanr(*zip(*pairs)).statistic
        text += f'\nRank correlation of last epoch and test: {rank:.2f}\n'
    return text


def main() -> None:
    """Read the arguments, train, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--rows', nargs='+', default=COMPARED, choices=ROWS)
    parser.add_argument('--folds', nargs='+', type=int, default=[1], choices=FOLDS)
    parser.add_argument('--seeds', nargs='+', type=int, default=[0])
    parser.add_argument('--epochs', nargs='+', type=int, default=[2, 12])
    parser.add_argument('--table', help='table.json with accuracies on test images')
    parser.add_argument('--work-dir', type=Path, default=Path('work_dirs/agreement'))
    args = parser.parse_args()
    tested = read_json(args.table)['worst'] if args.table else {}
    for seed in args.seeds:
        for fold in args.folds:
            for row in args.rows:
                folder = args.work_dir / f'fold_{fold}'
                run_comparison({row: fold_config(row, fold)}, [seed], folder)
                found = gather(args.work_dir)
                write_json(args.work_dir / 'table.json', found, 1)
                with atomic_write(args.work_dir / 'table.md') as file:
                    file.write(table(found, args.epochs, tested))
    print(table(gather(args.work_dir), args.epochs, tested))


if __name__ == '__main__':
    main()
