"""The text graph, with a random BERT of a few weights."""

import json
from types import SimpleNamespace

import pytest
import torch
import torch.nn.functional as F

pytest.importorskip('transformers')
from tiny_bert import make_bert

from nl_plugins.functional import label_similarity
from nl_plugins.methods.sinet.class_graphs import text_graph
from nl_plugins.methods.sinet.class_graphs.build import build_class_graph
from nl_plugins.methods.sinet.class_graphs.class_texts import (
    image_texts,
    read_descriptions,
)
from nl_plugins.methods.sinet.class_graphs.label_embeddings import lstm_embeddings
from nl_plugins.methods.sinet.class_graphs.text_graph import TextGraph
from nl_plugins.methods.sinet.class_graphs.token_features import token_features

TEXTS = [['a small cat'], ['a dog that barks', 'domestic dog'], ['a truck on the road']]


@pytest.fixture(scope='module')
def bert(tmp_path_factory):
    return make_bert(tmp_path_factory.mktemp('encoder') / 'bert')


def test_token_features_are_those_of_one_text_at_a_time(bert):
    from transformers import AutoModel, AutoTokenizer

    texts = ['a small cat', 'dog', 'a truck carries a load on the road', 'cat ' * 99]
    features = token_features(texts, bert, batch_size=2, max_length=9)
    tokenizer = AutoTokenizer.from_pretrained(bert)
    model = AutoModel.from_pretrained(bert).eval()
    for text, own in zip(texts, features):
        batch = tokenizer(text, return_tensors='pt', truncation=True, max_length=9)
        with torch.no_grad():
            expected = model(**batch).last_hidden_state[0]
        assert own.dtype == torch.float16
        assert torch.allclose(own.float(), expected, atol=2e-3)
    assert [len(own) for own in features] == [5, 3, 9, 9]


def test_mean_pooling(bert):
    flat = [text for own in TEXTS for text in own]
    means = torch.stack([t.float().mean(0) for t in token_features(flat, bert)])
    units = F.normalize(means)
    embeddings = torch.stack([units[0], units[1] + units[2], units[3]])
    graph = TextGraph(TEXTS, str(bert), pooling='mean').compute()
    assert torch.allclose(graph, label_similarity(embeddings), atol=1e-4)


def test_lstm_is_seeded_and_leaves_the_random_state_alone(bert):
    graph = TextGraph(TEXTS, str(bert), hidden_channels=8, epochs=3)
    state = torch.get_rng_state()
    first = graph.compute()
    assert torch.equal(torch.get_rng_state(), state)
    torch.rand(5)
    assert torch.equal(graph.compute(), first)
    other = TextGraph(TEXTS, str(bert), hidden_channels=8, epochs=3, seed=1).compute()
    assert not torch.allclose(other, first, atol=1e-3)
    assert torch.allclose(first.diagonal(), torch.ones(3))


def test_lstm_learns_to_tell_the_classes_apart(capsys):
    generator = torch.Generator().manual_seed(0)
    labels = torch.arange(40) % 4
    tokens = []
    for label in labels.tolist():  # one token of five tells the class
        text = torch.randn(5, 8, generator=generator) * 0.1
        text[1, label] += 3
        tokens.append(text.half())
    settings = dict(hidden_channels=16, token_dropout=0.2, lr=1e-2)
    trained = lstm_embeddings(tokens, labels, 4, epochs=60, **settings)
    random = lstm_embeddings(tokens, labels, 4, epochs=0, **settings)
    mask = ~torch.eye(4, dtype=torch.bool)
    assert label_similarity(random)[mask].mean() > 0.8
    assert label_similarity(trained)[mask].mean() < 0.5


def test_the_key_is_made_of_texts_encoder_and_settings(bert, tmp_path):
    def key(texts=TEXTS, folder=bert, **settings):
        return json.dumps(TextGraph(texts, str(folder), **settings).inputs())

    other = make_bert(tmp_path / 'other', width=20)
    keys = [
        key(),
        key(texts=TEXTS[::-1]),
        key(folder=other),
        key(pooling='mean'),
        key(seed=1),
        key(epochs=7),
        key(max_length=8),
    ]
    assert len(set(keys)) == len(keys)
    assert key(batch_size=1) == key()
    moved = make_bert(tmp_path / 'moved')
    assert key(folder=moved) == key()


