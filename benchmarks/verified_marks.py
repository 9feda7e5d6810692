"""What 200 marks say of the other 9,800 labels, and of the classifier in the end.

``NL_CIFAR10=files python benchmarks/verified_marks.py`` marks labels of CIFAR-10N worst
(the first 10,000 images, features as in ``feature_table.py``) by the truth: those that
`verify` chooses in each of its orders. Scores are those of `find`; the AUC of "the
label is wrong" is that of all labels (of which marked ones are settled), and of those
that have no mark. With ``--train`` the recommended recipe trains with the marks for
each seed, and is tested on CIFAR-10's test images; what is finished is not done again.
Figures are gains over no marks, paired, ± standard error; the seed draws the random
marks and is that of the training.
"""

import argparse
from pathlib import Path

import numpy as np
import torch
from feature_table import config_of, markdown
from mmengine.registry import init_default_scope
from mmpretrain.registry import DATASETS
from sklearn.metrics import roc_auc_score

from nl_plugins.datasets.training_set import TrainingSet
from nl_plugins.detection.label_estimate import estimate_labels
from nl_plugins.detection.to_verify import ORDERS, choose_by_score
from nl_plugins.formats.atomic_file import write_json
from nl_plugins.formats.json_file import read_json
from nl_plugins.formats.label_file import write_label_file
from nl_plugins.running.run_once import run_once
from nl_plugins.running.sample_list import sample_list
from nl_plugins.running.seeded import seeded

NONE = 'none'


class Marks:
    """The samples, and the marks of an order."""

    def __init__(self, count: int, work_dir: Path) -> None:
        self.count, self.work_dir = count, work_dir
        self.config = config_of('recipe', 'worst')
        self.samples = TrainingSet(DATASETS.build(self.config.train_dataloader.dataset))
        rows = [self.samples.dataset[row]['inputs'] for row in range(len(self.samples))]
        self.features = torch.stack(rows)
        self.given = self.samples.given_labels.numpy()
        self.wrong = self.given != self.samples.true_labels.numpy()
        self.before = estimate_labels(self.features, self.given, 10)

    def of(self, order: str, seed: int) -> np.ndarray:
        """(N,) verification labels."""
        marks = np.full(len(self.given), -1)
        if order != NONE:
            scores = self.before.scores.numpy()
            chosen = choose_by_score(scores, self.given, marks, self.count, order, seed)
            marks[chosen] = ~self.wrong[chosen]
        return marks

    def scored(self, order: str, draw: int) -> dict[str, float]:
        """AUC with marks, and without them for the same samples."""
        path = self.work_dir / f'{order}_{draw}.json'
        if path.exists():
            return read_json(str(path))
        marks, scores = self.of(order, draw), self.before.scores
        if order != NONE:
            scores = estimate_labels(self.features, self.given, 10, marks).scores
        found: dict = {'marked wrong': int((marks == 0).sum())}
        found['auc'] = roc_auc_score(self.wrong, -scores)
        left = marks < 0
        for name, values in (('unmarked', scores), ('before', self.before.scores)):
            found[name] = roc_auc_score(self.wrong[left], -values[left])
        write_json(path, found, 1)
        return found

    def trained(self, order: str, draw: int, seed: int) -> dict[str, float]:
        """Top-1 of the recipe, in percent."""
        config = seeded(self.config, seed)
        if order != NONE:
            file = self.work_dir / f'{order}_{draw}.csv'
            marks = self.of(order, draw)
            rows = np.flatnonzero(marks >= 0)
            listed = sample_list(self.samples, rows, marks[rows])
            write_label_file(file, **vars(listed))
            data = config.train_dataloader.dataset
            marked = dict(type='VerificationLabels', dataset=data, file=str(file))
            config.train_dataloader.dataset = marked
        folder = self.work_dir / order / f'seed_{seed}'
        return {'top1': 100 * run_once(config, folder, f'{order}, {seed}')['top1']}

    def figures(self, order: str, seed: int, train: bool) -> dict[str, float]:
        """All of one order and seed; the seed draws what is random."""
        draw = seed if order == 'random' else 0
        trained = self.trained(order, draw, seed) if train else {}
        return self.scored(order, draw) | trained


def gain(values: list[float], others: list[float], digits: int) -> str:
    """Mean ± standard error of paired differences."""
    gains = np.subtract(values, others)
    text = f'{gains.mean():+.{digits}f}'
    if len(gains) < 2 or gains.std() == 0:
        return text
    return f'{text} ± {gains.std(ddof=1) / len(gains) ** 0.5:.{digits}f}'


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--count', type=int, default=200)
    parser.add_argument('--seeds', nargs='+', type=int, default=[0, 1, 2, 3, 4])
    parser.add_argument('--train', action='store_true')
    parser.add_argument('--work-dir', type=Path, default=Path('work_dirs/marks'))
    args = parser.parse_args()
    init_default_scope('mmpretrain')
    args.work_dir.mkdir(parents=True, exist_ok=True)
    marks = Marks(args.count, args.work_dir)
    found = {
        order: [marks.figures(order, seed, args.train) for seed in args.seeds]
        for order in (NONE, *ORDERS)
    }
    head = ['marks', 'of wrong labels', 'AUC, all', 'AUC, unmarked']
    lines = [head + ['top-1'] * args.train]
    for order, runs in found.items():
        columns = {key: [run[key] for run in runs] for key in runs[0]}
        base = {key: [run[key] for run in found[NONE]] for key in columns}
        line = [order, f'{np.mean(columns["marked wrong"]):.0f}']
        if order == NONE:
            line += [f'{np.mean(columns["auc"]):.4f}'] * 2
            line += [f'{np.mean(columns["top1"]):.2f}'] if args.train else []
        else:
            line.append(gain(columns['auc'], base['auc'], 4))
            line.append(gain(columns['unmarked'], columns['before'], 4))
            line += [gain(columns['top1'], base['top1'], 2)] if args.train else []
        lines.append(line)
    print(markdown(lines))


if __name__ == '__main__':
    main()
