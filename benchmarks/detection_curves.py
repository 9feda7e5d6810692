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
``--methods`` measures some methods alone; these see all samples.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from detection_samples import Samples, planted_samples, samples_of_network
from torch import Tensor

from nl_plugins.detection.detection_result import CLEANNET
from nl_plugins.detection.detection_run import DetectionRun
from nl_plugins.detection.table import detectors
from nl_plugins.detection.task import DetectionTask
from nl_plugins.detection.verification_split import VerificationSplit
from nl_plugins.formats.markdown_table import markdown_table
from nl_plugins.methods.cleannet.cleannet_round import CleanNetRound
from nl_plugins.supervision.feature_bank import FeatureBank
from nl_plugins.supervision.gather import gather_units
from nl_plugins.supervision.walk import WalkBatch
from nl_plugins.visualization.colours import line_style
from nl_plugins.visualization.figures import new_figure, save_figure, tidy_axes

COUNTS = (100, 250, 500, 1000, 2500, 5000)
SHARES = (0.1, 0.2, 0.5, 0.8)
TITLES = dict(labels='verification labels', classes='classes with labels')
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


def shuffled(values: Tensor, seed: int | tuple[int, ...]) -> Tensor:
    """The values in another order, the same for a seed on every machine."""
    order = np.random.default_rng(seed).permutation(len(values))
    return values[torch.from_numpy(order)]


