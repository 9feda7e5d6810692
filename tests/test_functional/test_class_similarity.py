import random

import pytest
import torch

from nl_plugins.functional import (
    class_similarity,
    label_similarity,
    path_similarity,
    wordnet_similarity,
)

from . import sinet_reference
from .bad_features import BAD_FEATURES, EMPTY

# Two roots (0 and 7); 6 has two parents, 3 is reached by two ways of unequal length.
PARENTS = {1: [0], 2: [0], 3: [1, 0], 4: [3], 5: [2], 6: [4, 5], 7: [], 8: [7]}


class Synset:
    """A stand-in for NLTK's."""

    def __init__(self, *hypernyms, instance_of=()):
        self._hypernyms, self._instance = list(hypernyms), list(instance_of)

    def hypernyms(self):
        return self._hypernyms

    def instance_hypernyms(self):
        return self._instance


def ancestors(parents, node):
    """Distances to all ancestors, by breadth-first search."""
    found, layer, depth = {}, {node}, 0
    while layer:
        for n in layer:
            found.setdefault(n, depth)
        layer = {p for n in layer for p in parents.get(n, [])} - set(found)
        depth += 1
    return found


def reference(parents, nodes):
    """Pair by pair over the common ancestors."""
    table = [ancestors(parents, node) for node in nodes]
    return torch.tensor(
        [
            [
                max((1 / (1 + a[n] + b[n]) for n in a.keys() & b.keys()), default=0.0)
                for b in table
            ]
            for a in table
        ]
    )


def test_paths_by_hand():
    similarity = path_similarity(PARENTS, [6, 3, 8, 7])
    assert similarity.dtype == torch.float32
    third = torch.tensor(1 / 3)
    assert torch.equal(
        similarity,
        torch.tensor(
            [[1, third, 0, 0], [third, 1, 0, 0], [0, 0, 1, 0.5], [0, 0, 0.5, 1]]
        ),
    )


def test_the_way_goes_up_and_then_down():
    # 0 and 1 share the child 2 but no ancestor; 3 and 1 are joined through 2 only.
    parents = {2: [0, 1], 3: [2]}
    assert path_similarity(parents, [0, 1]).tolist() == [[1, 0], [0, 1]]
    assert path_similarity(parents, [1, 3])[0, 1] == torch.tensor(1 / 3)


@pytest.mark.parametrize('seed', range(5))
@pytest.mark.parametrize('block_bytes', [64 << 20, 999])
def test_random_hierarchies(seed, block_bytes, monkeypatch):
    monkeypatch.setattr(class_similarity, '_BLOCK_BYTES', block_bytes)
    rng = random.Random(seed)
    names = list(range(150))
    rng.shuffle(names)  # the numbers say nothing about the order
    parents = {}
    for i, name in enumerate(names):
        above = rng.sample(names[:i], min(i, rng.choice([0, 1, 1, 1, 2])))
        parents[name] = above
    nodes = rng.sample(names, 60) + names[:3]
    assert torch.equal(path_similarity(parents, nodes), reference(parents, nodes))


@pytest.mark.parametrize('length', [400, 20_000])
def test_long_chains(length):
    chain = {i: [i - 1] for i in range(1, length)}
    similarity = path_similarity(chain, [length - 1, 0, 7])
    assert similarity[0, 1] == torch.tensor(1 / length)
    assert similarity[1, 2] == 1 / 8


def test_objects_with_hypernyms():
    root, other = Synset(), Synset()
    left, right = Synset(root), Synset(root)
    hero = Synset(instance_of=[left])
    similarity = wordnet_similarity([hero, right, left, other, right])
    quarter, half = 1 / 4, 1 / 2
    third = torch.tensor(1 / 3).item()
    assert similarity.tolist() == [
        [1, quarter, half, 0, quarter],
        [quarter, 1, third, 0, 1],
        [half, third, 1, 0, third],
        [0, 0, 0, 1, 0],
        [quarter, 1, third, 0, 1],
    ]


