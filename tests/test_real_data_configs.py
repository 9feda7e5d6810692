"""The configs on real datasets build and read the layouts of the releases."""

from pathlib import Path

import pytest
from layouts.aliproducts import write_aliproducts
from layouts.clothing1m import CLEAN, LISTS, NOISY, write_clothing1m
from layouts.food101n import KEYS, write_food101, write_food101n
from layouts.webvision import LABELS, write_webvision
from mmpretrain.registry import DATASETS
from test_configs import CONFIGS, load

from nl_plugins.datasets.training_set import TrainingSet
from nl_plugins.formats.label_file import write_label_file

LAYOUTS = ('clothing1m', 'food101n', 'webvision1', 'webvision2', 'aliproducts')
SIZES = {  # of train, validation and test set
    'clothing1m': (len(LISTS['noisy_train']), 28, 28),
    'clothing1m_verified': (43 + 13, 28, 28),
    'clothing1m_finetune': (28, 28, 28),
    'clothing1m_label_accuracy': (43 + 13, 28, 28),
    'food101n': (len(KEYS) - 1, 101, 101),
    'webvision1': (2 * len(LABELS), 8, 8),
    'webvision2': (2 * len(LABELS), 8, 8),
    'aliproducts': (6, 3, 3),
}
for kind in ('soft', 'hard', 'held_out'):  # CleanNet's
    SIZES[f'clothing1m_{kind}'] = SIZES['clothing1m_verified']
    SIZES[f'food101n_{kind}'] = SIZES['food101n']
VERIFIED = [
    name.split('webvision1_')[1].removesuffix('.py')
    for name in CONFIGS
    if name.startswith('cleannet/resnet50_webvision1_')
]
REAL = [name for name in CONFIGS if any(data in name for data in LAYOUTS)]


@pytest.fixture(scope='module', autouse=True)
def data(tmp_path_factory):
    """The data sets, written once; the configs only read them."""
    root = tmp_path_factory.mktemp('data')
    write_clothing1m(root / 'clothing1m')
    write_food101n(root / 'Food-101N_release')
    write_food101(root / 'food-101')
    write_webvision(root / 'webvision1')
    for name in VERIFIED:
        path = root / 'webvision1' / f'verified_{name}.csv'
        write_label_file(path, img_paths=[], given_labels=[])
    write_webvision(root / 'webvision2', '2.0')
    write_aliproducts(root / 'aliproducts')
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv('NL_DATA', str(root))
        yield


@pytest.mark.parametrize('name', REAL)
def test_datasets_build(name):
    setting = Path(name).stem.partition('_')[2]
    cfg = load(name)
    datasets = [
        DATASETS.build(cfg[f'{part}_dataloader'].dataset)
        for part in ('train', 'val', 'test')
    ]
    lengths = tuple(map(len, datasets))
    assert min(lengths) > 0
    if name.startswith(('baseline', 'smp')):
        assert lengths == SIZES[setting]
    classes = {tuple(dataset.metainfo['classes']) for dataset in datasets}
    assert len(classes) == 1
    assert len(classes.pop()) == cfg.data_preprocessor.num_classes
    for dataset in datasets:
        inputs = dataset[len(dataset) - 1]['inputs']
        for view in inputs if isinstance(inputs, list) else [inputs]:
            assert view.shape[0] == 3
            assert view.shape[1] == view.shape[2] >= 224
    assert [dataset.test_mode for dataset in datasets] == [False, True, True]


@pytest.mark.parametrize(
    ('name', 'verified'),
    [('clothing1m', None), ('clothing1m_verified', 14), ('food101n', None)],
)
def test_only_the_second_setting_has_verification_labels(name, verified):
    columns = DATASETS.build(
        load(f'smp/resnet50_{name}.py').train_dataloader.dataset
    ).columns
    if verified is None:
        assert not columns.knows('verification')
        assert not columns.knows('true_labels')
    else:
        assert (columns.verification >= 0).sum() == verified
        assert columns.labels[-1] == NOISY[LISTS['clean_train'][26]]


def test_sinets_25k_are_the_clean_images_with_a_noisy_label():
    both = [key for key in LISTS['clean_train'] if key in NOISY]
    (hook,) = load('sinet/resnet50_clothing1m_25k.py').custom_hooks
    tuned = load('sinet/resnet50_clothing1m_25k_finetune.py').train_dataloader.dataset
    for config in (hook.clean_dataset, tuned):
        clean = TrainingSet(DATASETS.build(config))
        keys = [path.partition('clothing1m/')[2] for path in clean.columns.paths]
        assert sorted(keys) == sorted(both)
        assert clean.given_labels.tolist() == [CLEAN[key] for key in keys]


@pytest.mark.parametrize('config', ['food101n_soft', 'clothing1m_detection'])
def test_cleannet_learns_from_one_table_and_is_judged_by_the_other(config):
    cfg = load(f'cleannet/resnet50_{config}.py')
    learnt = TrainingSet(DATASETS.build(cfg.train_dataloader.dataset))
    judging = TrainingSet(DATASETS.build(cfg.detection_dataset))
    assert learnt.fingerprint == judging.fingerprint
    assert (judging.verification >= 0).any()
    assert not ((learnt.verification >= 0) & (judging.verification >= 0)).any()
