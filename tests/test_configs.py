"""Every config parses and builds; where the data is embedded, the dataset too."""

import os
import re
from copy import deepcopy
from functools import cache
from pathlib import Path

import pytest
import torch
import yaml
from mmengine.config import Config
from mmengine.registry import init_default_scope
from mmpretrain.registry import DATASETS, HOOKS, MODELS
from mmpretrain.structures import DataSample

from nl_plugins.functional import symmetric_noise

ROOT = Path(__file__).parents[1] / 'configs'
CONFIGS = sorted(
    path.relative_to(ROOT).as_posix()
    for path in ROOT.glob('*/**/*.py')
    if not path.relative_to(ROOT).parts[0].startswith('_')
)
SHAPES = {'feature': (1280,), 'digits': (1, 8, 8), 'mnist': (1, 28, 28)}
SHAPES.update(cifar10=(3, 32, 32), alexnet=(3, 224, 224))
PREDICTIONS: dict = {}  # many configs have the same model


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch):
    monkeypatch.setenv('NL_DATA', '/elsewhere')
    monkeypatch.setenv('NL_IMAGES', '/elsewhere/images')


def load(name: str) -> Config:
    """A copy of a config, which is parsed once for each place and form of the data."""
    cfg = deepcopy(parse(name, os.getenv('NL_DATA'), os.getenv('NL_CIFAR10')))
    init_default_scope(cfg.default_scope)
    return cfg


@cache
def parse(name: str, data: str | None, cifar10: str | None) -> Config:
    return Config.fromfile(ROOT / name)


def datasets_in(cfg) -> list:
    """The dataset configs of a config, wrapped ones included."""
    found = []
    for split in ('train', 'val', 'test'):
        loader = cfg.get(f'{split}_dataloader')
        dataset = loader and loader.dataset
        while dataset:
            found.append(dataset)
            dataset = dataset.get('dataset')
    return found


@pytest.mark.parametrize('name', CONFIGS)
def test_config_is_complete(name):
    cfg = load(name)
    assert cfg.custom_imports['imports'] == ['nl_plugins']
    assert cfg.train_cfg.max_epochs > 0
    assert all(DATASETS.get(dataset.type) for dataset in datasets_in(cfg))
    hooks = list(cfg.default_hooks.values()) + list(cfg.get('custom_hooks', []))
    assert all(HOOKS.get(hook['type']) for hook in hooks)
    scheduler = cfg.param_scheduler
    if not isinstance(scheduler, list) and 'T_max' in scheduler:
        assert scheduler.T_max == cfg.train_cfg.max_epochs


@pytest.mark.parametrize('name', CONFIGS)
def test_hooks_take_their_settings(name):
    cfg = load(name)
    for hook in cfg.get('custom_hooks', []):
        HOOKS.build(hook)


def test_no_config_edits_the_hooks_of_its_base_by_index():
    for name in CONFIGS:
        assert 'custom_hooks[' not in (ROOT / name).read_text(), name


@pytest.mark.parametrize('name', CONFIGS)
def test_nothing_is_chosen_on_the_test_split(name):
    cfg = load(name)
    assert cfg.default_hooks.checkpoint.get('save_best') is None
    assert 'nl_plugins' not in cfg.default_hooks.checkpoint.published_keys


@pytest.mark.parametrize('name', CONFIGS)
def test_model_predicts_and_computes_a_loss(name):
    cfg = load(name)
    shape = next((s for key, s in SHAPES.items() if key in name), (3, 64, 64))
    key = repr((cfg.model, cfg.data_preprocessor, shape))
    if key not in PREDICTIONS:
        PREDICTIONS[key] = loss_and_scores(cfg, shape)
    loss, scores = PREDICTIONS[key]
    assert torch.isfinite(loss)
    assert scores.shape == (cfg.data_preprocessor.num_classes,)


