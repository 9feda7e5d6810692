import gc

import numpy as np
import pytest
from mmengine.fileio import LocalBackend, dump, register_backend
from mmengine.registry import DefaultScope
from PIL import Image

import nl_plugins.datasets  # noqa: F401

# MMEngine collects garbage for every dataset; spare it the modules imported so far.
gc.freeze()

CLASSES = ('ant', 'bee', 'cat')


class _Bucket(LocalBackend):
    """A backend whose paths are none of the disk."""

    root = ''

    def _path(self, path):
        return path.replace('bucket:/', f'{self.root}', 1)

    def get(self, filepath):
        return super().get(self._path(filepath))

    def exists(self, filepath):
        return super().exists(self._path(filepath))

    def isdir(self, filepath):
        return super().isdir(self._path(filepath))

    def list_dir_or_file(self, dir_path, *args, **kwargs):
        return super().list_dir_or_file(self._path(dir_path), *args, **kwargs)


@pytest.fixture(autouse=True)
def scope():
    """MMEngine's wrappers find MMPretrain's datasets only in its scope."""
    with DefaultScope.overwrite_default_scope('mmpretrain'):
        yield


@pytest.fixture
def image_folder(tmp_path):
    """Three classes of four tiny PNG images, one with a hostile name."""
    generator = np.random.default_rng(0)
    for name in CLASSES:
        folder = tmp_path / 'images' / name
        folder.mkdir(parents=True)
        for file in ('0.png', '1 space.png', '2"quote,comma.png', '3größe.png'):
            pixels = generator.integers(0, 256, (6, 5, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(folder / file)
    return str(tmp_path / 'images')


@pytest.fixture
def annotated(tmp_path):
    """Makes the config of a dataset that has these labels and no images."""

    def make(labels, classes=CLASSES, name='annotations.json', **settings):
        infos = [dict(img_path=f'{i}.jpg', gt_label=y) for i, y in enumerate(labels)]
        metainfo = {} if classes is None else dict(classes=list(classes))
        content = dict(metainfo=metainfo, data_list=infos)
        dump(content, str(tmp_path / name))
        return dict(
            type='BaseDataset',
            ann_file=str(tmp_path / name),
            data_prefix='images',
            **settings,
        )

    return make


@pytest.fixture
def bucket(tmp_path, monkeypatch):
    """Serves ``tmp_path`` as ``bucket://``."""
    monkeypatch.setattr(_Bucket, 'root', tmp_path)
    register_backend('bucket', _Bucket, prefixes='bucket', force=True)
