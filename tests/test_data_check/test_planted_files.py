"""Faults planted in files are found and named, and nothing else is."""

import contextlib
import os
import shutil
import tempfile
from pathlib import Path
from types import SimpleNamespace

import cv2
import mmcv
import numpy as np
import pytest
from image_folder import CLASSES, LOAD, Folder, found, jpeg
from mmengine.fileio import BaseStorageBackend, register_backend
from mmpretrain.registry import DATASETS

from nl_plugins.data_check import check as check_module
from nl_plugins.data_check import image_check
from nl_plugins.data_check.check import check_data
from nl_plugins.data_check.image_check import ImageProblem, ImageStatus, check_image
from nl_plugins.data_check.parts import Part

FIRST = 'train/ant 0.jpg'


def test_clean_data_has_no_finding(folder):
    for fast in (False, True):
        checked = folder.check(fast=fast)
        assert found(checked) == {}
        assert checked.num_errors == 0
    train, test = checked.summary()
    assert (train['part'], train['num_samples'], train['num_decoded']) == (
        'train',
        12,
        12,
    )
    assert train['class_counts'] == [4, 4, 4]
    assert (test['part'], test['class_counts']) == ('val and test', [2, 2, 2])


def missing(path):
    path.unlink()


def broken_link(path):
    path.unlink()
    path.symlink_to('nowhere.jpg')


def directory(path):
    path.unlink()
    path.mkdir()


def pipe(path):
    path.unlink()
    os.mkfifo(path)


def loop(path):
    path.unlink()
    path.symlink_to(path)


def zero_bytes(path):
    path.write_bytes(b'')


def text(path):
    path.write_bytes(b'<html>404 not found</html>')


@pytest.mark.parametrize(
    ('plant', 'status', 'why'),
    [
        (missing, 'missing', 'there is no {}'),
        (broken_link, 'missing', 'there is no {}'),
        (directory, 'unreadable', '{}: it is a directory'),
        (pipe, 'unreadable', '{}: it is a pipe or a device'),
        (loop, 'unreadable', '{}: [Errno 40] Too many levels'),
        (zero_bytes, 'unreadable', '{}: it is empty (0 bytes)'),
        (text, 'undecodable', '{} is no image that cv2 can decode'),
    ],
)
@pytest.mark.parametrize('fast', [False, True])
def test_a_bad_file_stops_the_training(folder, plant, status, why, fast):
    path = folder.path(FIRST)
    plant(path)
    checked = folder.check(fast=fast)
    assert found(checked) == {('error', f'image {status}', 'train'): ['ant 0.jpg']}
    assert checked.num_errors == 1
    message = checked.findings[0].message
    assert message.startswith('1 of 12 images')
    assert f'; the first: {why.format(repr(str(path)))}' in message
    if plant is not pipe:  # which training would wait at for ever
        with pytest.raises((OSError, AssertionError, cv2.error)):
            DATASETS.build(folder.dataset('train'))[0]


@pytest.mark.parametrize('plant', [missing, directory, loop, zero_bytes])
def test_the_pipeline_may_skip_bad_files_in_training_only(folder, plant):
    plant(folder.path(FIRST))
    skipping = [dict(type='LoadImageFromFile', ignore_empty=True), LOAD[1]]
    checked = folder.check(folder.dataset('train', skipping))
    ((level, check, where),) = found(checked)
    assert (level, where) == ('warning', 'train')
    assert 'other samples take their places' in checked.findings[0].message
    assert 'inputs' in DATASETS.build(folder.dataset('train', skipping))[0]
    tested = folder.check(folder.dataset('train', skipping, test_mode=True))
    assert list(found(tested)) == [('error', check, where)]


def test_training_cannot_skip_all_files(folder):
    shutil.rmtree(folder.path('train'))
    skipping = [dict(type='LoadImageFromFile', ignore_empty=True), LOAD[1]]
    checked = folder.check(folder.dataset('train', skipping))
    assert list(found(checked)) == [('error', 'image missing', 'train')]
    assert '12 of 12 images' in checked.findings[0].message
    assert 'data_root' in checked.findings[0].advice


