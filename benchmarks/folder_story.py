"""What `find` is for: from a folder of crawled-looking images to a classifier.

``NL_DATA=data python benchmarks/folder_story.py`` makes a folder for each seed: 3,000
of the first 10,000 training images of CIFAR-10 in class folders, by CIFAR-10N's human
labels of two sets mixed, so that about 31 % lie in the wrong folder, and 60 files more
that such folders have (copies, also across classes and encoded anew, truncated and
empty files, texts named .jpg); some images have other colour modes. ``nl-plugins find``
looks at it, and the config that it wrote trains on each of its uses; so does the same
config without what cleanlab 2.9 finds on the same features (logistic regression in 5
folds, at its default and at the C of the least log loss on the noisy labels; left out
where cleanlab is not installed), and, as a bound, without all wrong labels. All is
tested on CIFAR-10's test images, whose features
``configs/_base_/datasets/cifar10n_worst_features.py`` names. What is finished is not
done again, and ``table.md`` has it all; differences are paired by the seeds.
"""

import argparse
import os
import shutil
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from feature_table import markdown
from mmengine.config import Config
from mmengine.registry import init_default_scope
from mmpretrain.registry import DATASETS
from PIL import Image
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from nl_plugins.datasets.columns import columns_of
from nl_plugins.formats.atomic_file import atomic_write, write_json
from nl_plugins.formats.csv_table import write_rows
from nl_plugins.formats.json_file import read_json
from nl_plugins.formats.label_file import read_label_file, write_label_file
from nl_plugins.running.feature_network import feature_network
from nl_plugins.running.find_files import write_found
from nl_plugins.running.find_labels import find_labels
from nl_plugins.running.find_source import find_source
from nl_plugins.running.run_config import read_config
from nl_plugins.running.run_once import run_once
from nl_plugins.running.seeded import seeded

DATA = Path(os.environ.get('NL_DATA', 'data'))
SIZE, SHARE_WORST = 3000, 0.6
MODES = dict(png=('L', 'RGBA', 'P'), jpg=('CMYK',))  # of five images each
DEFAULT_C, OTHER_C = 1.0, (1e-3, 1e-2, 1e-1)
FEW = 'cross entropy on all labels'
PEER = 'cleanlab, best C: left out'
BOUND = 'all wrong labels left out (bound)'
USES = {
    FEW: 'all',
    'find, weighted (recommended)': 'weighted',
    'find, kept': 'kept',
    'find, corrected': 'corrected',
}
PEERS = {'cleanlab, default C: left out': 'default', PEER: 'best'}
ROWS = (*USES, *PEERS, BOUND)


