"""Pictures of what SINet saw and did, from a run that is in memory."""

from pathlib import Path

import torch
from torch import Tensor

from ...formats.atomic_file import write_json
from ...supervision.pictures import class_names, draw_suspicious, image_of
from ...supervision.table_hook import plain_model
from ...visualization.plot_class_graph import plot_class_graph
from ...visualization.plot_nearest_classes import plot_nearest_classes
from ...visualization.plot_weighted_images import WeightedImage, plot_weighted_images
from .class_graphs.sum_graph import SumGraph
from .graph_comparison import compare_graphs
from .prototype_weighting import ClassPrototypes
from .sinet_hook import SINetHook

__all__ = ['draw_sinet_report', 'graph_sources']

CLASSES, IMAGES, MAPPED = 6, 5, 1000


def draw_sinet_report(
    runner, hook: SINetHook, folder: Path, count: int = 32
) -> list[str]:
    """Draw graphs, neighbours and weights of the classes that weigh least.

    The weights are those of the present network, whether or not the run has used any
    yet; the training set is walked twice. Where true labels are known,
    ``graphs.json`` tells how well each part of the graph would tell wrong labels, and
    what other alphas and betas would make of the distances: see
    ``compare_graphs``.

    Args:
        runner: After (or before) training; not within an epoch.
        hook: Its SINet hook.
        folder: Where the pictures go.
        count: How many suspicious images.

    Returns:
        The paths of the files.
    """
    folder = Path(folder)
    hook.estimate(runner)
    lightest = _lightest_classes(hook)
    prototypes = hook.prototypes(plain_model(runner))
    sources = graph_sources(hook)
    path = folder / 'nearest_classes.png'
    label = next(c for c in lightest if c in prototypes.classes)
    paths = [_draw_neighbours(hook, path, label, sources, prototypes)]
    if hook.training_set.true_labels is not None:
        paths.append(_compare(hook, folder / 'graphs.json', sources))
    hook.features.bank.clear()
    return [
        *_draw_graph(hook, folder / 'class_graph.png', lightest),
        *paths,
        _draw_weighted(hook, folder / 'weighted_images.png', lightest[:CLASSES]),
        draw_suspicious(hook, folder / 'suspicious_images.png', count),
    ]


def _lightest_classes(hook: SINetHook) -> list[int]:
    """The classes that have samples, those of the lowest mean weight first."""
    given, size = hook.table.given_labels.long(), hook.num_classes
    counts = torch.bincount(given, minlength=size)
    sums = torch.zeros(size).index_add_(0, given, hook.table.weights)
    means = (sums / counts).nan_to_num(float('inf'))
    return means.argsort(stable=True)[: int((counts > 0).sum())].tolist()


def _draw_graph(hook: SINetHook, path: Path, lightest: list[int]) -> list[str]:
    """The heat map, where there are very many classes of those that weigh least."""
    if hook.graph is None:
        return []
    shown = sorted(lightest[:MAPPED])
    names = class_names(hook)
    graph = hook.graph[shown][:, shown]
    title = f'Class graph, {len(shown)} of {len(names)} classes'
    return [plot_class_graph(path, graph, [names[i] for i in shown], title)]


def _draw_neighbours(
    hook: SINetHook,
    path: Path,
    label: int,
    sources: dict[str, Tensor],
    prototypes: ClassPrototypes,
) -> str:
    """The nearest classes of a class by each part of the graph and by vision."""
    own = prototypes.weighted[prototypes.classes == label]
    vision = torch.full((hook.num_classes,), -1.0)
    vision[prototypes.classes] = (prototypes.weighted @ own.T).flatten()
    rows = {name: graph[label] for name, graph in sources.items()}
    rows['vision'] = vision
    return plot_nearest_classes(path, label, rows, class_names(hook))


def graph_sources(hook: SINetHook) -> dict[str, Tensor]:
    """The parts of the graph by what they come from."""
    if hook.graph is None:
        return {}
    graph = hook.class_graph
    parts = graph.graphs if isinstance(graph, SumGraph) else [graph]
    named: dict[str, Tensor] = {}
    for part in parts:
        name = type(part).__name__.removesuffix('Graph')
        number = f' {len(named) + 1}' if name in named else ''
        named[name + number] = part.similarity(hook.graphs_path)
    return named


def _compare(hook: SINetHook, path: Path, sources: dict[str, Tensor]) -> str:
    identity = torch.eye(hook.num_classes)
    graphs = {'uniform': None, 'identity': identity, **sources}
    if len(sources) > 1:
        graphs['sum'] = hook.graph
    write_json(path, compare_graphs(hook, graphs), indent=2)
    return str(path)


def _draw_weighted(hook: SINetHook, path: Path, labels: list[int]) -> str:
    names = class_names(hook)
    best, worst = [], []
    seen = hook.features.confidence >= 0  # the others may have no image to show
    for label in labels:
        rows = (seen & (hook.table.given_labels == label)).nonzero()[:, 0]
        rows = rows[hook.table.scores[rows].argsort(descending=True, stable=True)]
        best.append([_weighted(hook, row) for row in rows[:IMAGES].tolist()])
        worst.append([_weighted(hook, row) for row in rows.flip(0)[:IMAGES].tolist()])
    return plot_weighted_images(path, [names[label] for label in labels], best, worst)


def _weighted(hook: SINetHook, row: int) -> WeightedImage:
    true, given = hook.training_set.true_labels, int(hook.table.given_labels[row])
    known = true is not None and int(true[row]) >= 0
    right = int(true[row]) == given if known and true is not None else None
    return WeightedImage(image_of(hook, row), float(hook.table.weights[row]), right)
