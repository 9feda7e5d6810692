"""Datasets that number the same classes differently."""

import pytest
from mmengine.dataset import ConcatDataset
from mmpretrain.datasets import CustomDataset

from nl_plugins.datasets.class_names import (
    check_class_names,
    check_folders,
    names_differ,
)
from nl_plugins.datasets.image_labels import ImageLabels
from nl_plugins.datasets.training_set import TrainingSet
from nl_plugins.datasets.wrappers.noisy_labels import NoisyLabels

TWELVE = [str(number) for number in range(12)]


@pytest.fixture
def make(tmp_path):
    def folders(root, names):
        for name in names:
            path = tmp_path / root / name
            path.mkdir(parents=True)
            (path / '0.jpg').touch()
        return str(tmp_path / root)

    return folders


@pytest.fixture
def warned(monkeypatch):
    messages = []
    log = 'nl_plugins.datasets.class_names.print_log'
    monkeypatch.setattr(log, lambda message, *_: messages.append(message))
    return messages


@pytest.mark.parametrize(
    ('first', 'other', 'expected'),
    [
        (['a', 'b'], ['b', 'a'], (True, "class 0 is 'b' here and 'a' there")),
        (['a', 'b'], ['a'], (False, '1 classes here and 2 there')),
        (['a', 'b', 'c'], ['a', 'c'], (False, "class 1 is 'c' here and 'b' there")),
        (['a', 'b'], [], None),
        (['00', '01', 'guinea_pig'], ['0', '1', 'Guinea pig'], None),
        (['é'], ['e\u0301'], None),
        # a spelling does not hide an order
        (
            ['Cat', 'dog'],
            ['Dog', 'cat'],
            (True, "class 0 is 'Dog' here and 'Cat' there"),
        ),
        # letters: case tells classes apart
        (
            ['A', 'a', 'bee_1'],
            ['a', 'A', 'Bee 1'],
            (True, "class 0 is 'a' here and 'A' there"),
        ),
        (['A', 'a', 'bee_1'], ['A', 'a', 'Bee 1'], None),
    ],
)
def test_how_names_differ(first, other, expected):
    assert names_differ(first, other) == expected


def test_folders_of_numbers_are_numbered_as_a_table_is(make, tmp_path):
    train = ImageLabels(data_root=make('train', TWELVE))
    (tmp_path / 'val.csv').write_text(
        'path,label\n' + ''.join(f'train/{name}/0.jpg,{name}\n' for name in TWELVE)
    )
    val = ImageLabels(data_root=str(tmp_path), ann_file='val.csv')
    assert train.metainfo['classes'] == val.metainfo['classes'] == tuple(TWELVE)
    by_path = dict(zip(val.columns.paths, val.columns.labels))
    assert all(
        by_path[p] == n for p, n in zip(train.columns.paths, train.columns.labels)
    )
    check_class_names(dict(train=train, val=val))
    # MMPretrain sorts these folders as text
    host = CustomDataset(data_root=make('host', TWELVE))
    with pytest.raises(ValueError, match="numbers in val .* 2 is '2' here and '10' th"):
        check_class_names(dict(train=host, val=val), learns=False)


def test_a_missing_folder_is_told_or_refused(make, warned):
    train = ImageLabels(data_root=make('train', TWELVE))
    val = ImageLabels(data_root=make('val', [n for n in TWELVE if n != '5']))
    check_class_names(dict(train=train, val=val), learns=False)
    assert "classes differ in val than in train (class 5 is '6' here" in warned[0]
    with pytest.raises(ValueError, match="class 5 is '6' here .*ImageLabels"):
        check_class_names(dict(train=train, clean=val))
    mapped = ImageLabels(data_root=val.data_root, classes=TWELVE)
    check_class_names(dict(train=train, clean=mapped))
    assert len(warned) == 1


def test_parts_below_wrappers_are_compared(make):
    parts = [
        ImageLabels(data_root=make(f'{i}', ['cat', 'dog']), classes=classes)
        for i, classes in enumerate((['cat', 'dog'], ['dog', 'cat']))
    ]
    both = NoisyLabels(ConcatDataset(parts, ignore_keys='classes'))
    with pytest.raises(ValueError, match='other numbers in the data than in the data'):
        check_class_names({'the data': both})


def test_custom_dataset_only_renames(make):
    root = make('pets', ['cat', 'dog'])
    renamed = CustomDataset(data_root=root, metainfo=dict(classes=['dog', 'cat']))
    message = "folder 'cat' the label 0, the class 'dog'; 'cat' is class 1.*ImageLabels"
    with pytest.raises(ValueError, match=message):
        check_class_names(dict(train=['dog', 'cat'], val=renamed), learns=False)
    with pytest.raises(ValueError, match=message):
        TrainingSet(NoisyLabels(renamed))
    for classes in (['cat', 'dog'], ['Katze', 'Hund']):  # names for wnids are fine
        check_folders(CustomDataset(data_root=root, metainfo=dict(classes=classes)))


def test_folders_that_differ_in_spelling_only(make):
    root = make('spelt', ['01', '1', 'Cat', 'cat'])
    for metainfo in (None, dict(classes=['01', '1', 'Cat', 'cat'])):
        check_folders(CustomDataset(data_root=root, metainfo=metainfo))


def test_custom_dataset_sorts_numbers_as_text(make):
    names = [f'species {letter}' for letter in 'lkjihgfedcba']
    root = make('numbers', TWELVE)
    host = CustomDataset(data_root=root, metainfo=dict(classes=names))
    with pytest.raises(ValueError, match="'10' the label 2, .* '10' is class 10"):
        check_folders(host)
