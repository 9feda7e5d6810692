"""Folders, tables and configs as what `find` looks at."""

from pathlib import Path

import numpy as np
import pytest
from find_toy import write_images
from mmengine.registry import init_default_scope

from nl_plugins.formats.label_file import write_label_file
from nl_plugins.running.find_source import check_apart, find_source


@pytest.fixture(autouse=True)
def _scope():
    init_default_scope('mmpretrain')


def ends(dataset, root):
    return [path.removeprefix(f'{root}/') for path in dataset.columns.paths]


def test_a_folder_whatever_the_files_are_called(tmp_path):
    root = tmp_path / 'images'
    write_images(root, per_class=3)
    (root / 'empty').mkdir()
    (root / 'hidden').mkdir()
    (root / 'hidden' / '.DS_Store').touch()
    (root / 'red' / 'no suffix').touch()
    (root / 'red' / 'a.avif').touch()
    (root / 'README.txt').touch()
    dataset, notes = find_source(str(root))
    assert dataset.metainfo['classes'] == ('blue', 'green', 'red')
    assert {'red/no suffix', 'red/a.avif'} < {*ends(dataset, root)}
    assert len(dataset) == 11
    assert any("2 class folders are empty, the first is 'empty'" in n for n in notes)
    assert any('README.txt' in note for note in dataset.dataset.notes)
    assert dataset.columns.labels.tolist() == [0] * 3 + [1] * 3 + [2] * 5


def test_the_result_is_no_class_of_the_next_run(tmp_path, monkeypatch):
    (tmp_path / 'images').mkdir()
    (tmp_path / 'link').symlink_to('images')
    for images, out in (('images', 'link/a/out'), ('link', 'images'), ('.', 'out')):
        monkeypatch.chdir(tmp_path)
        with pytest.raises(ValueError, match='is in that of the images'):
            check_apart(images, Path(out))
    for images, out in (('images', 'images_out'), ('images', '.'), ('a.csv', 'out')):
        check_apart(images, Path(out))


def test_folders_named_by_numbers_keep_their_order(tmp_path):
    for name in ('10', '9'):
        (tmp_path / name).mkdir()
        (tmp_path / name / 'a.png').touch()
    assert find_source(str(tmp_path))[0].metainfo['classes'] == ('9', '10')


@pytest.mark.parametrize(
    ('names', 'message'),
    [
        ([], '0 folders with images and 0 entries'),
        (['a.png'], '0 folders with images and 1 entries'),
        (['a/1.png'], '1 folders with images'),
    ],
)
def test_a_folder_without_classes(tmp_path, names, message):
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    with pytest.raises(ValueError, match=message):
        find_source(str(tmp_path))


@pytest.mark.parametrize('header', ['path,label', 'file_name,category', 'Image;CLASS'])
def test_tables_of_other_tools(tmp_path, header):
    write_images(tmp_path / 'images', per_class=2)
    mark = ';' if ';' in header else ','
    rows = [f'images/{name}/1.png{mark}{name}' for name in ('red', 'blue', 'blue')]
    rows[2] = f'images/gone.png{mark}red'
    table = tmp_path / 'list.csv'
    table.write_text('\n'.join([header, *rows]))
    dataset, _ = find_source(str(table))
    assert ends(dataset, tmp_path) == ['images/red/1.png', 'images/blue/1.png']
    assert dataset.columns.labels.tolist() == [1, 0]
    assert any('missing' in note for note in dataset.dataset.notes)
    table = table.rename(tmp_path / 'elsewhere.csv')
    table.write_text(table.read_text().replace('images/', ''))
    assert len(find_source(str(table), str(tmp_path / 'images'))[0]) == 2


def test_its_own_file_is_a_table(tmp_path):
    write_images(tmp_path, per_class=2)
    names = ['red/0.png', 'green/1.png', 'blue/0.png']
    columns = dict(
        img_paths=names,
        given_labels=[2, 1, 0],
        suggested_labels=[2, 1, 0],
        scores=np.ones(3),
        weights=np.ones(3),
        selected=np.ones(3),
    )
    path = tmp_path / 'labels.csv'
    classes = ['blue', 'green', '=red']
    write_label_file(path, class_names=classes, **columns)
    dataset, _ = find_source(str(path))
    assert dataset.columns.labels.tolist() == [2, 1, 0]
    assert dataset.metainfo['classes'] == tuple(classes)
    assert ends(dataset, tmp_path) == names
    write_label_file(path, **columns)
    assert find_source(str(path))[0].columns.labels.tolist() == [2, 1, 0]


def test_a_config(tmp_path):
    config = tmp_path / 'config.py'
    digits = "dict(type='RepeatDataset', times=2, dataset=dict(type='Digits'))"
    config.write_text(f'train_dataloader = dict(dataset={digits})')
    assert len(find_source(str(config))[0]) == 1437
    config.write_text('model = dict()')
    with pytest.raises(ValueError, match='no train_dataloader.dataset'):
        find_source(str(config))
    with pytest.raises(FileNotFoundError, match='no folder, no table'):
        find_source(str(tmp_path / 'nothing'))


def test_a_table_of_images_that_are_elsewhere(tmp_path):
    table = tmp_path / 'table.csv'
    table.write_text('path,label\nred\\1.png,red\n')
    with pytest.raises(FileNotFoundError) as told:
        find_source(str(table))
    assert 'write / instead of \\ between folders; give --root' in str(told.value)
    with pytest.raises(FileNotFoundError) as told:
        find_source(str(table), str(tmp_path / 'images'))
    assert '--root' not in str(told.value)
