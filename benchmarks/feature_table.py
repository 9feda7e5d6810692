"""All methods on frozen features: rows are methods, columns kinds of label noise.

Trains the same small head in every run, by the configs for frozen features, and tests
it on CIFAR-10's test images. A finished run is not repeated, one that was killed goes
on. Needs the feature files of ``configs/_base_/datasets/cifar10n_worst_features.py``
and CIFAR-10N's label file; ``--rows``, ``--columns`` and ``--seeds`` choose what is
trained, and ``table.md`` has all that is finished in the folder:

    NL_CIFAR10=files python benchmarks/feature_table.py --seeds 0 1 2

``--features cifar10n_train50k`` takes this file for the one of 10,000 images, and a
folder of its own in ``--work-dir``.

Columns: CIFAR-10N's label sets; noise planted in the true labels; and worst with class
sizes that fall to a twentieth (by the given labels; the test images stay balanced).
Clean labels are used by the rows CleanNet (5 % verified), noise layer, label
propagation, clean labels alone and distillation (5 % clean), and the two bounds. Time
is that of the processor, memory the most that the process held.
"""

import argparse
import os
import time
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from cleannet_round import PeakMemory
from mmengine.config import Config
from mmengine.registry import init_default_scope
from mmengine.runner import Runner
from mmpretrain.registry import DATASETS
from sklearn.metrics import roc_auc_score

from nl_plugins.formats.atomic_file import atomic_write, write_json
from nl_plugins.formats.feature_file import FeatureFile
from nl_plugins.formats.json_file import read_json
from nl_plugins.formats.markdown_table import markdown_table
from nl_plugins.running.comparison import run_comparison
from nl_plugins.running.comparison_tables import mean_and_deviation
from nl_plugins.running.logged_values import accuracy_curve
from nl_plugins.running.run_config import read_config
from nl_plugins.supervision.supervision_hook import SupervisionHook
from nl_plugins.supervision.table_hook import TableHook

CONFIGS = Path(__file__).parents[1] / 'configs'
BASELINE = 'baseline/feature_mlp_cifar10n_worst.py'
ROWS = {
    'cross entropy': BASELINE,
    'SMP': 'smp/features_cifar10n_worst.py',
    'SMP, class scores': 'smp/features_cifar10n_worst_class_scores.py',
    'SINet': 'sinet/features_cifar10n_worst.py',
    'two-stage': 'two_stage/features_cifar10n_worst.py',
    'two-stage, corrected': 'two_stage/features_cifar10n_worst_corrected.py',
    'CleanNet': 'cleannet/features_cifar10n_worst.py',
    'noise layer': 'noise_layer/features_cifar10n_worst.py',
    'label propagation': 'label_propagation/features_cifar10n_worst.py',
    'GCE': 'losses/features_cifar10n_worst.py',
    'ELR': 'early_learning/features_cifar10n_worst.py',
    'co-teaching': 'co_teaching/features_cifar10n_worst.py',
    'confident learning': 'confident_learning/features_cifar10n_worst.py',
    'MentorNet': 'mentor_net/features_cifar10n_worst.py',
    'MLNT': 'mlnt/features_cifar10n_worst.py',
    'MetaCleaner': 'meta_cleaner/features_cifar10n_worst.py',
    'CurriculumNet': 'curriculum_net/features_cifar10n_worst.py',
    'pseudo-label': 'pseudo_label/features_cifar10n_worst.py',
    'Joint Optimization': 'joint_optimization/features_cifar10n_worst.py',
    'Joint Optimization, stage 2': (
        'joint_optimization/features_cifar10n_worst_stage2.py'
    ),
    'clean labels alone': 'distillation/features_cifar10n_worst_teacher.py',
    'distillation': 'distillation/features_cifar10n_worst.py',
    'recipe': 'recommended/features_cifar10n_worst.py',
    'wrong removed': BASELINE,
    'all right': BASELINE,
}
# With loss and hooks of the config for digits of this name, nothing tuned again.
LOSSES = {
    'forward correction': 'forward',
    'backward correction': 'backward',
    'learned T': 'learned',
    'bootstrap, soft': 'bootstrap_soft',
    'bootstrap, hard': 'bootstrap_hard',
    'unhinged': 'unhinged',
    'sigmoid': 'sigmoid',
    'Savage': 'savage',
    'MAE': 'mae',
    'truncated GCE': 'truncated',
    'symmetric cross entropy': 'sce',
    'NCE + MAE': 'nce_mae',
    'NCE + RCE': 'nce_rce',
    'NFL + MAE': 'nfl_mae',
    'NFL + RCE': 'nfl_rce',
}
ROWS |= dict.fromkeys(LOSSES, BASELINE)
# What a row begins with: the last checkpoint of another, by a variable of its config.
BEGINS_WITH = {
    'Joint Optimization, stage 2': ('Joint Optimization', 'NL_JOINT_LABELS'),
    'distillation': ('clean labels alone', 'NL_TEACHER'),
}
PLANTED = {
    'symmetric 50 %': dict(type='symmetric', rate=0.5),
    'asymmetric 40 %': dict(type='cifar10', rate=0.4),
}
LABEL_SETS = ('worst', 'random1', 'random2', 'random3', 'aggregate')
COLUMNS = (*LABEL_SETS, *PLANTED, 'long-tailed worst')
FIGURES = {
    'top1': 'top-1, last epoch',
    'given_label_accuracy': 'given labels right',
    'given_estimate': 'estimated',
    'corrected_label_accuracy': 'suggested labels right',
    'auc': 'AUC "label is wrong"',
    'seconds': 's',
    'memory': 'MiB',
}
IMBALANCE = 20


