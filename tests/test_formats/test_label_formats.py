import json

import numpy as np
import pytest
import torch

from nl_plugins.formats.label_file import write_label_file
from nl_plugins.formats.label_formats import read_labels
from nl_plugins.formats.noise_manifest import label_hash, make_manifest


@pytest.fixture
def csv_file(tmp_path):
    path = str(tmp_path / 'labels.csv')
    write_label_file(
        path,
        img_paths=['a.jpg', 'b.jpg'],
        given_labels=[0, 1],
        suggested_labels=[2, 1],
        scores=[0.1, 0.9],
        weights=[1, 1],
        selected=[1, 1],
    )
    return path


def test_csv_gives_the_suggested_labels_and_what_to_check_them_by(csv_file):
    content = read_labels(csv_file)
    assert content.labels.tolist() == [2, 1]
    assert content.given_labels.tolist() == [0, 1]
    assert content.img_paths == ['a.jpg', 'b.jpg']
    assert read_labels(csv_file, column='given_label').labels.tolist() == [0, 1]


@pytest.mark.parametrize('suffix', ['.npy', '.txt', '.json', '.JSON'])
def test_lists_of_labels(tmp_path, suffix):
    path = tmp_path / f'labels{suffix}'
    if suffix == '.npy':
        np.save(path, np.array([3, 0, 2], dtype=np.uint8))
    else:
        path.write_text('3\n0\n2\n' if suffix == '.txt' else '[3, 0, 2]')
    content = read_labels(str(path))
    assert content.labels.tolist() == [3, 0, 2]
    assert content.labels.dtype == np.int64
    assert content.img_paths is None
    assert content.given_labels is None


def test_text_lines_with_paths(tmp_path):
    path = tmp_path / 'labels.txt'
    path.write_bytes('\ufeffa b.jpg 3\r\n"x",\u2028 \x0b\x85.jpg 0'.encode())
    content = read_labels(path)
    assert content.labels.tolist() == [3, 0]
    assert content.img_paths == ['a b.jpg', '"x",\u2028 \x0b\x85.jpg']


def manifest(**changes):
    labels = np.array([1, 0])
    content = make_manifest(dict(type='symmetric'), 0, 2, labels[::-1], labels)
    return json.dumps({**content, **changes})


def test_a_noise_manifest(tmp_path):
    path = tmp_path / 'noise.json'
    path.write_text(manifest())
    content = read_labels(str(path))
    assert content.labels.tolist() == [1, 0]
    assert content.given_sha256 == label_hash(np.array([0, 1]))


@pytest.mark.parametrize('suffix', ['.pt', '.pth'])
def test_an_entry_of_a_pickle_is_chosen_by_its_key(tmp_path, suffix):
    path = tmp_path / f'labels{suffix}'
    labels = dict(clean_label=np.array([1, 2]), worse_label=np.array([1, 0]))
    torch.save(labels, path)
    content = read_labels(str(path), key='worse_label')
    assert content.labels.tolist() == [1, 0]
    assert content.clean_labels.tolist() == [1, 2]
    for key in (None, 'worst_label'):
        with pytest.raises(ValueError, match=r"\['clean_label', 'worse_label'\]"):
            read_labels(str(path), key=key)


@pytest.mark.parametrize(
    ('name', 'text', 'message'),
    [
        ('l.txt', '', 'is empty'),
        ('l.txt', '1\n\n2\n', "line 2: '' is not a label"),
        ('l.txt', '1\n2.5\n', "line 2: '2.5' is not a label"),
        ('l.txt', '1\na.jpg 2\n', 'line 2: some lines have a path'),
        ('l.txt', '1\n1_0\n', 'line 2'),
        ('l.txt', f'1\n{10**30}\n', 'line 2'),
        ('l.json', '{"labels": [1]}', 'holds a dict'),
        ('l.json', '[1, 2.0]', 'row 1: 2.0 is not a label'),
        ('l.json', '[1, true]', 'row 1: True'),
        ('l.json', '[NaN]', 'row 0: nan'),
        ('l.json', f'[{10**30}]', 'row 0'),
        ('l.json', '[1, ', 'l.json'),
        ('l.json', manifest(labels=[1, 1]), 'was changed: .* SHA-256'),
        ('l.json', manifest(labels=[1]), 'was changed'),
        ('l.json', manifest(labels=[1, 0.0]), 'row 1: 0.0 is not a label'),
        ('l.json', manifest(labels=None), 'holds a NoneType'),
        ('l.npy', 'junk', 'holds no plain array'),
        ('l.npy', '', r'is empty \(0 bytes\)'),
        ('l.pt', '', r'is empty \(0 bytes\): download it again'),
        ('l.yaml', '', "not '.yaml'"),
    ],
)
def test_errors_name_the_file_and_the_place(tmp_path, name, text, message):
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(ValueError, match=message) as caught:
        read_labels(str(path))
    assert str(path) in str(caught.value)


@pytest.mark.parametrize(
    'labels',
    [np.array([0.0, np.nan]), np.zeros((2, 2), dtype=int), np.array([True])],
)
def test_arrays_of_anything_but_one_dimensional_integers(tmp_path, labels):
    np.save(tmp_path / 'labels.npy', labels)
    with pytest.raises(ValueError, match='one-dimensional array of integers'):
        read_labels(tmp_path / 'labels.npy')


def test_pickled_arrays_are_not_loaded(tmp_path):
    np.save(tmp_path / 'labels.npy', np.array([{}], dtype=object), allow_pickle=True)
    with pytest.raises(ValueError, match='allow_pickle=False'):
        read_labels(tmp_path / 'labels.npy')


def test_settings_that_do_not_fit_the_format(csv_file, tmp_path):
    with pytest.raises(ValueError, match='.pt files only'):
        read_labels(csv_file, key='worse_label')
    with pytest.raises(ValueError, match='label_column'):
        read_labels(csv_file, column='score')


def test_an_empty_list(tmp_path):
    (tmp_path / 'labels.json').write_text(json.dumps([]))
    assert read_labels(tmp_path / 'labels.json').labels.shape == (0,)
