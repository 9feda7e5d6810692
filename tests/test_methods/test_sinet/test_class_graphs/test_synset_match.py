"""Classes and WordNet: on a database of a few nouns in NLTK's format."""

from types import SimpleNamespace

import pytest
import torch

pytest.importorskip('nltk')
import nltk
from tiny_wordnet import ANIMALS, open_wordnet

from nl_plugins.functional.synset_names import load_wordnet
from nl_plugins.methods.sinet.class_graphs import build
from nl_plugins.methods.sinet.class_graphs.class_texts import gloss_texts
from nl_plugins.methods.sinet.class_graphs.synset_match import match_synsets


@pytest.fixture
def wordnet(tmp_path, monkeypatch):
    reader = open_wordnet(monkeypatch, tmp_path, ANIMALS)
    monkeypatch.setattr(build, 'load_wordnet', lambda: reader)
    return reader


def matched(names, wordnet, **settings):
    return [synset.name() for synset in match_synsets(names, wordnet, **settings)]


def test_synsets_ids_and_clear_names(wordnet):
    dog = wordnet.synset('dog.n.01')
    names = [
        'dog.n.01',
        f'n{dog.offset():08d}',
        'Domestic dog',
        'beast, animal',
        'cats',
    ]
    found = matched([*names[:4], 'felix'], wordnet)
    assert found == ['dog.n.01'] * 3 + ['animal.n.01', 'felix.n.01']


def test_unknown_and_ambiguous_names_are_all_reported(wordnet):
    names = ['dog', 'crane', 'Downcoat', 'dog.n.07', 'n00000001', 'dog, cat', '']
    with pytest.raises(ValueError, match='6 of 7 classes') as error:
        match_synsets(names, wordnet)
    message = str(error.value)
    assert (
        "class 1 'crane' may be crane.n.01 (a large long-necked wading bird), "
        'crane.n.02 (an artifact that lifts a load)' in message
    )
    for index, name in ((2, 'Downcoat'), (3, 'dog.n.07'), (4, 'n00000001'), (6, '')):
        assert f'class {index} {name!r} is not in WordNet' in message
    assert "class 5 'dog, cat' is not in WordNet" in message
    assert 'synsets={' in message


def test_the_report_is_short(wordnet):
    with pytest.raises(ValueError, match='30 of 30 classes') as error:
        match_synsets([f'unknown{i}' for i in range(30)], wordnet)
    assert 'unknown19' in str(error.value)
    assert 'unknown20' not in str(error.value)


def test_the_user_chooses(wordnet, caplog):
    names = ['crane', 'Downcoat']
    chosen = {'crane': 'crane.n.02', 'Downcoat': 'artifact.n.01'}
    assert matched(names, wordnet, chosen=chosen) == ['crane.n.02', 'artifact.n.01']
    assert matched(['crane', 'dog'], wordnet, ambiguous='first') == [
        'crane.n.01',
        'dog.n.01',
    ]
    with pytest.raises(ValueError, match="'Downcoat' is not in WordNet"):
        match_synsets(names, wordnet, ambiguous='first')
    with pytest.raises(ValueError, match=r"names \['crame'\], which are no classes"):
        match_synsets(names, wordnet, chosen={'crame': 'crane.n.02'})
    with pytest.raises(ValueError, match=r"'first'\], but is 'guess'"):
        match_synsets(names, wordnet, ambiguous='guess')


def test_glosses(wordnet):
    synsets = match_synsets(['domestic dog', 'crane.n.02'], wordnet)
    assert gloss_texts(synsets) == [
        ['dog: a canine kept as a pet'],
        ['crane: an artifact that lifts a load'],
    ]


def test_graph_from_a_config(wordnet):
    classes = ['cat', 'dog', 'crane', 'truck', 'Felix', 'number']
    dataset = SimpleNamespace(metainfo=dict(classes=classes))
    config = dict(type='wordnet', synsets={'crane': 'crane.n.01'})
    graph = build.build_class_graph(config, dataset, None)
    names = [
        'cat.n.01',
        'dog.n.01',
        'crane.n.01',
        'truck.n.01',
        'felix.n.01',
        'number.n.01',
    ]
    assert graph.inputs() == dict(synsets=names, wordnet='3.0')
    expected = torch.tensor(
        [[a.path_similarity(b) or 0 for b in graph.synsets] for a in graph.synsets]
    )
    assert torch.equal(graph.compute(), expected)
    assert expected[0, 4] == 0.5


def test_missing_wordnet_gives_the_commands(monkeypatch, tmp_path):
    from nltk.corpus.reader.wordnet import WordNetCorpusReader
    from nltk.corpus.util import LazyCorpusLoader

    monkeypatch.setattr(nltk.data, 'path', [str(tmp_path)])
    lazy = LazyCorpusLoader('wordnet', WordNetCorpusReader, None)
    monkeypatch.setattr('nltk.corpus.wordnet', lazy)
    with pytest.raises(RuntimeError, match=r'nl-plugins\[text\]') as error:
        load_wordnet()
    assert 'python -m nltk.downloader wordnet' in str(error.value)
