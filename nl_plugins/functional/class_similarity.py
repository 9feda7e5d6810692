"""Similarity of classes: by the embeddings of their labels, or by a hierarchy."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import Any, TypeVar

import numpy as np
import torch
from torch import Tensor

from ..checks import check_features
from .numerics import unit_rows
from .prototypes import cosine_matrix
from .synset_names import load_wordnet, synset_named

__all__ = ['label_similarity', 'path_similarity', 'wordnet_similarity']

Node = TypeVar('Node', bound=Hashable)

_BLOCK_BYTES = 64 << 20
_FAR = 32_000  # longer than any path between fewer than half as many nodes


def label_similarity(embeddings: Tensor) -> Tensor:
    """Cosine of all pairs of label embeddings, SINet (Cheng et al. 2020) Eq. 2: (C, C).

    Exactly symmetric with a diagonal of ones; no embedding (C, d) may be zero.

    >>> label_similarity(torch.tensor([[1.0, 0.0], [3.0, 4.0]]))
    tensor([[1.0000, 0.6000],
            [0.6000, 1.0000]])
    """
    units = unit_rows(check_features(embeddings, 'embeddings'), 'embeddings')
    return cosine_matrix(units)


def wordnet_similarity(synsets: Sequence[Any]) -> Tensor:
    """Path similarity of WordNet synsets, SINet §3.1, S_w: (C, C) float32.

    :math:`1 / (1 + l)` with l the length of the shortest path that goes up from one
    synset to a common hypernym and down to the other, instance hypernyms included:
    for nouns what NLTK's ``path_similarity`` gives pair by pair. Synsets without a
    common hypernym get 0, where NLTK gives None for nouns and invents a root for verbs.
    The paper takes "the distance of the shortest path" and says not how it becomes a
    similarity: 1 / (1 + l) is ours.

    Args:
        synsets: C >= 1 of NLTK's ``Synset``, or any hashable objects whose
            ``hypernyms()`` and ``instance_hypernyms()`` return lists of their like, or
            names such as 'dog.n.01' and 'n02084071', which NLTK's WordNet looks up.

    Raises:
        ValueError: If there is none, or one is no synset or not in WordNet.
        RuntimeError: If there are names, and NLTK or its WordNet is missing.

    >>> class Synset:
    ...     def __init__(self, *above): self.hypernyms = lambda: above
    ...     def instance_hypernyms(self): return ()
    >>> animal = Synset()
    >>> wordnet_similarity([animal, Synset(animal)]).tolist()
    [[1.0, 0.5], [0.5, 1.0]]
    """
    synsets = [_synset(synset, i) for i, synset in enumerate(synsets)]
    parents = _ancestry(synsets, lambda s: [*s.hypernyms(), *s.instance_hypernyms()])
    return path_similarity(parents, synsets)


def _synset(synset: Any, index: int) -> Any:
    """One of the synsets, looked up if it is a name."""
    found, where = synset, f'synsets[{index}]'
    if isinstance(synset, str):
        try:
            found = synset_named(synset, load_wordnet())
        except ValueError as error:
            raise ValueError(f'{where} is no synset: {error}') from None
        if found is None:
            raise ValueError(f'{where} is not in WordNet: {synset!r}')
    if not hasattr(found, 'hypernyms'):
        raise ValueError(f'{where} is no synset: {synset!r}')
    return found


def path_similarity(
    parents: Mapping[Node, Sequence[Node]], nodes: Sequence[Node]
) -> Tensor:
    """As :func:`wordnet_similarity`, of nodes of any hierarchy: (C, C) float32.

    Distances to the ancestors come from the children's, then those to all nodes from
    the parents'. Beside the result the memory is bounded.

    Args:
        parents: For each node but the roots those directly above it, without a cycle.
        nodes: C >= 1 nodes, the classes.

    >>> parents = {'dog': ['animal'], 'cat': ['animal'], 'car': ['machine']}
    >>> path_similarity(parents, ['dog', 'animal', 'car']).tolist()
    [[1.0, 0.5, 0.0], [0.5, 1.0, 0.0], [0.0, 0.0, 1.0]]
    """
    if len(nodes) == 0:
        raise ValueError('there are no classes to compare')
    parents = _ancestry(nodes, lambda node: parents.get(node, ()))
    try:
        order = list(TopologicalSorter(parents).static_order())  # ancestors first
    except CycleError as error:
        first = next(node for node in parents if node in error.args[1])
        message = f'the hierarchy has a cycle: {first!r} is above itself'
        raise ValueError(message) from None
    place = {node: i for i, node in enumerate(order)}
    edges = [(place[n], place[above]) for n in order for above in parents[n]]
    wanted = np.array([place[node] for node in nodes])
    result = torch.empty(len(nodes), len(nodes))
    dtype, far = (np.int16, _FAR) if len(order) < _FAR // 2 else (np.int32, 1 << 30)
    block = max(1, _BLOCK_BYTES // (np.dtype(dtype).itemsize * len(order)))
    for start in range(0, len(nodes), block):
        columns = slice(start, start + block)
        sources = wanted[columns]
        distance = np.full((len(order), len(sources)), far, dtype)
        distance[sources, np.arange(len(sources))] = 0
        for child, parent in reversed(edges):
            np.minimum(distance[parent], distance[child] + 1, out=distance[parent])
        for child, parent in edges:
            np.minimum(distance[child], distance[parent] + 1, out=distance[child])
        steps = torch.from_numpy(distance[wanted])
        result[:, columns] = (1 / (1 + steps.float())).masked_fill_(steps >= far, 0)
    return result


def _ancestry(
    nodes: Iterable[Node], above: Callable[[Node], Sequence[Node]]
) -> dict[Node, Sequence[Node]]:
    """The nodes and all that is above them, each with those directly above it."""
    parents: dict[Node, Sequence[Node]] = {}
    reached = list(nodes)
    for node in reached:  # grows on the way
        if node not in parents:
            parents[node] = above(node)
            reached.extend(parents[node])
    return parents