def test_a_graph_of_an_encoder_that_is_refused_now_is_not_kept(tmp_path, monkeypatch):
    folder, kept = make_bert(tmp_path / 'bert'), tmp_path / 'kept'
    graph = TextGraph([['zebra'], ['okapi']], str(folder), pooling='mean')
    monkeypatch.setattr(graph, 'compute', lambda: torch.ones(2, 2))  # what it was once
    monkeypatch.setattr(text_graph, 'ENCODER_CHECKS', 0)
    assert graph.similarity(kept).tolist() == [[1, 1], [1, 1]]
    monkeypatch.undo()
    with pytest.raises(ValueError, match='does not know'):
        graph.similarity(kept)


@pytest.mark.parametrize(
    ('settings', 'message'),
    [
        (dict(pooling='max'), r"'mean'\], but is 'max'"),
        (dict(pooling='mean', epochs=3), r"\['epochs'\] do not go with pooling='mean'"),
        (dict(epoch=3), r"\['epoch'\] do not go"),
        (dict(texts=[['cat'], [' ']]), 'class 1 has no text'),
        (dict(texts=[['cat'], []]), 'class 1 has no text'),
    ],
)
def test_bad_settings(bert, settings, message):
    with pytest.raises(ValueError, match=message):
        TextGraph(**{**dict(texts=TEXTS, encoder=str(bert)), **settings})


def test_an_encoder_that_is_not_here_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv('HF_HUB_CACHE', str(tmp_path))
    with pytest.raises(FileNotFoundError, match="'some/bert' is neither a folder"):
        TextGraph(TEXTS, 'some/bert')
    with pytest.raises(FileNotFoundError, match='no model and tokenizer'):
        TextGraph(TEXTS, str(tmp_path)).compute()


def save_weights(folder, change):
    """Another form of the weights of a model in a folder."""
    from safetensors.torch import load_file, save_file

    path = folder / 'model.safetensors'
    weights = change({k: v.clone() for k, v in load_file(path).items()})
    save_file(weights, path, dict(format='pt'))


def changed(weights, prefix='', without='-', to=torch.Tensor.float):
    return {prefix + k: to(v) for k, v in weights.items() if without not in k}


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        (dict(prefix='module.'), r"lack 37 .*, but has others, such as 'module\."),
        (dict(prefix='model.bert.'), r"lack 37 .* 'embeddings.*, such as 'model\.bert"),
        (dict(without='layer.1'), r"lack 16 .* such as 'encoder\.layer\.1\."),
    ],
)
def test_weights_that_the_file_lacks_are_not_random(tmp_path, change, message):
    folder = make_bert(tmp_path / 'bert')
    save_weights(folder, lambda weights: changed(weights, **change))
    with pytest.raises(FileNotFoundError, match=f'{folder} {message}'):
        TextGraph(TEXTS, str(folder), pooling='mean').compute()


@pytest.mark.parametrize('change', [dict(without='pooler'), dict(prefix='bert.')])
def test_a_pooler_or_the_name_of_the_encoder_do_not_matter(bert, tmp_path, change):
    folder = make_bert(tmp_path / 'bert')
    save_weights(folder, lambda weights: changed(weights, **change))
    graphs = [
        TextGraph(TEXTS, str(f), pooling='mean').compute() for f in (bert, folder)
    ]
    assert torch.equal(*graphs)


@pytest.mark.parametrize('to', [torch.Tensor.half, torch.Tensor.bfloat16])
def test_half_precision_checkpoints_compute_in_float32(tmp_path, to):
    graphs = []
    for name, form in (('half', to), ('same', lambda v: to(v).float())):
        folder = make_bert(tmp_path / name)
        save_weights(folder, lambda weights, form=form: changed(weights, to=form))
        graphs.append(TextGraph(TEXTS, str(folder), pooling='mean').compute())
    assert graphs[0].dtype == torch.float32
    assert torch.equal(*graphs)