def make_folder(folder: Path, seed: int) -> None:
    """Write ``images/<class>/`` and ``truth.csv`` with a line for each usable image."""
    rng = np.random.default_rng(seed)
    paths, true, worst = labels_of('worst')
    given = np.where(
        rng.random(len(true)) < SHARE_WORST, worst, labels_of('random1')[2]
    )
    rows = rng.permutation(len(true))[: SIZE + 20]
    names = [path.split(os.sep)[-2] for path in paths]
    classes = [names[np.flatnonzero(true == label)[0]] for label in range(10)]
    root = folder / 'images.part'
    shutil.rmtree(root, ignore_errors=True)
    for name in classes:
        (root / name).mkdir(parents=True)
    truth = [('path', 'true')]
    modes = [
        (end, mode) for end, each in MODES.items() for mode in each for _ in range(5)
    ]
    for place, row in enumerate(rows):
        content, stem = Path(paths[row]).read_bytes(), f'{names[row][:2]}{row:05d}'
        own = f'{classes[given[row]]}/{stem}'
        if place < len(modes):
            end, mode = modes[place]
            Image.open(paths[row]).convert(mode).save(root / f'{own}.{end}')
            truth.append((f'{own}.{end}', true[row]))
            continue
        if place >= SIZE:  # what cannot be used
            broken = (content[: len(content) // 2], b'', b'<html>404</html>')[place % 3]
            (root / f'{own}.jpg').write_bytes(broken)
            continue
        (root / f'{own}.jpg').write_bytes(content)
        truth.append((f'{own}.jpg', true[row]))
        if place >= SIZE - 40:  # the same picture once more
            label = given[row] if place % 2 else rng.integers(10)
            copy = f'{classes[label]}/copy_{stem}.jpg'
            if place % 4 < 2:
                Image.open(paths[row]).save(root / copy, quality=85)
            else:
                (root / copy).write_bytes(content)
            truth.append((copy, true[row]))
    with atomic_write(folder / 'truth.csv', newline='') as file:
        write_rows(file, truth)
    root.rename(folder / 'images')


def labels_of(label_set: str) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Paths, true and given labels of the first 10,000 training images."""
    settings = dict(data_root=str(DATA / 'cifar10'), images='files', indices=10_000)
    dataset = DATASETS.build(dict(type='CIFAR10N', label_set=label_set, **settings))
    columns = columns_of(dataset)
    return [*columns.paths], columns.true_labels, columns.labels


def look(folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """What `find` does; gives what labels are wrong (N,), and the scores."""
    out = folder / 'found'
    if not (out / 'index.html').exists():
        dataset, _ = find_source(str(folder / 'images'))
        network = feature_network()
        found = find_labels(dataset, network, out)
        write_found(found, network, out, 'Crawled-looking images', None)
    file = read_label_file(out / 'labels.csv')
    lines = (folder / 'truth.csv').read_text().splitlines()[1:]
    truth = {path: int(label) for path, label in (line.split(',') for line in lines)}
    true = np.array([truth[path] for path in file.img_paths])
    return file.given_labels != true, file.scores


def cleanlab_issues(folder: Path, kind: str) -> tuple[np.ndarray, np.ndarray]:
    """The mask (N,) of what cleanlab finds, and its label quality."""
    from cleanlab.filter import find_label_issues
    from cleanlab.rank import get_label_quality_scores

    path = folder / f'cleanlab_{kind}.npz'
    if not path.exists():
        features = np.load(folder / 'found' / 'features.npy').astype(np.float32)
        labels = np.load(folder / 'found' / 'labels.npy')
        folds = StratifiedKFold(5, shuffle=True, random_state=0)
        found = []
        for value in [DEFAULT_C, *(OTHER_C if kind == 'best' else ())]:
            model = LogisticRegression(C=value)
            method = dict(cv=folds, method='predict_proba')
            probs = cross_val_predict(model, features, labels, **method)
            loss = -np.log(probs[np.arange(len(labels)), labels].clip(1e-12)).mean()
            found.append((loss, probs))
        probs = min(found, key=lambda each: each[0])[1]
        issues = find_label_issues(labels, probs)
        quality = get_label_quality_scores(labels, probs)
        with atomic_write(path, 'wb') as stream:
            np.savez(stream, issues=issues, quality=quality)
    stored = np.load(path, allow_pickle=False)
    return stored['issues'], stored['quality']


def config_of(folder: Path, use: str, dropped: np.ndarray | None = None) -> Config:
    """The config that `find` wrote, tested on CIFAR-10; ``use`` or without some."""
    os.environ['NL_USE'] = use if dropped is None else 'kept'
    config = read_config(str(folder / 'found' / 'config.py'))
    if dropped is not None:
        file = read_label_file(folder / 'found' / 'labels.csv')
        words = np.where(dropped, 'drop', 'keep').astype(object)
        write_label_file(folder / f'{use}.csv', **dict(vars(file), recommended=words))
        config.train_dataloader.dataset.label_file = str(folder / f'{use}.csv')
    test = dict(
        type='Features', file=str(DATA / 'features/cifar10n_test'), test_mode=True
    )
    config.val_dataloader = dict(
        batch_size=1000,
        num_workers=0,
        dataset=test,
        sampler=dict(type='DefaultSampler', shuffle=False),
    )
    config.val_evaluator = dict(type='Accuracy', topk=(1,))
    config.val_cfg = dict()
    config.train_cfg.val_interval = config.train_cfg.max_epochs
    config.default_hooks.checkpoint = None
    return config


def run(out: Path, seed: int) -> None:
    """All rows of a seed; ``figures.json`` in its folder has them."""
    folder = out / f'seed_{seed}'
    if not (folder / 'images').exists():
        folder.mkdir(parents=True, exist_ok=True)
        make_folder(folder, seed)
    wrong, scores = look(folder)
    figures: dict = {'wrong': float(wrong.mean())}
    selected = read_label_file(folder / 'found' / 'labels.csv').selected
    figures['find'] = judged(wrong, ~selected, scores)
    configs = {row: config_of(folder, use) for row, use in USES.items()}
    if find_spec('cleanlab') is not None:
        for row, kind in PEERS.items():
            issues, quality = cleanlab_issues(folder, kind)
            figures[row] = judged(wrong, issues, quality)
            configs[row] = config_of(folder, f'cleanlab_{kind}', issues)
    configs[BOUND] = config_of(folder, 'right_only', wrong)
    figures['top1'] = {}
    for row, config in configs.items():
        place = folder / 'runs' / row
        result = run_once(seeded(config, seed), place, f'seed {seed}, {row}')
        figures['top1'][row] = result['top1']
    write_json(folder / 'figures.json', figures, 1)


def judged(wrong: np.ndarray, called: np.ndarray, scores: np.ndarray) -> dict:
    """AUC, precision and recall of what is called wrong."""
    hits = (wrong & called).sum()
    rates = dict(precision=hits / max(1, called.sum()), recall=hits / wrong.sum())
    return dict(
        auc=roc_auc_score(wrong, -scores), **{k: float(v) for k, v in rates.items()}
    )


def table(out: Path) -> str:
    """Accuracies with paired differences, and how well wrong labels were found."""
    paths = sorted(out.glob('seed_*/figures.json'))
    found = [read_json(str(path)) for path in paths]
    rows = [row for row in ROWS if all(row in each['top1'] for each in found)]
    top1 = {row: np.array([100 * each['top1'][row] for each in found]) for row in rows}
    head = [
        'trained on',
        'top-1',
        'minus cross entropy',
        'minus cleanlab',
        'of the way',
    ]
    lines, way = [head], top1[BOUND] - top1[FEW]
    for row in rows:
        peer = difference(top1[row], top1[PEER]) if PEER in top1 else '–'
        part = f'{100 * (top1[row] - top1[FEW]).mean() / way.mean():.0f} %'
        cells = [spread(top1[row]), difference(top1[row], top1[FEW]), peer, part]
        lines.append([row, *cells])
    text = f'{len(found)} seeds, {100 * np.mean([e["wrong"] for e in found]):.1f} % of '
    text += 'the labels wrong\n\n' + markdown(lines)
    lines = [['wrong labels found by', 'AUC', 'precision', 'recall']]
    for row in ('find', *PEERS):
        if all(row in each for each in found):
            values = [[each[row][key] for each in found] for key in found[0][row]]
            lines.append([row, *(f'{np.mean(value):.3f}' for value in values)])
    return text + '\n' + markdown(lines)


def spread(values: np.ndarray) -> str:
    """Mean ± standard deviation of the seeds."""
    deviation = f' ± {values.std(ddof=1):.1f}' if len(values) > 1 else ''
    return f'{values.mean():.1f}{deviation}'


def difference(values: np.ndarray, others: np.ndarray) -> str:
    """Mean ± standard error of paired differences."""
    gains = values - others
    if len(gains) < 2 or not gains.any():
        return f'{gains.mean():+.1f}' if gains.any() else '–'
    return f'{gains.mean():+.1f} ± {gains.std(ddof=1) / len(gains) ** 0.5:.1f}'


def main() -> None:
    """Do what is not done, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--seeds', nargs='+', type=int, default=[0, 1, 2, 3, 4])
    parser.add_argument('--out', type=Path, default=Path('work_dirs/folder_story'))
    args = parser.parse_args()
    if find_spec('cleanlab') is None:
        print('cleanlab is not installed: its rows are left out')
    init_default_scope('mmpretrain')
    for seed in args.seeds:
        run(args.out, seed)
        with atomic_write(args.out / 'table.md') as file:
            file.write(table(args.out))
    print(table(args.out))


if __name__ == '__main__':
    main()