def loss_and_scores(cfg: Config, shape: tuple) -> tuple:
    """What the model makes of an image of the last class."""
    preprocessor = {'type': 'ClsDataPreprocessor', **cfg.data_preprocessor}
    model = MODELS.build(dict(cfg.model, data_preprocessor=preprocessor))
    model.eval()  # a single image has no batch statistics
    if hasattr(model, 'noise_layer'):
        num_classes = model.noise_layer.num_classes
        model.noise_layer.set_confusion(symmetric_noise(num_classes, 1))
    if hasattr(model.head.loss_module, 'set_transition'):
        model.head.loss_module.set_transition(torch.eye(preprocessor['num_classes']))
    images = torch.randint(0, 256, (1, *shape), dtype=torch.uint8)
    sample = DataSample().set_gt_label(preprocessor['num_classes'] - 1)
    data = model.data_preprocessor({'inputs': images, 'data_samples': [sample]})
    loss = model(**data, mode='loss')['loss'].detach()
    scores = model(**data, mode='predict')[0].pred_score
    return loss, scores.detach()  # a graph would keep every model in memory


@pytest.mark.parametrize('name', [name for name in CONFIGS if 'digits' in name])
def test_embedded_datasets_build(name):
    cfg = load(name)
    train = DATASETS.build(cfg.train_dataloader.dataset)
    test = DATASETS.build(cfg.test_dataloader.dataset)
    size = 100 if 'finetune' in name else 1437
    assert (len(train), len(test)) == (size, 360)
    assert train[0]['inputs'].shape == (1, 8, 8)


def test_data_root_is_one_variable(monkeypatch):
    for name in CONFIGS:
        roots = {d.data_root for d in datasets_in(load(name)) if 'data_root' in d}
        assert all(root.startswith('/elsewhere/') for root in roots), name
    monkeypatch.delenv('NL_DATA')
    cfg = load('baseline/small_cifar10n_worst.py')
    cifar10 = cfg.train_dataloader.dataset.dataset
    assert cifar10.data_root == 'data/cifar10'


def test_smp_paper_settings():
    for name, epochs, step in (('clothing1m', 15, 5), ('food101n', 30, 10)):
        cfg = load(f'baseline/resnet50_{name}.py')
        optimizer = cfg.optim_wrapper.optimizer
        assert (optimizer.lr, optimizer.momentum) == (0.002, 0.9)
        assert optimizer.weight_decay == 5e-3
        assert cfg.train_cfg.max_epochs == epochs
        assert cfg.param_scheduler.step_size == step
        assert cfg.param_scheduler.gamma == 0.1
        assert cfg.train_dataloader.batch_size == 128


def test_small_setting(monkeypatch):
    for form in ('pickles', 'files'):
        monkeypatch.setenv('NL_CIFAR10', form)
        cfg = load('baseline/small_cifar10n_worst.py')
        assert cfg.train_dataloader.dataset.indices == 10000
        assert cfg.train_dataloader.dataset.dataset.label_set == 'worst'
        assert cfg.model.backbone.base_channels == 16
        assert cfg.train_cfg.max_epochs == 60


def graphs_in(config: dict) -> list:
    """The parts of a class graph."""
    return [g for part in config.get('graphs', []) for g in graphs_in(part)] or [config]


def test_listed_classes_of_graphs_are_those_of_the_model():
    checked = 0
    for name in CONFIGS:
        cfg = load(name)
        hooks = [h for h in cfg.get('custom_hooks', []) if h.get('graph')]
        for part in (part for hook in hooks for part in graphs_in(hook.graph)):
            if isinstance(part.get('classes'), list):
                assert len(part.classes) == cfg.data_preprocessor.num_classes, name
                checked += 1
    assert checked >= 8