def test_equals_nltk_on_300_nouns(tmp_path, monkeypatch):
    pytest.importorskip('nltk')
    from tiny_wordnet import open_wordnet, random_synsets

    wordnet = open_wordnet(monkeypatch, tmp_path, random_synsets(500, seed=0))
    nouns = sorted(wordnet.all_synsets('n'), key=lambda synset: synset.offset())
    nouns = random.Random(1).sample(nouns, 300)
    assert len({root for noun in nouns for root in noun.root_hypernyms()}) > 10
    assert sum(bool(noun.instance_hypernyms()) for noun in nouns) > 20
    assert sum(len(noun.hypernyms()) > 1 for noun in nouns) > 20
    similarity = wordnet_similarity(nouns)
    assert torch.equal(similarity, similarity.T)
    for i, noun in enumerate(nouns[::8]):  # NLTK takes its time
        row = [noun.path_similarity(other) or 0 for other in nouns]
        assert torch.equal(similarity[8 * i], torch.tensor(row, dtype=torch.float32))
    assert len(similarity.unique()) > 8


def test_synsets_by_name(tmp_path, monkeypatch):
    pytest.importorskip('nltk')
    from tiny_wordnet import ANIMALS, open_wordnet

    wordnet = open_wordnet(monkeypatch, tmp_path, ANIMALS)
    monkeypatch.setattr('nltk.corpus.wordnet', wordnet)
    dog, cat = wordnet.synset('dog.n.01'), wordnet.synset('cat.n.01')
    names = ['dog.n.01', f'n{cat.offset():08d}', 'truck.n.01']
    want = wordnet_similarity([dog, cat, wordnet.synset('truck.n.01')])
    assert torch.equal(wordnet_similarity(names), want)
    assert float(want[0, 1]) == pytest.approx(1 / 5)  # dog canine animal feline cat
    assert torch.equal(wordnet_similarity([dog, *names[1:]]), want)
    for name in ('wolf.n.01', 'dog.n.07', 'n99999999'):
        with pytest.raises(ValueError, match=r'synsets\[1\] is not in WordNet: '):
            wordnet_similarity(['dog.n.01', name])
    with pytest.raises(ValueError, match=r"synsets\[0\] is no synset: .* 'dog'"):
        wordnet_similarity(['dog'])


def test_bad_hierarchies():
    with pytest.raises(ValueError, match='no classes to compare'):
        path_similarity({}, [])
    with pytest.raises(ValueError, match='no classes to compare'):
        wordnet_similarity([])
    with pytest.raises(ValueError, match=r'synsets\[1\] is no synset: 3'):
        wordnet_similarity([Synset(), 3])
    with pytest.raises(ValueError, match="cycle: 'a' is above itself"):
        path_similarity({'x': ['a'], 'a': ['b'], 'b': ['a']}, ['x'])
    with pytest.raises(ValueError, match='cycle: 0 is above itself'):
        path_similarity({0: [0]}, [0])


def test_label_similarity_by_hand():
    embeddings = torch.tensor([[3.0, 4.0], [6.0, 8.0], [-4.0, 3.0], [-1.0, 0.0]])
    similarity = label_similarity(embeddings)
    assert similarity.dtype == torch.float32
    expected = [[1, 1, 0, -0.6], [1, 1, 0, -0.6], [0, 0, 1, 0.8], [-0.6, -0.6, 0.8, 1]]
    assert torch.allclose(similarity, torch.tensor(expected))


def test_label_similarity_equals_the_loops(features):
    expected = sinet_reference.label_similarity(features.tolist())
    similarity = label_similarity(features)
    assert torch.allclose(similarity, torch.tensor(expected).double(), atol=1e-6)
    assert torch.equal(similarity, similarity.T)
    assert torch.equal(similarity.diagonal(), torch.ones(40, dtype=torch.float64))


@pytest.mark.parametrize(('features', 'message'), BAD_FEATURES + EMPTY)
def test_bad_embeddings(features, message):
    with pytest.raises(ValueError, match=message):
        label_similarity(features)