def test_weights_that_are_no_numbers_are_damaged(tmp_path):
    folder = make_bert(tmp_path / 'bert')
    save_weights(folder, lambda weights: changed(weights, to=lambda v: v / 0))
    with pytest.raises(ValueError, match=f"{folder} makes numbers of 'a cat' that are"):
        token_features(['a cat'], folder)


POINTER = b'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n'


@pytest.mark.parametrize(
    ('name', 'content', 'message'),
    [
        ('model.safetensors', POINTER, r"not fetched \['model.safetensors'\]"),
        ('model.safetensors', 5000, 'deserializing .*download the whole model again'),
        ('model.safetensors', None, 'no file named .*model.safetensors'),
        ('pytorch_model.bin', POINTER, r"not fetched \['pytorch_model.bin'\]"),
        ('pytorch_model.bin', 5000, 'download the whole model again'),
        ('pytorch_model.bin', 0, 'EOFError; or download'),
        ('tokenizer.json', POINTER, r"not fetched \['tokenizer.json'\]"),
        ('config.json', 9, 'not a valid JSON file'),
    ],
)
def test_files_that_are_not_whole(tmp_path, name, content, message):
    folder = make_bert(tmp_path / 'bert')
    if name == 'pytorch_model.bin':
        (folder / 'model.safetensors').unlink()
        torch.save({'weight': torch.rand(9999)}, folder / name)
    if content is None:
        (folder / name).unlink()
    else:
        whole = (folder / name).read_bytes()
        cut = content if isinstance(content, bytes) else whole[:content]
        (folder / name).write_bytes(cut)
    match = f'{folder} holds no model and tokenizer .*{message}'
    with pytest.raises(FileNotFoundError, match=match):
        token_features(['a cat'], folder)


def test_a_pointer_that_is_not_needed_is_not_read(bert, tmp_path):
    folder = make_bert(tmp_path / 'bert')
    (folder / 'pytorch_model.bin').write_bytes(POINTER)
    first, other = (token_features(['a cat'], f)[0] for f in (bert, folder))
    assert torch.equal(first, other)


@pytest.mark.parametrize(
    ('texts', 'message'),
    [
        (
            [['犬'], ['猫']],
            r"not know 1 of the 1 words of class 0 \('犬'\): .* download",
        ),
        ([['cat'], ['猫, 动物:']], 'not know 3 of the 3 words of class 1'),
        ([['cat'], ['xx xy', 'xz yy a']], 'not know 4 of the 5 words of class 1'),
        (
            [['crane xx'], ['crane xy']],
            r"same tokens of class 1 .*0 \('crane xx'\).*down",
        ),
        ([['cat'], ['Cat']], 'same tokens of class 1'),
        ([['cat ' * 9 + 'a'], ['cat ' * 9 + 'dog']], 'raise `max_length`'),
    ],
)
def test_texts_that_the_encoder_cannot_tell_apart(bert, texts, message):
    with pytest.raises(ValueError, match=message):
        TextGraph(texts, str(bert), pooling='mean', max_length=8).compute()


def test_a_lost_vocabulary_is_named(tmp_path):
    folder = make_bert(tmp_path / 'bert')
    for name in ('vocab.txt', 'tokenizer.json'):
        (folder / name).unlink()
    with pytest.raises(ValueError, match='if its vocabulary is missing, download'):
        TextGraph(TEXTS, str(folder), pooling='mean').compute()


def test_equal_texts_punctuation_and_some_unknown_words_are_fine(bert):
    texts = [['cat'], ['cat'], [':'], [','], ['a dog xx'], ['a dog xy', 'a small dog']]
    graph = TextGraph(texts, str(bert), pooling='mean').compute()
    assert torch.isclose(graph[0, 1], torch.tensor(1.0))
    assert graph[2, 3] < 0.999
    assert graph[4, 5] < 0.999