def test_sinet_paper_settings():
    for name in ('webvision1', 'webvision2', 'imagenet_uniform40', 'aliproducts'):
        cfg = load(f'sinet/resnet50_{name}.py')
        assert cfg.optim_wrapper.optimizer.lr == 0.1
        assert cfg.param_scheduler.milestones == [30, 60, 80, 90]
        assert cfg.train_cfg.max_epochs == 100
        (hook,) = [HOOKS.build(hook) for hook in cfg.custom_hooks]
        assert (hook.alpha, hook.beta) == (1.2, 1.5)
    for size in (256, 312):
        cfg = load(f'sinet/resnext101_webvision2_{size}.py')
        crops = [step.get('scale') for step in cfg.train_dataloader.dataset.pipeline]
        assert size in crops
        assert 224 not in crops
        walked = cfg.val_dataloader.dataset.pipeline
        assert [step.crop_size for step in walked if 'crop_size' in step] == [size]
        assert cfg.train_dataloader.dataset.version == '2.0'
    cfg = load('sinet/resnet50_imagenet_uniform40.py')
    assert cfg.train_dataloader.dataset.noise.type == 'imagenet'


OTHER_DATA = {  # what these train on instead of the data of their twin
    'cleannet/resnet50_clothing1m_detection.py': 'to detect, not to train',
    'meta_cleaner/resnet50_clothing1m_25k.py': 'also clean labels',
    'noise_layer/digits_rotations.py': 'pretraining without labels',
    'noise_layer/resnet50_clothing1m.py': 'also the clean images',
    'sinet/resnet50_clothing1m_25k_finetune.py': 'clean images, afterwards',
    'sinet/resnet50_clothing1m_50k_finetune.py': 'clean images, afterwards',
    'smp/resnet50_clothing1m_finetune.py': 'clean images, afterwards',
    'two_stage/digits_sym50_finetune.py': 'clean images, afterwards',
    'two_stage/mlp_mnist_asym60_finetune.py': 'clean images, afterwards',
    'two_stage/resnet50_clothing1m_clean.py': 'also the clean images',
    'two_stage/resnet50_clothing1m_finetune.py': 'clean images, afterwards',
}


def bases(name: str) -> set[str]:
    """The configs that a config builds on."""
    paths = re.findall(r"'(\.\.?/[^']*\.py)'", (ROOT / name).read_text())
    direct = {os.path.normpath(Path(name).parent / path) for path in paths}
    return direct.union(*map(bases, direct))


def twin(name: str) -> str:
    """Row 3 of the same page, or the baseline with its name or, closer, as its base."""
    folder, stem = name.removesuffix('.py').split('/')
    if folder == 'own_images':
        return 'own_images/baseline.py'
    for row in CONFIGS:
        start, noisy, _ = row.partition('3_noisy')
        if noisy and f'{folder}/{stem}'.startswith(start):
            return row
    starts = [n[:-3] for n in CONFIGS if f'baseline/{stem}'.startswith(n[:-3])]
    named = max(starts, key=len, default='baseline/')
    closer = [base for base in bases(name) if base.startswith(named)]
    return max([f'{named}.py', *closer], key=len)


def trained_on(dataset: dict) -> dict:
    """The samples and given labels of a dataset config: no pipeline, no annotation."""
    own = {k: v for k, v in dataset.items() if k not in ('pipeline', 'dataset')}
    if own.get('split') != 'noisy_and_verified_train':  # there it adds images
        own.pop('verified_by', None)
    inner = {k: trained_on(dataset[k]) for k in ('dataset', 'clean') if k in dataset}
    if dataset['type'] in ('InMemory', 'VerificationLabels'):
        indices = {k: v for k, v in own.items() if k == 'indices'}
        return {**inner['dataset'], **indices}
    return {**own, **inner}


def training_set(name: str) -> dict:
    return trained_on(load(name).train_dataloader.dataset)


def test_twins_train_on_the_same_data():
    methods = [name for name in CONFIGS if not name.startswith('baseline/')]
    different = [n for n in methods if training_set(n) != training_set(twin(n))]
    assert different == sorted(OTHER_DATA)


@pytest.mark.parametrize(
    ('name', 'expected'),
    [
        ('smp/resnet50_clothing1m_verified', 'baseline/resnet50_clothing1m_verified'),
        ('cleannet/resnet50_clothing1m_hard', 'baseline/resnet50_clothing1m_verified'),
        ('smp/resnet50_clothing1m', 'baseline/resnet50_clothing1m'),
        ('smp/digits_sym50_guard', 'baseline/digits_sym50'),
        ('two_stage/mlp_mnist_asym60_clean', 'baseline/mlp_mnist_asym60'),
        ('noise_layer/digits_6_noise_layer', 'noise_layer/digits_3_noisy'),
    ],
)
def test_twins_are_found(name, expected):
    assert twin(f'{name}.py') == f'{expected}.py'


