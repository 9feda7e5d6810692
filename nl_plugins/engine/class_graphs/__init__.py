"""Similarity of classes from side information: WordNet, texts, trees."""

from .build import build_class_graph
from .class_graph import ClassGraph
from .sum_graph import SumGraph
from .synset_match import load_wordnet, match_synsets
from .text_graph import TextGraph
from .tree_graph import TreeGraph
from .wordnet_graph import WordNetGraph

__all__ = [
    'ClassGraph',
    'SumGraph',
    'TextGraph',
    'TreeGraph',
    'WordNetGraph',
    'build_class_graph',
    'load_wordnet',
    'match_synsets',
]
