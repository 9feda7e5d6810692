"""The class graph of WordNet's hierarchy."""

from collections.abc import Sequence
from typing import Any

from torch import Tensor

from ....functional import wordnet_similarity
from .class_graph import ClassGraph

__all__ = ['WordNetGraph']


class WordNetGraph(ClassGraph):
    """Path similarity of synsets, S_w of SINet (Cheng et al. 2020) §3.1.

    Args:
        synsets: C of NLTK's ``Synset``, see :func:`~.synset_match.match_synsets`.
        version: WordNet's version, part of the key under which the graph is kept.
    """

    def __init__(self, synsets: Sequence[Any], version: str = '') -> None:
        self.synsets = list(synsets)
        self.version = version

    def inputs(self) -> dict:
        """Names of the synsets, and the version that they belong to."""
        names = [synset.name() for synset in self.synsets]
        return dict(synsets=names, wordnet=self.version)

    def compute(self) -> Tensor:
        """All shortest paths at once."""
        return wordnet_similarity(self.synsets)