@pytest.mark.parametrize('page', [*ROOT.glob('*/README.md'), ROOT.parent / 'README.md'])
def test_pages_compare_configs_that_train_on_the_same_data(page):
    commands = page.read_text().replace('\\\n', ' ').splitlines()
    for command in commands:
        if 'compare.py' in command:
            names = re.findall(r'=configs/(\S+\.py)', command)
            sets = [training_set(name) for name in names]
            assert all(own == sets[0] for own in sets), command


@pytest.mark.parametrize('path', sorted(ROOT.glob('*/metafile.yml')), ids=str)
def test_metafiles_list_what_their_pages_measured(path):
    metafile = yaml.safe_load(path.read_text())
    (collection,) = metafile['Collections']
    page = (ROOT.parent / collection['README']).read_text()
    models = metafile['Models']
    assert len({model['Name'] for model in models}) == len(models) > 0
    for model in models:
        assert model['In Collection'] == collection['Name']
        assert model['Config'].removeprefix('configs/') in CONFIGS
        assert (ROOT.parent / model['Config']).parent == path.parent
        for result in model['Results']:
            accuracy = result['Metrics']['Top 1 Accuracy']
            assert f'{accuracy / 100:.3f}' in page, model['Name']


def test_configs_of_the_package_serve_as_bases(tmp_path):
    child = tmp_path / 'child.py'
    child.write_text("_base_ = 'nl_plugins::baseline/digits_sym50.py'\n")
    cfg = Config.fromfile(child)
    assert type(MODELS.build(cfg.model)).__name__ == 'ImageClassifier'
    assert len(DATASETS.build(cfg.train_dataloader.dataset)) == 1437


def test_noise_layer_rows_differ_in_their_method_only():
    for prefix in ('digits', 'small_cifar10n_worst', 'alexnet_clothing1m'):
        names = sorted(n for n in CONFIGS if n.startswith(f'noise_layer/{prefix}_'))
        rows = {n.split(prefix + '_')[1][0]: load(n) for n in names}
        for other in 'rp':  # the rotations, pseudo-labels
            rows.pop(other, None)
        assert set(rows) == set('1356' if 'cifar' in prefix else '123456')
        first = rows['1']
        for row in rows.values():
            assert row.train_cfg == first.train_cfg
            assert row.optim_wrapper == first.optim_wrapper
            assert row.train_dataloader.dataset == first.train_dataloader.dataset
            assert row.train_dataloader.batch_size == first.train_dataloader.batch_size
            assert row.train_dataloader.sampler.type == 'CleanNoisySampler'
            for key in ('backbone', 'head'):
                expected = dict(first.model[key])
                got = {k: v for k, v in row.model[key].items() if k != 'init_cfg'}
                assert got == expected
        layer, baseline = rows['6'].model, rows['5'].model
        assert layer.type == baseline.type == 'NoiseLayerClassifier'
        assert layer.noise_layer.type == 'NoiseLayerHead'
        assert baseline.noise_layer.type == 'BottomUpHead'
        if prefix != 'alexnet_clothing1m':  # one run
            for row in (rows['5'], rows['6']):
                periods = row.param_scheduler.periods
                assert sum(periods) == row.train_cfg.max_epochs
                starts = [1 + sum(periods[:i]) for i in range(len(periods))]
                assert list(row.custom_hooks[0].phases.values()) == starts


def test_alexnet_paper_settings():
    cfg = load('noise_layer/alexnet_clothing1m_6_noise_layer.py')
    assert cfg.optim_wrapper.optimizer.lr == 0.001
    assert cfg.param_scheduler.step_size == 50000
    assert cfg.param_scheduler.by_epoch is False
    assert cfg.param_scheduler.gamma == 0.1
    assert cfg.train_dataloader.batch_size == 256
