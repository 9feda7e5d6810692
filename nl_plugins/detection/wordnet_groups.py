"""Groups of classes by WordNet, of which some are verified."""

from collections.abc import Sequence
from typing import Any

from ..functional.synset_names import load_wordnet, synset_named

__all__ = ['classes_below', 'hypernym_groups']


def hypernym_groups(synsets: Sequence[str], levels: int = 2) -> list[str]:
    """The name of the hypernym so many levels above each class: Lee et al. 2018, T. 5.

    'semantic-308' verifies one class of each group with "a common second-level hypernym
    in WordNet". Of several hypernyms the first counts, and where the tree ends,
    its top. (So read, the 1,000 classes of ImageNet and WebVision 1.0 are 330 groups.)

    Args:
        synsets: (K,) names such as 'dog.n.01' or WordNet ids such as 'n02084071'.
        levels: At least 0.

    Returns:
        K names of synsets; classes with the same one are a group.

    Raises:
        ValueError: If one is not in WordNet.
        RuntimeError: If NLTK or WordNet is missing.

    >>> hypernym_groups(['dog.n.01', 'cat.n.01', 'cup.n.01'])  # doctest: +SKIP
    ['animal.n.01', 'carnivore.n.01', 'instrumentality.n.03']
    """
    return [_above(synset, levels).name() for synset in _found(synsets)]


def classes_below(synsets: Sequence[str], hypernym: str) -> list[int]:
    """The classes that are a kind of ``hypernym``, ascending; 'dogs-118' of Table 5.

    A class is a kind of itself, too.

    Args:
        synsets: (K,) as in :func:`hypernym_groups`.
        hypernym: A name or id like these.

    Raises:
        ValueError: If one is not in WordNet, or there is no such class.
        RuntimeError: If NLTK or WordNet is missing.

    >>> classes_below(['cup.n.01', 'dog.n.01', 'cat.n.01'], 'animal.n.01')
    ... # doctest: +SKIP
    [1, 2]
    """
    (top,) = _found([hypernym])
    below = [
        label
        for label, synset in enumerate(_found(synsets))
        if any(top in path for path in synset.hypernym_paths())
    ]
    if not below:
        raise ValueError(f'no class is a kind of {hypernym!r}')
    return below


def _found(names: Sequence[str]) -> list[Any]:
    wordnet = load_wordnet()
    synsets = [synset_named(name, wordnet) for name in names]
    for name, synset in zip(names, synsets):
        if synset is None:
            raise ValueError(f'{name!r} is not in WordNet')
    return synsets


def _above(synset: Any, levels: int) -> Any:
    for _ in range(levels):
        above = [*synset.hypernyms(), *synset.instance_hypernyms()]
        synset = above[0] if above else synset
    return synset
