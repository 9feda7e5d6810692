"""Classes grouped by a WordNet of a few animals."""

import nltk
import pytest
from tiny_wordnet import ANIMALS, open_wordnet

from nl_plugins.detection.wordnet_groups import classes_below, hypernym_groups

NAMES = [
    'cat.n.01',
    'dog.n.01',
    'truck.n.01',
    'crane.n.01',
    'crane.n.02',
    'entity.n.01',
]


@pytest.fixture(autouse=True)
def animals(monkeypatch, tmp_path):
    reader = open_wordnet(monkeypatch, tmp_path, ANIMALS)
    monkeypatch.setattr(nltk.corpus, 'wordnet', reader)
    return reader


def test_the_groups_are_two_levels_up():
    want = ['animal', 'animal', 'entity', 'entity', 'entity', 'entity']
    assert hypernym_groups(NAMES) == [f'{name}.n.01' for name in want]
    want = ['feline', 'canine', 'artifact', 'animal', 'artifact', 'entity']
    assert hypernym_groups(NAMES, 1) == [f'{name}.n.01' for name in want]
    assert hypernym_groups(NAMES, 0) == NAMES


def test_kinds_of_animals():
    assert classes_below(NAMES, 'animal.n.01') == [0, 1, 3]
    assert classes_below(['felix.n.01', *NAMES], 'feline.n.01') == [0, 1]
    assert classes_below(NAMES, 'entity.n.01') == list(range(6))


def test_by_wordnet_id(animals):
    names = [f'n{animals.synset(name).offset():08d}' for name in NAMES]
    assert hypernym_groups(names) == hypernym_groups(NAMES)


def test_what_is_not_there():
    with pytest.raises(ValueError, match="'horse.n.01' is not in WordNet"):
        hypernym_groups(['cat.n.01', 'horse.n.01'])
    with pytest.raises(ValueError, match="no class is a kind of 'truck.n.01'"):
        classes_below(['cat.n.01'], 'truck.n.01')