def config_of(row: str, column: str) -> Config:
    """The config of a row with the training set of a column."""
    config = read_config(str(CONFIGS / ROWS[row]))
    init_default_scope(config.default_scope)
    labels = 'true' if row == 'all right' else 'given'
    data = training_set(config, column, labels)
    if row == 'wrong removed':
        data = dict(type='VerificationLabels', dataset=data, share=1.0)
        hook = dict(type='CleanNetHook', start_epoch=1, use_verification=True)
        config.custom_hooks = [hook]
    elif row in LOSSES:
        digits = read_config(str(CONFIGS / f'losses/digits_sym50_{LOSSES[row]}.py'))
        config.model.head.loss = digits.model.head.loss
        config.custom_hooks = digits.get('custom_hooks', [])
    elif 'dataset' in config.train_dataloader.dataset:
        wrapper = config.train_dataloader.dataset
        data = dict(wrapper.to_dict(), dataset=data)
    config.train_dataloader.dataset = data
    config.train_cfg.val_interval = config.train_cfg.max_epochs
    config.default_hooks.checkpoint.interval = 10
    return config


def training_set(config: Config, column: str, labels: str) -> dict:
    """The dataset of a column, with its given or with the true labels."""
    if column in PLANTED:
        features = dict(type='Features', file=config.train_file, labels='true')
        if labels == 'true':
            return features
        noise = PLANTED[column]
        return dict(type='NoisyLabels', dataset=features, noise=noise)
    images = dict(
        type='CIFAR10N',
        data_root=os.path.join(os.environ.get('NL_DATA', 'data'), 'cifar10'),
        label_set=column.split()[-1],
        images=os.environ.get('NL_CIFAR10', 'pickles'),
        indices=len(FeatureFile(config.train_file)),
    )
    features = dict(type='Features', file=config.train_file, dataset=images)
    if column.startswith('long-tailed'):
        given = DATASETS.build(features).columns.labels
        features['indices'] = long_tail(given).tolist()
    return dict(features, labels=labels)


def long_tail(labels: np.ndarray) -> np.ndarray:
    """Indices that leave class k of K the share IMBALANCE^(-k / (K - 1)), in order."""
    num_classes = int(labels.max()) + 1
    shares = np.geomspace(1, 1 / IMBALANCE, num_classes)
    size = np.bincount(labels).min()
    generator = np.random.default_rng(0)
    parts = [
        generator.permutation(np.flatnonzero(labels == label))[: round(size * share)]
        for label, share in enumerate(shares)
    ]
    return np.sort(np.concatenate(parts))


