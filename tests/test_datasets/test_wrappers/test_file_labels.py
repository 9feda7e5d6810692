"""Cleaned-label files for samples that have come and gone since."""

import numpy as np
import pytest
from mmengine.registry import init_default_scope
from mmpretrain.registry import DATASETS

from nl_plugins.formats.fingerprint import digest
from nl_plugins.formats.label_file import read_label_file, write_label_file

NAMES = ['ant/1.png', 'ant/2.png', 'bee/1.png', 'bee/2.png', 'bee/3.png']


@pytest.fixture
def folder(tmp_path):
    init_default_scope('mmpretrain')
    for name in NAMES:
        path = tmp_path / 'images' / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    write_label_file(
        tmp_path / 'labels.csv',
        img_paths=NAMES,
        given_labels=[0, 0, 1, 1, 1],
        suggested_labels=[0, 1, 1, 0, 1],
        scores=[0.9, 0.1, 0.8, 0.2, 0.3],
        weights=np.ones(5),
        selected=[1, 0, 1, 0, 0],
        recommended=['keep', 'replace', 'keep', 'replace', 'drop'],
    )
    return tmp_path


def build(folder, **settings):
    images = dict(type='ImageLabels', data_root=str(folder / 'images'))
    path = str(folder / 'labels.csv')
    view = dict(type='NoisyLabels', dataset=images, label_file=path, **settings)
    dataset = DATASETS.build(view)
    root = f'{folder}/images/'
    names = [path.removeprefix(root) for path in dataset.columns.paths]
    return dict(zip(names, dataset.columns.labels.tolist())), dataset.notes


def test_one_is_gone_and_one_is_new(folder):
    (folder / 'images' / 'ant' / '2.png').unlink()
    (folder / 'images' / 'ant' / '0.png').touch()
    labels, (note,) = build(folder)
    expected = ['ant/0.png', 'ant/1.png', 'bee/1.png', 'bee/2.png', 'bee/3.png']
    assert labels == dict(zip(expected, [0, 0, 1, 0, 1]))
    assert 'matched by path' in note
    assert "1 samples are new, the first is '" in note
    assert "1 are gone, the first is 'ant/2.png'" in note
    labels, _ = build(folder, use='recommended')
    assert labels == dict(zip(expected[:4], [0, 0, 1, 0]))
    labels, _ = build(folder, use='kept')
    assert labels == dict(zip(expected[:3], [0, 0, 1]))


def test_nothing_changed(folder):
    labels, notes = build(folder)
    assert labels == dict(zip(NAMES, [0, 1, 1, 0, 1]))
    assert notes == []


def test_one_moved_to_another_class_is_told(folder):
    images = folder / 'images'
    (images / 'ant' / '1.png').unlink()
    text = (folder / 'labels.csv').read_text()
    (folder / 'labels.csv').write_text(text.replace('bee/1.png,1', 'bee/1.png,0'))
    with pytest.raises(ValueError, match='written for the given label 0'):
        build(folder)


def test_other_data_are_refused(folder):
    for name in NAMES[:4]:
        (folder / 'images' / name).rename(folder / 'images' / f'{name}.new.png')
    with pytest.raises(ValueError, match="row 0 of .* is for 'ant/1.png'"):
        build(folder)


def test_names_that_are_there_twice_are_no_places(folder):
    text = (folder / 'labels.csv').read_text()
    (folder / 'labels.csv').write_text(text.replace('bee/3.png', 'bee/2.png'))
    (folder / 'images' / 'ant' / '1.png').unlink()
    labels, (note,) = build(folder)
    assert labels == dict(zip(NAMES[1:], [1, 1, 1, 1]))
    assert "2 samples are new, the first is '" in note
    assert "3 are gone, the first is 'ant/1.png'" in note


def test_a_list_of_some_samples_keeps_the_others(folder):
    """Also one without a suggestion: what was verified as wrong is dropped."""
    file = read_label_file(folder / 'labels.csv')
    write_label_file(folder / 'labels.csv', **vars(file.take([3, 4])))
    labels, (note, _) = build(folder, use='recommended')
    assert labels == dict(zip(NAMES[:4], [0, 0, 1, 0]))
    assert '3 samples are new' in note
    (folder / 'labels.csv').write_text(
        'sample_idx,img_path,given_label,class_name,verification\n2,bee/1.png,1,bee,0\n'
    )
    assert [*build(folder, use='recommended')[0]] == [NAMES[i] for i in (0, 1, 3, 4)]


def test_a_list_of_some_samples_without_paths_is_refused(folder):
    header = 'sample_idx,img_path,given_label\n'
    (folder / 'labels.csv').write_text(f'{header}0,,0\n2,,1\n')
    with pytest.raises(ValueError, match='of some samples only, and has no paths'):
        build(folder)


def test_renamed_images_are_known_by_what_they_hold(folder):
    images = folder / 'images'
    for name in NAMES:
        (images / name).write_text(name)
    file = read_label_file(folder / 'labels.csv')
    contents = [digest(name.encode()).hex() for name in NAMES]
    write_label_file(folder / 'labels.csv', **dict(vars(file), contents=contents))
    (images / 'ant/2.png').rename(images / 'ant/new.png')
    (images / 'bee/2.png').rename(images / 'ant/moved.png')  # its label corrected
    labels, (note,) = build(folder)
    names = ['ant/1.png', 'ant/moved.png', 'ant/new.png', 'bee/1.png', 'bee/3.png']
    assert labels == dict(zip(names, [0, 0, 1, 1, 1]))
    assert '1 samples are new' in note
    assert "1 are gone, the first is 'bee/2.png'" in note
