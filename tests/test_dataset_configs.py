"""The base configs of datasets read small data in the layouts of the releases."""

from pathlib import Path

import numpy as np
import pytest
from image_folder import jpeg
from layouts.aliproducts import write_aliproducts
from layouts.animal10n import write_animal10n
from layouts.cifar import human_labels, labels, write_cifar
from layouts.clothing1m import write_clothing1m
from layouts.food101n import write_food101, write_food101n
from layouts.webvision import write_webvision
from mmengine.config import Config
from mmengine.registry import init_default_scope
from mmpretrain.registry import DATASETS

ROOT = Path(__file__).parents[1] / 'configs/_base_/datasets'
ELSEWHERE = ('digits', 'imagenet', 'mnist', 'own_images')  # other tests
NAMES = sorted(
    path.stem for path in ROOT.glob('*.py') if not path.stem.startswith(ELSEWHERE)
)
FORMS = [(name, 'pickles') for name in NAMES]
FORMS += [(name, 'files') for name in NAMES if name.startswith('cifar')]


def write_jpg(root: Path) -> None:
    """CIFAR-10 as JPEG files beside the official label file."""
    for split in ('train', 'test'):
        lines = []
        for row, label in enumerate(labels(10, split)):
            path = root / f'{split}/{row}.jpg'
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(jpeg(row))
            lines.append(f'{split}/{row}.jpg {label}\n')
        (root / f'{split}.txt').write_text(''.join(lines))


@pytest.fixture
def data(tmp_path, monkeypatch):
    """Writes what a config needs."""

    def write(name):
        monkeypatch.setenv('NL_DATA', str(tmp_path))
        if name.startswith('cifar100n'):
            write_cifar(tmp_path / 'cifar100', 100, monkeypatch)
        elif name.startswith('cifar10'):
            write_jpg(write_cifar(tmp_path / 'cifar10', 10, monkeypatch))
        elif name == 'food101n':
            write_food101n(tmp_path / 'Food-101N_release')
            write_food101(tmp_path / 'food-101')
        elif 'webvision' in name:
            folder = 'webvision2' if name == 'webvision2' else 'webvision1'
            write_webvision(tmp_path / folder, f'{folder[-1]}.0')
        else:
            writers = dict(
                clothing1m=write_clothing1m,
                aliproducts=write_aliproducts,
                animal10n=write_animal10n,
            )
            folder = name.partition('_')[0]
            writers[folder](tmp_path / folder)

    return write


def load(name: str) -> Config:
    init_default_scope('mmpretrain')
    return Config.fromfile(ROOT / f'{name}.py')


def build(cfg: Config) -> list:
    return [
        DATASETS.build(cfg[f'{part}_dataloader'].dataset)
        for part in ('train', 'val', 'test')
    ]


@pytest.mark.parametrize(('name', 'form'), FORMS)
def test_datasets_load(name, form, data, monkeypatch):
    data(name)
    monkeypatch.setenv('NL_CIFAR10', form)
    cfg = load(name)
    datasets = build(cfg)
    classes = {tuple(dataset.metainfo['classes']) for dataset in datasets}
    assert [len(names) for names in classes] == [cfg.data_preprocessor.num_classes]
    shapes = set()
    for dataset in datasets:
        sample = dataset[len(dataset) - 1]
        shapes.add(tuple(sample['inputs'].shape))
        assert sample['data_samples'].sample_idx == len(dataset) - 1
    if form != 'files' and name != 'animal10n':  # as the files are
        assert len(shapes) == 1
    assert [dataset.test_mode for dataset in datasets] == [False, True, True]


def test_mini_webvision_is_of_google(data):
    data('mini_webvision')
    train, val, _ = build(load('mini_webvision'))
    assert (len(train), len(val)) == (6, 6)
    assert all('/google/' in train.get_data_info(i)['img_path'] for i in range(6))
    assert train[0]['inputs'].shape == (3, 227, 227)


@pytest.mark.parametrize('form', ['pickles', 'files'])
@pytest.mark.parametrize(
    ('name', 'num_classes', 'key'),
    [
        ('cifar10n_worst', 10, 'worse_label'),
        ('cifar10n_aggregate', 10, 'aggre_label'),
        ('cifar10n_random1', 10, 'random_label1'),
        ('cifar10n_random2', 10, 'random_label2'),
        ('cifar10n_random3', 10, 'random_label3'),
        ('cifar100n_noisy', 100, 'noisy_label'),
    ],
)
def test_label_sets_of_cifar_n(name, num_classes, key, form, data, monkeypatch):
    data(name)
    monkeypatch.setenv('NL_CIFAR10', form)
    train, val, _ = build(load(name))
    if form == 'pickles':
        assert train.batches is not None  # served from memory, in whole batches
    given = [train.get_data_info(i)['gt_label'] for i in range(len(train))]
    true = [train.get_data_info(i)['true_label'] for i in range(len(train))]
    assert given == human_labels(num_classes)[key].tolist()
    assert true == labels(num_classes).tolist()
    assert given != true
    assert np.array_equal(val.get_gt_labels(), labels(num_classes, 'test'))