@pytest.mark.parametrize('decoder', ['cv2', 'pillow'])
def test_truncated_jpeg(folder, decoder):
    content = jpeg(0)[: len(jpeg(0)) // 2]
    folder.write(FIRST, content)
    try:
        stops = mmcv.imfrombytes(content, backend=decoder) is None
    except OSError:
        stops = True
    load = [dict(type='LoadImageFromFile', imdecode_backend=decoder), LOAD[1]]
    checked = folder.check(folder.dataset('train', load), folder.dataset('test', load))
    key = ('error', 'image undecodable') if stops else ('warning', 'image partial')
    assert found(checked) == {(*key, 'train'): ['ant 0.jpg']}
    assert "ant 0.jpg' is truncated or damaged" in checked.findings[0].message


def status(path, loader=None):
    try:
        check_image(dict(img_path=str(path)), loader)
    except ImageProblem as problem:
        return problem.status
    return ImageStatus.OK


def test_what_is_lost_may_be_filled(tmp_path, monkeypatch):
    """As OpenCV 4 does."""
    path = tmp_path / 'a.jpg'
    path.write_bytes(jpeg(0)[:-50])
    pixels = np.zeros((24, 20, 3), np.uint8)
    monkeypatch.setattr(mmcv, 'imfrombytes', lambda *args, **kwargs: pixels)
    assert status(path) == ImageStatus.PARTIAL
    path.write_bytes(jpeg(0))
    assert status(path) == ImageStatus.OK
    path.write_bytes(b'a format that Pillow does not know')
    assert status(path) == ImageStatus.OK


def test_files_that_vanish_or_change_while_they_are_read(tmp_path, monkeypatch):
    monkeypatch.setattr(image_check, '_check_file', lambda path: None)
    assert status(tmp_path / 'a.jpg') == ImageStatus.MISSING
    assert status(tmp_path) == ImageStatus.UNREADABLE
    (tmp_path / 'a.jpg').touch()
    assert status(tmp_path / 'a.jpg') == ImageStatus.UNREADABLE


@contextlib.contextmanager
def nobody():
    """Root may read everything: be another user for a while."""
    if os.geteuid() == 0:
        os.seteuid(65534)
        try:
            yield
        finally:
            os.seteuid(0)
    else:
        yield


@pytest.mark.skipif(not hasattr(os, 'seteuid'), reason='needs users')
def test_permission():
    root = Path(tempfile.mkdtemp())  # pytest's own folders are closed to others
    try:
        folder = Folder(root)
        cfg = folder.config()
        # also imports all that the other user may not read
        assert found(check_data(cfg, workers=0)) == {}
        root.chmod(0o755)
        folder.path(FIRST).chmod(0)
        folder.path('test').chmod(0)
        with nobody():
            checked = check_data(cfg, workers=0)
    finally:
        folder.path('test').chmod(0o755)
        shutil.rmtree(root)
    assert found(checked) == {
        ('error', 'image unreadable', 'train'): ['ant 0.jpg'],
        ('error', 'image unreadable', 'val and test'): [
            *('ant 0.jpg', 'bee 1.jpg', 'cat 2.jpg'),
            *('ant 3.jpg', 'bee 4.jpg', 'cat 5.jpg'),
        ],
    }


def test_duplicates_and_leaks(folder):
    """Copies and repeated lines; the first of a group is the first of the list."""
    folder.write('train/copy, same label.jpg', jpeg(0))
    folder.write('train/copy, other label.jpg', jpeg(1))
    folder.write('train/leaked copy.jpg', jpeg(103))
    folder.lists['train'] += [
        'train/copy, same label.jpg 0',
        'train/copy, other label.jpg 2',
        'train/leaked copy.jpg 0',
        'train/cat 2.jpg 2',
        'train/./ant 3.jpg 1',
        'test/cat 5.jpg 2',
    ]
    same, other = 'same label (by {})', 'other label (by {})'
    assert found(folder.check()) == {
        ('warning', same.format('path'), 'train'): [['cat 2.jpg', 'cat 2.jpg']],
        ('warning', other.format('path'), 'train'): [['ant 3.jpg', 'ant 3.jpg']],
        ('warning', 'overlap (by path)', 'val and test'): [['cat 5.jpg', 'cat 5.jpg']],
        ('warning', same.format('content'), 'train'): [
            ['ant 0.jpg', 'copy, same label.jpg']
        ],
        ('warning', other.format('content'), 'train'): [
            ['bee 1.jpg', 'copy, other label.jpg']
        ],
        ('warning', 'overlap (by content)', 'val and test'): [
            ['leaked copy.jpg', 'ant 3.jpg']
        ],
    }
    fast = found(folder.check(fast=True))
    assert sorted(check for _, check, _ in fast) == [
        other.format('path'),
        'overlap (by path)',
        same.format('path'),
    ]


def test_hostile_names(folder):
    """Names that hold anything are found like others, in the files of a folder."""
    names = ['new\nline.jpg', 'größe 猫 \u202e.jpg', '"quote",comma;$x$.jpg']
    for i, name in enumerate(names):
        folder.write(f'train/{name}', jpeg(50 + i))
    for i in range(12):
        source = folder.path(f'train/{CLASSES[i % 3]} {i}.jpg')
        folder.path(f'sorted/{CLASSES[i % 3]}').mkdir(parents=True, exist_ok=True)
        source.rename(folder.path(f'sorted/{CLASSES[i % 3]}/{i}.jpg'))
    for name in names:
        folder.path(f'train/{name}').rename(folder.path(f'sorted/ant/{name}'))
    raw = os.fsencode(folder.path('sorted/ant')) + b'/\xff\xfe.jpg'
    with open(raw, 'wb') as file:
        file.write(jpeg(60))
    dataset = dict(
        type='CustomDataset', data_prefix=str(folder.path('sorted')), pipeline=LOAD
    )
    checked = folder.check(dataset)
    assert found(checked) == {}
    assert checked.summary()[0]['class_counts'] == [8, 4, 4]
    for name in names:
        folder.write(f'sorted/ant/{name}', b'text')
    with open(raw, 'wb'):
        pass
    assert {
        key: sorted(names) for key, names in found(folder.check(dataset)).items()
    } == {
        ('error', 'image unreadable', 'train'): ['\udcff\udcfe.jpg'],
        ('error', 'image undecodable', 'train'): sorted(names),
    }


def test_all_at_once(folder):
    faults = dict(missing=missing, unreadable=directory, undecodable=text)
    expected = {}
    for line, (check, plant) in zip(folder.lists['train'], faults.items()):
        path = folder.path(line.rsplit(' ', 1)[0])
        plant(path)
        expected['error', f'image {check}', 'train'] = [path.name]
    assert found(folder.check(workers=2)) == expected


def test_fast_decodes_a_sample_which_is_always_the_same(folder, monkeypatch):
    monkeypatch.setattr(check_module, 'FAST_SAMPLE', 5)
    checks = [folder.check(fast=True) for _ in range(2)]
    chosen = [checked.parts[0].decoded.tolist() for checked in checks]
    assert len(set(chosen[0])) == 5
    assert chosen[0] == sorted(chosen[0]) == chosen[1]
    other = next(i for i in range(12) if i not in chosen[0])
    for row in (chosen[0][2], other):
        folder.path(folder.lists['train'][row][:-2]).write_bytes(b'text')
    name = folder.lists['train'][chosen[0][2]][:-2].removeprefix('train/')
    checked = folder.check(fast=True)
    assert found(checked) == {('error', 'image undecodable', 'train'): [name]}
    assert checked.findings[0].message.startswith('1 of 5 images')


def test_images_that_another_backend_holds():
    @register_backend('shelf', prefixes='shelf', force=True)
    class Shelf(BaseStorageBackend):
        files = {'shelf://a.jpg': jpeg(0), 'shelf://b.jpg': b'text'}

        def get(self, filepath):
            if filepath not in self.files:
                raise FileNotFoundError(filepath)
            return self.files[filepath]

        def get_text(self, filepath):
            return self.get(filepath).decode()

    infos = [dict(img_path=f'shelf://{name}.jpg') for name in 'abc']
    dataset = SimpleNamespace(get_data_info=infos.__getitem__)
    part = SimpleNamespace(dataset=dataset, loader=None, chosen=np.zeros(3, bool))
    blind = Part.look(part, np.arange(3))
    assert blind['status'].tolist() == [ImageStatus.OK] * 3
    assert len(set(blind['path'].tolist())) == 3
    part.chosen[:] = True
    decoded = Part.look(part, np.arange(3))['status'].tolist()
    assert decoded == [ImageStatus.OK, ImageStatus.UNDECODABLE, ImageStatus.MISSING]

    Shelf.exists = lambda self, filepath: filepath in self.files
    part.chosen[:] = False
    there = Part.look(part, np.arange(3))['status'].tolist()
    assert there == [ImageStatus.OK, ImageStatus.OK, ImageStatus.MISSING]


def test_tiny_and_long_images_are_told(folder):
    for name, size in (('ant 0', (1, 1)), ('bee 1', (7, 4000)), ('cat 2', (23, 20))):
        path = str(folder.path(f'train/{name}.png'))
        cv2.imwrite(path, np.zeros((*size, 3), np.uint8))
        folder.path(f'train/{name}.png').rename(folder.path(f'train/{name}.jpg'))
    checked = folder.check()
    names = ['ant 0.jpg', 'bee 1.jpg']
    assert found(checked) == {('warning', 'image size', 'train'): names}
    assert "ant 0.jpg' has 1 x 1 pixels" in checked.findings[0].message
