"""When CleanNet is worth it: detection error against what has been verified.

``python benchmarks/detection_curves.py --planted 100`` plants 100 classes, whose
features also vary in directions that mean nothing, the same for all classes. Wrong
images belong to other classes; with ``--foreign 0.7``, this share of them belongs to no
class and looks alike in all classes, like drawings or packages.
``... CONFIG CHECKPOINT`` takes the features of a trained network; the data set of the
config must have true labels. It draws two curves, over several random seeds (of the
verification labels, CleanNet and the baselines):

1. the error against the number of verification labels, drawn from all classes;
2. the error on the classes without verification labels, against the number of classes
   that have them (Lee et al. 2018, Fig. 5), with the same total number of labels.

All methods are judged on the same samples, up to ``--judged`` per class, from which
none of them learns. Writes ``points.jsonl``, ``curves.md`` and ``curves.png``; points
that the file already has, with the same settings, are not measured again.
"""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from detection_samples import Samples, planted_samples, samples_of_network
from torch import Tensor

from nl_plugins.detection.detection_run import DetectionRun
from nl_plugins.detection.verification_split import VerificationSplit
from nl_plugins.methods.cleannet.cleannet_round import CleanNetRound
from nl_plugins.supervision.walk import WalkBatch
from nl_plugins.visualization.figures import (
    COLOURS,
    MARKERS,
    new_figure,
    save_figure,
    tidy_axes,
)

COUNTS = (100, 250, 500, 1000, 2500, 5000)
SHARES = (0.1, 0.2, 0.5, 0.8)
KEY = ('question', 'x', 'seed')
PLAN = ('counts', 'seeds', 'out')  # all other arguments change a point


class StoredWalk:
    """Features in memory instead of a walk."""

    def __init__(self, samples: Samples) -> None:
        self.samples = samples

    def __call__(self, model: torch.nn.Module) -> Iterator[WalkBatch]:
        """All of them."""
        for rows in torch.arange(len(self.samples.given)).split(4096):
            yield WalkBatch(rows, self.samples.features[rows], self.samples.probs[rows])

    def probe(self, model: torch.nn.Module) -> WalkBatch:
        """Some of them."""
        return next(self(model))


class StoredLabels(NamedTuple):
    """What DetectionRun asks of a training set."""

    given_labels: Tensor

    def check_labels(self, num_classes: int) -> None:
        """They are made to fit."""
        assert int(self.given_labels.max()) < num_classes


