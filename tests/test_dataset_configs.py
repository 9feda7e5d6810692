"""The base configs of datasets read small data in the layouts of the releases."""

from pathlib import Path

import numpy as np
import pytest
from feature_toy import write_features
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


@pytest.fixture(scope='module', autouse=True)
def data(tmp_path_factory):
    """The data sets, written once; the configs only read them."""
    root = tmp_path_factory.mktemp('data')
    write_clothing1m(root / 'clothing1m')
    write_food101n(root / 'Food-101N_release')
    write_food101(root / 'food-101')
    write_webvision(root / 'webvision1')
    write_webvision(root / 'webvision2', '2.0')
    write_aliproducts(root / 'aliproducts')
    write_animal10n(root / 'animal10n')
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv('NL_DATA', str(root))
        write_jpg(write_cifar(root / 'cifar10', 10, patch))
        write_cifar(root / 'cifar100', 100, patch)
        for name in ('train10k', 'test'):
            path = root / f'features/cifar10n_{name}'
            write_features(path, classes=[*map(str, range(10))])
        yield


def load(name: str) -> Config:
    init_default_scope('mmpretrain')
    return Config.fromfile(ROOT / f'{name}.py')


def build(cfg: Config) -> list:
    return [
        DATASETS.build(cfg[f'{part}_dataloader'].dataset)
        for part in ('train', 'val', 'test')
    ]


@pytest.mark.parametrize(('name', 'form'), FORMS)
def test_datasets_load(name, form, monkeypatch):
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


def test_mini_webvision_is_of_google():
    train, val, _ = build(load('mini_webvision'))
    assert (len(train), len(val)) == (6, 6)
    assert all('/google/' in train.get_data_info(i)['img_path'] for i in range(6))
    assert train[0]['inputs'].shape == (3, 227, 227)


@pytest.mark.parametrize('form', ['pickles', 'files'])
@pytest.mark.parametrize(
    ('name', 'label_set', 'key'),
    [
        ('cifar10n_worst', 'worst', 'worse_label'),
        ('cifar10n_worst', 'aggregate', 'aggre_label'),
        ('cifar10n_worst', 'random1', 'random_label1'),
        ('cifar10n_worst', 'random2', 'random_label2'),
        ('cifar10n_worst', 'random3', 'random_label3'),
        ('cifar100n_noisy', 'noisy', 'noisy_label'),
    ],
)
def test_label_sets_of_cifar_n(name, label_set, key, form, monkeypatch):
    monkeypatch.setenv('NL_CIFAR10', form)
    cfg = load(name)
    num_classes = cfg.data_preprocessor.num_classes
    default = cfg.train_dataloader.dataset.dataset.label_set
    assert default in ('worst', 'noisy')
    cfg.merge_from_dict({'train_dataloader.dataset.dataset.label_set': label_set})
    train, val, _ = build(cfg)
    if form == 'pickles':
        assert train.batches is not None  # served from memory, in whole batches
    given = [train.get_data_info(i)['gt_label'] for i in range(len(train))]
    true = [train.get_data_info(i)['true_label'] for i in range(len(train))]
    assert given == human_labels(num_classes)[key].tolist()
    assert true == labels(num_classes).tolist()
    assert given != true
    assert np.array_equal(val.get_gt_labels(), labels(num_classes, 'test'))