def judged_samples(samples: Samples, per_class: int) -> Tensor:
    """(N,) bool, the same samples for all seeds and counts."""
    chosen = torch.zeros(len(samples.given), dtype=torch.bool)
    order = shuffled(torch.arange(len(chosen)), 0)
    for label in range(samples.probs.size(1)):
        of_class = order[samples.given[order] == label]
        chosen[of_class[: min(per_class, len(of_class) // 2)]] = True
    return chosen


def verified_samples(
    samples: Samples, judged: Tensor, classes: Tensor, count: int, seed: int
) -> Tensor | None:
    """Mask of ``count`` samples of these classes (N,); None if there are fewer."""
    free = (torch.isin(samples.given, classes) & ~judged).nonzero().flatten()
    if count > len(free):
        return None
    chosen = torch.zeros(len(judged), dtype=torch.bool)
    chosen[shuffled(free, (seed, 1))[:count]] = True
    return chosen


def errors(
    samples: Samples,
    verified: Tensor,
    judged: Tensor,
    cleannet: CleanNetRound,
    names: Sequence[str] = (),
) -> dict[str, float | None]:
    """Average detection error over the judged classes, for each or some methods."""
    outcome = (samples.given == samples.true).long()
    learnt = outcome.masked_fill(~verified, -1)
    split = VerificationSplit(learnt, learnt, outcome.masked_fill(~judged, -1))
    if names:
        return errors_of(names, samples, split, cleannet)
    given, walk = StoredLabels(samples.given), StoredWalk(samples)
    device = 'cuda' if torch.cuda.is_available() else 'cpu'
    model = torch.nn.Linear(1, 1).to(device)
    methods = DetectionRun(given, walk, cleannet)(model, split).methods
    return {name: row['error'] for name, row in methods.items()}


def errors_of(
    names: Sequence[str],
    samples: Samples,
    split: VerificationSplit,
    cleannet: CleanNetRound,
) -> dict[str, float | None]:
    """Those of some detectors, from the same features."""
    rows = torch.arange(len(samples.given))
    bank = FeatureBank(len(rows))
    bank.add(rows, samples.features)
    features, size = gather_units(bank, rows).float(), samples.probs.size(1)
    columns = features, samples.given, samples.probs, split.learnt, split.judged
    means = np.zeros((size, features.size(1)), dtype=np.float32)
    task = DetectionTask(*(column.numpy() for column in columns), means, cleannet.seed)
    found = {}
    for name in names:
        if name == CLEANNET:
            labels = samples.given, split.learnt, size, torch.device('cpu')
            relevant = cleannet(bank, *labels).selected.numpy()
        else:
            relevant = detectors()[name](task)
        found[name] = float(np.nanmean(task.class_errors(relevant.astype(float))))
    return found


def plan(
    samples: Samples, judged: Tensor, args: argparse.Namespace
) -> Iterator[tuple[str, int, int, Tensor | None, Tensor]]:
    """(question, x, seed, what is verified, what is judged) of each point."""
    num_classes = samples.probs.size(1)
    everyone = torch.arange(num_classes)
    for seed in args.seeds:
        for count in args.counts:
            verified = verified_samples(samples, judged, everyone, count, seed)
            yield 'labels', count, seed, verified, judged
        order = shuffled(everyone, seed)
        for number in sorted({max(2, round(s * num_classes)) for s in SHARES}):
            known = order[:number]
            verified = verified_samples(samples, judged, known, args.budget, seed)
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
    done = {(point['question'], point['x'], point['seed']): point for point in same}
    points: dict[str, list[dict]] = {question: [] for question in TITLES}
    for question, x, seed, verified, judging in plan(samples, judged, args):
        if verified is None:  # too few samples
            continue
        point = done.get((question, x, seed))
        if point is None:
            cleannet = CleanNetRound(
                args.references,
                num_networks=args.networks,
                seed=seed,
                reference_set=args.reference_set,
            )
            found = errors(samples, verified, judging, cleannet, args.methods)
            point = dict(question=question, x=x, seed=seed, errors=found)
            point['settings'] = settings
            with path.open('a') as file:
                file.write(json.dumps(point) + '\n')
            print(json.dumps(point), flush=True)
        points[question].append(point)
    return points


def curves(points: list[dict]) -> dict[str, dict[int, float]]:
    """The mean over the seeds in per cent, by method and x; only where all decide."""
    found: dict[str, dict[int, float]] = {name: {} for name in points[0]['errors']}
    for x in sorted({point['x'] for point in points}):
        for name, means in found.items():
            values = [point['errors'][name] for point in points if point['x'] == x]
            if None not in values:
                means[x] = float(100 * np.mean(values))
    return {name: means for name, means in found.items() if means}


def table(points: list[dict], title: str) -> str:
    """Markdown: a row for each method."""
    columns = sorted({point['x'] for point in points})
    names = [str(column) for column in columns]
    rows = [
        [name, *(f'{means[x]:.1f}' if x in means else '–' for x in columns)]
        for name, means in curves(points).items()
    ]
    return markdown_table([title, *names], rows, names)


def draw(path: Path, points: dict[str, list[dict]]) -> None:
    """A panel for each question that was asked."""
    asked = [question for question in TITLES if points[question]]
    figure, panels = new_figure((9.6, 4.4), 1, len(asked), squeeze=False)
    shown = set()
    for axes, question in zip(panels[0], asked):
        numbers = {name: i for i, name in enumerate(points[question][0]['errors'])}
        for name, means in curves(points[question]).items():
            axes.plot(
                list(means),
                list(means.values()),
                label=None if name in shown else name,
                linewidth=2.6 if name == 'CleanNet' else 1.4,
                **line_style(numbers[name]),
            )
            shown.add(name)
        tidy_axes(axes, TITLES[question].capitalize(), 'Detection error (%)')
        if question == 'labels':
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
    parser.add_argument('--reference-set', default='kmeans', help='or random')
    named = [CLEANNET, *detectors()]
    named.remove('average')  # needs the references of CleanNet
    parser.add_argument('--methods', nargs='+', choices=named, default=())
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
    judged = judged_samples(samples, args.judged)
    args.out.mkdir(parents=True, exist_ok=True)
    points = measure(samples, judged, args)
    tables = [table(points[key], title) for key, title in TITLES.items() if points[key]]
    (args.out / 'curves.md').write_text('\n\n'.join(tables) + '\n')
    draw(args.out / 'curves.png', points)
    print('\n' + '\n\n'.join(tables))
    for name in ('points.jsonl', 'curves.md', 'curves.png'):
        print(args.out / name)


if __name__ == '__main__':
    main()