def judged_rows(samples: Samples, per_class: int) -> Tensor:
    """Mask of the judged samples (N,), the same for all seeds and counts."""
    chosen = torch.zeros(len(samples.given), dtype=torch.bool)
    order = torch.from_numpy(np.random.default_rng(0).permutation(len(chosen)))
    for label in range(samples.probs.size(1)):
        of_class = order[samples.given[order] == label]
        chosen[of_class[: min(per_class, len(of_class) // 2)]] = True
    return chosen


def verified_rows(
    samples: Samples, judged: Tensor, classes: Tensor, count: int, seed: int
) -> Tensor | None:
    """Mask of ``count`` samples of these classes (N,); None if there are fewer."""
    free = (torch.isin(samples.given, classes) & ~judged).nonzero().flatten()
    if count > len(free):
        return None
    order = torch.from_numpy(np.random.default_rng((seed, 1)).permutation(len(free)))
    chosen = torch.zeros(len(judged), dtype=torch.bool)
    chosen[free[order[:count]]] = True
    return chosen


def errors(
    samples: Samples, verified: Tensor, judged: Tensor, cleannet: CleanNetRound
) -> dict[str, float | None]:
    """Average detection error over the judged classes, for each method."""
    outcome = (samples.given == samples.true).long()
    learnt = outcome.masked_fill(~verified, -1)
    split = VerificationSplit(learnt, learnt, outcome.masked_fill(~judged, -1))
    run = DetectionRun(
        StoredLabels(samples.given),
        StoredWalk(samples),
        cleannet,
        split,
    )
    device = 'cuda' if torch.cuda.is_available() else 'cpu'
    rows = run(torch.nn.Linear(1, 1).to(device)).rows
    return {name: row['error'] for name, row in rows.items()}


def plan(
    samples: Samples, judged: Tensor, args: argparse.Namespace
) -> Iterator[tuple[str, int, int, Tensor | None, Tensor]]:
    """(question, x, seed, verified samples, judged samples) of each point."""
    num_classes = samples.probs.size(1)
    everyone = torch.arange(num_classes)
    for seed in args.seeds:
        for count in args.counts:
            verified = verified_rows(samples, judged, everyone, count, seed)
            yield 'labels', count, seed, verified, judged
        order = torch.from_numpy(np.random.default_rng(seed).permutation(num_classes))
        for number in sorted({max(2, round(s * num_classes)) for s in SHARES}):
            known = order[:number]
            verified = verified_rows(samples, judged, known, args.budget, seed)
            unknown = judged & ~torch.isin(samples.given, known)
            yield 'classes', len(known), seed, verified, unknown


def measure(
    samples: Samples, judged: Tensor, args: argparse.Namespace
) -> dict[str, list[dict]]:
    """The points of each question; new ones are added to ``points.jsonl``."""
    path = args.out / 'points.jsonl'
    lines = path.read_text().splitlines() if path.exists() else []
    settings = {key: v for key, v in vars(args).items() if key not in PLAN}
    same = [p for p in map(json.loads, lines) if p['settings'] == settings]
    done = {tuple(point[key] for key in KEY): point for point in same}
    points: dict[str, list[dict]] = {'labels': [], 'classes': []}
    for question, x, seed, verified, judging in plan(samples, judged, args):
        if verified is None:  # too few samples
            continue
        point = done.get((question, x, seed))
        if point is None:
            cleannet = CleanNetRound(args.references, 5, args.networks, seed=seed)
            found = errors(samples, verified, judging, cleannet)
            point = dict(question=question, x=x, seed=seed, errors=found)
            point['settings'] = settings
            with path.open('a') as file:
                file.write(json.dumps(point) + '\n')
            print(json.dumps(point), flush=True)
        points[question].append(point)
    return points


def table(points: list[dict], title: str) -> str:
    """Markdown: a row for each method, the mean over the seeds in per cent."""
    columns = sorted({point['x'] for point in points})
    names = list(points[0]['errors'])
    lines = [f'| {title} | ' + ' | '.join(map(str, columns)) + ' |']
    lines.append('| --- |' + ' ---: |' * len(columns))
    for name in names:
        cells = []
        for x in columns:
            values = [point['errors'][name] for point in points if point['x'] == x]
            known = all(value is not None for value in values)
            cells.append(f'{100 * np.mean(values):.1f}' if known else '–')
        if any(cell != '–' for cell in cells):
            lines.append(f'| {name} | ' + ' | '.join(cells) + ' |')
    return '\n'.join(lines)


def draw(path: Path, points: dict[str, list[dict]]) -> None:
    """A panel for each question that was asked: means over the seeds."""
    titles = dict(labels='Verification labels', classes='Classes with such labels')
    asked = [kind for kind in titles if points[kind]]
    figure = new_figure((9.6, 4.4))
    shown = set()
    for place, kind in enumerate(asked):
        axes = figure.add_subplot(1, len(asked), place + 1)
        for number, name in enumerate(points[kind][0]['errors']):
            values: dict[int, list[float]] = {}
            for point in points[kind]:
                if point['errors'][name] is not None:
                    error = 100 * point['errors'][name]
                    values.setdefault(point['x'], []).append(error)
            if not values:
                continue
            xs = sorted(values)
            axes.plot(
                xs,
                [np.mean(values[x]) for x in xs],
                label=None if name in shown else name,
                color=COLOURS[number % len(COLOURS)],
                marker=MARKERS[number % len(MARKERS)],
                linestyle=('-', '--', ':')[number // len(COLOURS) % 3],
                linewidth=2.6 if name == 'CleanNet' else 1.4,
            )
            shown.add(name)
        tidy_axes(axes, titles[kind], 'Detection error (%)')
        if kind == 'labels':
            axes.set_xscale('log')
        else:
            axes.set_title('on the classes without', fontsize=10)
    figure.legend(loc='outside lower center', ncols=4, frameon=False)
    save_figure(figure, path)


def main() -> None:
    """Measure, write, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('config', nargs='?')
    parser.add_argument('checkpoint', nargs='?')
    parser.add_argument('--planted', type=int, metavar='CLASSES')
    parser.add_argument('--foreign', type=float, default=0.0, metavar='SHARE')
    parser.add_argument('--samples', type=int, default=20000, help='number of samples')
    parser.add_argument('--judged', type=int, default=300, help='per class')
    parser.add_argument('--counts', type=int, nargs='*', default=COUNTS)
    parser.add_argument('--budget', type=int, default=1000, help='labels in curve 2')
    parser.add_argument('--networks', type=int, help='CleanNets per round (5)')
    parser.add_argument('--references', type=int, default=50, help='per class')
    parser.add_argument('--seeds', type=int, nargs='+', default=[0, 1, 2])
    parser.add_argument('--out', type=Path, default=Path('work_dirs/detection_curves'))
    args = parser.parse_args()
    if (args.planted is None) == (args.checkpoint is None):
        parser.error('give --planted CLASSES, or CONFIG and CHECKPOINT')
    if args.planted:
        samples = planted_samples(args.planted, 0, args.foreign).first(args.samples)
    else:
        samples = samples_of_network(
            args.config, args.checkpoint, args.samples, args.out
        )
    judged = judged_rows(samples, args.judged)
    args.out.mkdir(parents=True, exist_ok=True)
    points = measure(samples, judged, args)
    titles = dict(labels='verification labels', classes='classes with labels')
    tables = [table(points[key], title) for key, title in titles.items() if points[key]]
    (args.out / 'curves.md').write_text('\n\n'.join(tables) + '\n')
    draw(args.out / 'curves.png', points)
    print('\n' + '\n\n'.join(tables))
    for name in ('points.jsonl', 'curves.md', 'curves.png'):
        print(args.out / name)


if __name__ == '__main__':
    main()
