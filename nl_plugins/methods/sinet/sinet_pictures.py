"""Pictures of what SINet saw and did, from a run that is in memory."""

from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ...formats.atomic_file import write_json
from ...supervision.pictures import weighted_image
from ...visualization.plot_class_graph import plot_class_graph
from ...visualization.plot_nearest_classes import plot_nearest_classes
from ...visualization.plot_weighted_images import WeightedImage, plot_weighted_images
from .class_graphs.class_graph import SumGraph
from .prototype_weighting import ClassPrototypes
from .weight_summary import graph_summary

__all__ = ['draw_sinet']

CLASSES, IMAGES, MAPPED = 6, 5, 1000


def draw_sinet(hook: Any, prototypes: ClassPrototypes, folder: Path) -> list[str]:
    """Draw a ``SINetHook`` that has just weighed; returns the paths of the files."""
    lightest = _lightest_classes(hook)
    sources = {} if hook.graph is None else _graph_sources(hook)
    names, paths = hook.class_names, []
    if hook.graph is not None:
        shown = sorted(lightest[:MAPPED])
        title = f'Class graph, {len(shown)} of {len(names)} classes'
        path, graph = folder / 'class_graph.png', hook.graph[shown][:, shown]
        paths.append(plot_class_graph(path, graph, [names[i] for i in shown], title))
    label = next(c for c in lightest if c in prototypes.classes)
    nearest = {name: graph[label] for name, graph in sources.items()}
    nearest['vision'] = _visual_similarity(hook, label, prototypes)
    path = folder / 'nearest_classes.png'
    paths.append(plot_nearest_classes(path, label, nearest, names))
    if bool((hook.training_set.true_labels >= 0).any()):
        identity = torch.eye(hook.num_classes)
        graphs = {'uniform': None, 'identity': identity, **sources}
        if len(sources) > 1:
            graphs['sum'] = hook.graph
        paths.append(str(folder / 'graphs.json'))
        write_json(paths[-1], graph_summary(hook, graphs), indent=2)
    path = folder / 'weighted_images.png'
    return [*paths, _draw_weighted(hook, path, lightest[:CLASSES], names)]


def _lightest_classes(hook: Any) -> list[int]:
    """The classes that have samples, those of the lowest mean weight first."""
    given, size = hook.table.given_labels.long(), hook.num_classes
    counts = torch.bincount(given, minlength=size)
    sums = torch.zeros(size).index_add_(0, given, hook.table.weights)
    means = (sums / counts).nan_to_num(float('inf'))
    return means.argsort(stable=True)[: int((counts > 0).sum())].tolist()


def _graph_sources(hook: Any) -> dict[str, Tensor]:
    """The parts of the graph by what they come from."""
    graph = hook.class_graph
    named: dict[str, Tensor] = {}
    for part in graph.graphs if isinstance(graph, SumGraph) else [graph]:
        name = type(part).__name__.removesuffix('Graph')
        number = f' {len(named) + 1}' if name in named else ''
        named[name + number] = part.similarity(hook.graphs_path)
    return named


def _visual_similarity(hook: Any, label: int, prototypes: ClassPrototypes) -> Tensor:
    """(K,) cosines of the prototypes with that of a class; -1 of none."""
    own = prototypes.weighted[prototypes.classes == label]
    vision = torch.full((hook.num_classes,), -1.0)
    vision[prototypes.classes] = (prototypes.weighted @ own.T).flatten()
    return vision


def _draw_weighted(hook: Any, path: Path, labels: list[int], names: list[str]) -> str:
    best, worst = [], []
    seen = hook.features.confidence >= 0  # the others may have no image to show
    for label in labels:
        rows = (seen & (hook.table.given_labels == label)).nonzero()[:, 0]
        rows = rows[hook.table.scores[rows].argsort(descending=True, stable=True)]
        best.append([_weighted(hook, row) for row in rows[:IMAGES].tolist()])
        worst.append([_weighted(hook, row) for row in rows.flip(0)[:IMAGES].tolist()])
    return plot_weighted_images(path, [names[label] for label in labels], best, worst)


def _weighted(hook: Any, row: int) -> WeightedImage:
    return weighted_image(hook, row, float(hook.table.weights[row]))