def run(row: str, column: str, seed: int, work_dir: Path) -> None:
    """Train, unless that is done, and keep the figures in the folder of the run."""
    folder = work_dir / column / row / f'seed_{seed}'
    if (folder / 'figures.json').exists():
        return
    if row in BEGINS_WITH:
        first, variable = BEGINS_WITH[row]
        run(first, column, seed, work_dir)
        saved = work_dir / column / first / f'seed_{seed}' / 'epoch_30.pth'
        os.environ[variable] = str(saved)
    found: dict = {}
    start = time.process_time()

    def finished(name: str, seed: int, runner: Runner) -> None:
        found.update(scores_of(runner), seconds=time.process_time() - start)

    configs = {row: config_of(row, column)}
    with PeakMemory() as memory:
        summary = run_comparison(configs, [seed], work_dir / column, finished)[row]
    figures = {key: values[0] for key, values in summary.items() if key != 'curves'}
    found['memory'] = memory.peak
    write_json(folder / 'figures.json', figures | found, 1)


def scores_of(runner: Runner) -> dict:
    """Of the last hook that scored labels: AUC; and its estimate of the given ones."""
    found = {}
    hooks = [hook for hook in runner.hooks if isinstance(hook, TableHook)]
    if scoring := [hook for hook in hooks if hook.active]:
        hook = scoring[-1]
        wrong = hook.training_set.given_labels != hook.training_set.true_labels
        if wrong.any():
            found['auc'] = roc_auc_score(wrong, -hook.table.scores)
    for hook in hooks:
        if isinstance(hook, SupervisionHook):
            key = f'{hook.figures_name(runner)}/given_accuracy_estimate'
            curve = accuracy_curve(Path(runner.work_dir), key)
            found |= {'given_estimate': curve[-1][1]} if curve else {}
    return found


def gather(work_dir: Path) -> dict[str, dict[str, dict[int, dict]]]:
    """Figures of all finished runs, by column, row and seed."""
    found: dict = {}
    for column in COLUMNS:
        for row in ROWS:
            paths = (work_dir / column / row).glob('seed_*/figures.json')
            seeds = {int(p.parent.name[5:]): read_json(str(p)) for p in paths}
            if seeds:
                found.setdefault(column, {})[row] = dict(sorted(seeds.items()))
    return found


def table(found: dict) -> str:
    """Top-1 of all columns, and then every figure of each of them."""
    columns = list(found)
    lines = [['', *columns]]
    for row in ROWS:
        runs = [found[column].get(row, {}).values() for column in columns]
        if any(runs):
            lines.append([row, *(cell(each, 'top1') for each in runs)])
    text = markdown(lines)
    for column in columns:
        lines = [[column, 'seeds', *FIGURES.values()]]
        for row, runs in found[column].items():
            seeds = ' '.join(map(str, runs))
            cells = [cell(runs.values(), figure) for figure in FIGURES]
            lines.append([row, seeds, *cells])
        text += '\n' + markdown(lines)
    return text


def cell(runs: Iterable[dict], figure: str) -> str:
    """Mean ± deviation (n - 1) of a figure over the runs; of costs the mean alone."""
    values = [run[figure] for run in runs if run.get(figure) is not None]
    if values and figure in ('seconds', 'memory'):
        return f'{np.mean(values):.0f}'
    scale, digits = (100, 1) if figure == 'top1' else (1, 3)
    return mean_and_deviation([scale * value for value in values], digits)


def markdown(lines: list[list[str]]) -> str:
    """A table; the first line has the names of its columns."""
    head, *rest = lines
    return markdown_table(head, rest, head[1:]) + '\n'


def main() -> None:
    """Read the arguments, train, and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--rows', nargs='+', default=list(ROWS), choices=ROWS)
    parser.add_argument('--columns', nargs='+', default=COLUMNS, choices=COLUMNS)
    parser.add_argument('--seeds', nargs='+', type=int, default=[0])
    parser.add_argument('--work-dir', type=Path, default=Path('work_dirs/features'))
    parser.add_argument('--features', help='another feature file to train on')
    args = parser.parse_args()
    if args.features:
        os.environ['NL_FEATURES'] = args.features
        args.work_dir /= args.features
    for seed in args.seeds:
        for column in args.columns:
            for row in args.rows:
                run(row, column, seed, args.work_dir)
                found = gather(args.work_dir)
                write_json(args.work_dir / 'table.json', found, 1)
                with atomic_write(args.work_dir / 'table.md') as file:
                    file.write(table(found))
    print(table(gather(args.work_dir)))


if __name__ == '__main__':
    main()