def test_texts_of_the_images_of_each_class():
    texts = ['a', '', None, ' b ', 'c', 'd', 'x', 'e']
    labels = torch.tensor([0, 0, 0, 0, 0, 0, 2, 0])

    class Images:
        seen = []

        def get_data_info(self, row):
            self.seen.append(row)
            return dict(text=texts[row]) if texts[row] is not None else {}

    assert image_texts(Images(), labels, 3, 2) == [['a', 'b'], [], ['x']]
    assert image_texts(Images(), labels, 3, 1) == [['a'], [], ['x']]
    Images.seen.clear()
    texts[:] = [''] * 8
    assert image_texts(Images(), torch.zeros(8, dtype=torch.int64), 1, 1) == [[]]
    assert Images.seen == [0, 1, 2, 3]


def test_descriptions_of_the_user(tmp_path):
    lines = tmp_path / 'texts.tsv'
    lines.write_text('\ufeffdog\tit, "barks"\t<b>\r\n\ncat\tpurrs\u2028\ndog\tmore\n')
    assert read_descriptions(lines, ['cat', 'dog']) == [
        ['purrs'],
        ['it, "barks"\t<b>', 'more'],
    ]
    mapping = tmp_path / 'texts.json'
    mapping.write_text(json.dumps(dict(dog=['barks', 'loud'], cat='purrs')))
    assert read_descriptions(mapping, ['cat', 'dog']) == [['purrs'], ['barks', 'loud']]


@pytest.mark.parametrize(
    ('name', 'content', 'message'),
    [
        ('t.tsv', b'cat\tpurrs\ndog barks\n', r't.tsv, line 2: not `class<TAB>text`'),
        ('t.tsv', b'cat\t \n', 'line 1'),
        ('t.tsv', b'cat\tpurrs\n', "t.tsv describes no class 'dog'"),
        ('t.tsv', b'cat\ta\ndog\tb\nfox\tc\n', "describes the unknown class 'fox'"),
        ('t.tsv', b'\xff\xfe', 't.tsv, line 1: not UTF-8'),
        ('t.json', b'{"cat": ', 'is no JSON'),
        ('t.json', b'["cat"]', 'no mapping'),
        ('t.json', b'{"cat": 3, "dog": "x"}', "class 'cat' has something else"),
        ('t.json', b'{"cat": [""], "dog": "x"}', "class 'cat' has something else"),
    ],
)
def test_bad_descriptions(tmp_path, name, content, message):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ValueError, match=message):
        read_descriptions(tmp_path / name, ['cat', 'dog'])


def test_graphs_from_configs(bert, tmp_path, monkeypatch):
    pytest.importorskip('nltk')
    from tiny_wordnet import ANIMALS, open_wordnet

    from nl_plugins.methods.sinet.class_graphs import build

    reader = open_wordnet(monkeypatch, tmp_path / 'nltk', ANIMALS)
    monkeypatch.setattr(build, 'load_wordnet', lambda: reader)
    (tmp_path / 'texts.tsv').write_text('cat\tsmall\ntruck\troad\n')
    dataset = SimpleNamespace(
        metainfo=dict(classes=['cat', 'truck']),
        get_data_info=lambda row: dict(text=['small', 'large', 'long'][row]),
    )

    def texts(**config):
        config = dict(config, type='text', encoder=str(bert), pooling='mean')
        labels = torch.tensor([1, 0, 1])
        graph = build_class_graph(config, dataset, labels)
        assert graph.compute().shape == (2, 2)
        return graph.texts

    assert texts(texts='names') == [['cat'], ['truck']]
    assert texts(texts=str(tmp_path / 'texts.tsv')) == [['small'], ['road']]
    assert texts(texts='images', texts_per_class=5) == [
        ['large'],
        ['small', 'long'],
    ]
    assert texts()[0] == ['cat: a small feline kept as a pet']
    chosen = dict(classes=['cat', 'crane'], synsets={'crane': 'crane.n.02'})
    assert texts(**chosen)[1] == ['crane: an artifact that lifts a load']
