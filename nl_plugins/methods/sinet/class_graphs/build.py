"""Class graphs from their configs."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from torch import Tensor

from ....checks import check_choice
from ....formats.json_file import read_json
from ....functional.synset_names import load_wordnet
from .class_graph import ClassGraph, SumGraph
from .class_texts import gloss_texts, image_texts, read_descriptions
from .synset_match import WordNetGraph, match_synsets
from .text_graph import TextGraph
from .tree_graph import TreeGraph

__all__ = ['build_class_graph']


def build_class_graph(config: dict, dataset: Any, labels: Tensor) -> ClassGraph:
    """Make the class graph that a config describes.

    All but a sum take ``classes``: a list of their names in the order of the labels,
    the key of such a list in the dataset's ``metainfo`` ("classes" by default), or
    a text file with a class per line.

    - ``dict(type='wordnet', synsets={}, ambiguous='error')``: see ``classes``,
      ``chosen`` (here ``synsets``) and ``ambiguous`` of :func:`~.match_synsets`.
    - ``dict(type='text', texts='glosses', encoder=..., ...)``: ``texts`` is 'names',
      'glosses' (of WordNet; with ``synsets`` and ``ambiguous`` as above), 'images'
      (with ``texts_per_class=20``) or a file: see :func:`~.read_descriptions`. The
      other settings go to :class:`TextGraph`.
    - ``dict(type='tree', parents=... or tree=...)``, see :class:`TreeGraph`: itself, a
      JSON file that holds it, or the key of the dataset's ``metainfo`` where it is.
    - ``dict(type='sum', graphs=[...], weights=None)``: Eq. 3.

    The training dataset has no wrappers; its given labels are (N,) int64.

    Raises:
        ValueError: If the config is wrong, or the classes cannot be found.
        RuntimeError: If WordNet or the transformers library is needed and missing.
    """
    config = dict(config)
    kind = config.pop('type', None)
    check_choice('the type of a class graph', kind, ('wordnet', 'text', 'tree', 'sum'))
    if kind == 'sum':
        graphs = config.pop('graphs')
        parts = [build_class_graph(part, dataset, labels) for part in graphs]
        return SumGraph(parts, **config)
    classes = _class_names(config.pop('classes', 'classes'), dataset)
    if kind == 'wordnet':
        wordnet = load_wordnet()
        synsets = _synsets(config, classes, wordnet)
        return WordNetGraph(synsets, version=str(wordnet.get_version()), **config)
    if kind == 'text':
        return TextGraph(_texts(config, classes, dataset, labels), **config)
    for name in ('parents', 'tree'):
        if isinstance(config.get(name), str):
            config[name] = _hierarchy(config[name], dataset)
    return TreeGraph(classes, **config)


def _texts(config: dict, classes: list[str], dataset: Any, labels: Tensor) -> list:
    source = config.pop('texts', 'glosses')
    if source == 'names':
        return [[name.replace('_', ' ')] for name in classes]
    if source == 'glosses':
        return gloss_texts(_synsets(config, classes, load_wordnet()))
    if source == 'images':
        count = config.pop('texts_per_class', 20)
        return image_texts(dataset, labels, len(classes), count)
    return read_descriptions(source, classes)


def _synsets(config: dict, classes: list[str], wordnet: Any) -> list[Any]:
    chosen, ambiguous = config.pop('synsets', None), config.pop('ambiguous', 'error')
    return match_synsets(classes, wordnet, chosen, ambiguous)


def _class_names(classes: Sequence[str] | str, dataset: Any) -> list[str]:
    names: Sequence[str] = classes
    if isinstance(classes, str):
        names = dataset.metainfo.get(classes)
        if not names and Path(classes).is_file():
            lines = Path(classes).read_text(encoding='utf-8-sig').split('\n')
            names = [line.strip() for line in lines if line.strip()]
        if not names:
            raise ValueError(
                f'{classes!r} is neither in the metainfo of the dataset nor a file '
                'with a class per line: give the graph its `classes`'
            )
    return [str(name) for name in names]


def _hierarchy(name: str, dataset: Any) -> Any:
    if name in dataset.metainfo:
        return dataset.metainfo[name]
    if Path(name).exists():
        return read_json(name)
    message = f'{name!r} is neither a file nor in the metainfo of the dataset'
    raise ValueError(f'{message}: there is no hierarchy to make a class graph of')
