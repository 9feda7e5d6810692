import pickle

import numpy as np
import pytest
import torch
from layouts.cifar import human_labels, images, labels, write_cifar
from mmpretrain.datasets import CIFAR10
from mmpretrain.registry import DATASETS

from nl_plugins.datasets.releases.cifar10n import CIFAR10N
from nl_plugins.datasets.releases.cifar100n import CIFAR100N
from nl_plugins.datasets.wrappers.noisy_labels import NoisyLabels

CLASSES = {10: CIFAR10N, 100: CIFAR100N}
SETS = [
    (10, 'aggregate', 'aggre_label'),
    (10, 'random1', 'random_label1'),
    (10, 'random2', 'random_label2'),
    (10, 'random3', 'random_label3'),
    (10, 'worst', 'worse_label'),
    (10, 'clean', 'clean_label'),
    (100, 'noisy', 'noisy_label'),
    (100, 'clean', 'clean_label'),
]


@pytest.fixture
def root(tmp_path, monkeypatch):
    write_cifar(tmp_path / 'cifar', 10, monkeypatch)
    return write_cifar(tmp_path / 'cifar', 100, monkeypatch)


def infos(dataset):
    return [dataset.get_data_info(i) for i in range(len(dataset))]


@pytest.mark.parametrize(('num_classes', 'name', 'key'), SETS)
def test_label_sets(root, num_classes, name, key):
    true, pixels = labels(num_classes), images(num_classes)
    for label_set in (name, key):
        dataset = CLASSES[num_classes](str(root), label_set=label_set)
        found = infos(dataset)
        given = human_labels(num_classes)[key]
        assert [info['gt_label'] for info in found] == given.tolist()
        assert [info['true_label'] for info in found] == true.tolist()
        assert all((i['img'] == p).all() for i, p in zip(found, pixels))
        assert [info['sample_idx'] for info in found] == list(range(len(true)))
    assert {type(info['gt_label']) for info in found} == {int}
    assert f'Label set: \t{key}' in repr(dataset)


@pytest.mark.parametrize(('num_classes', 'default'), [(10, 'worst'), (100, 'noisy')])
def test_default(root, num_classes, default):
    dataset = CLASSES[num_classes](str(root))
    assert dataset.label_set == default
    assert len(dataset.metainfo['classes']) == num_classes
    key = dataset.LABEL_SETS[default]
    noise = (human_labels(num_classes)[key] != labels(num_classes)).mean()
    found = np.mean([info['gt_label'] != info['true_label'] for info in infos(dataset)])
    assert noise == found > 0


@pytest.mark.parametrize('num_classes', [10, 100])
def test_test_split_is_clean(root, num_classes):
    dataset = CLASSES[num_classes](str(root), 'test', test_mode=True)
    found = infos(dataset)
    assert [i['gt_label'] for i in found] == labels(num_classes, 'test').tolist()
    assert not any('true_label' in info for info in found)
    (root / CLASSES[num_classes].LABEL_FILE).unlink()  # which it does not need
    assert len(CLASSES[num_classes](str(root), 'test')) == num_classes


def test_same_samples_as_noisy_labels(root):
    """What a config could say before there was this class."""
    pipeline = [dict(type='PackInputs')]
    thin = DATASETS.build(
        dict(type='CIFAR10N', data_root=str(root), pipeline=pipeline, indices=30)
    )
    wrapped = NoisyLabels(
        dict(type='CIFAR10', data_root=str(root), download=False, pipeline=pipeline),
        label_file=str(root / 'CIFAR-10_human.pt'),
        label_key='worse_label',
        indices=30,
    )
    assert len(thin) == len(wrapped) == 30
    for one, other in zip(infos(thin), infos(wrapped)):
        assert (one.pop('img') == other.pop('img')).all()
        assert one == other
    for row in (0, 29):
        assert (thin[row]['inputs'] == wrapped[row]['inputs']).all()
        samples = thin[row]['data_samples'], wrapped[row]['data_samples']
        assert samples[0].gt_label == samples[1].gt_label
        assert samples[0].sample_idx == samples[1].sample_idx == row


def test_file_in_another_order(root):
    arrays = human_labels(10)
    order = np.random.default_rng(0).permutation(50)
    torch.save({k: v[order] for k, v in arrays.items()}, root / 'other.pt')
    count = (arrays['clean_label'][order] != arrays['clean_label']).sum()
    with pytest.raises(
        ValueError, match=rf'other\.pt: clean_label .* in {count} of 50'
    ):
        CIFAR10N(str(root), label_file='other.pt')


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        (dict(clean_label=None), 'has no clean_label to check the order'),
        (dict(worse_label=None), 'label_key must name one of its entries'),
        (dict(worse_label=np.arange(49) % 10), r'worse_label has the shape \(49,\)'),
        (dict(clean_label=np.arange(49) % 10), r'clean_label has the shape \(49,\)'),
        (dict(worse_label=np.full(50, 10)), 'label 10 is none of the 10'),
        (dict(worse_label=np.full(50, -1)), 'label -1 is none of the 10'),
        (dict(worse_label=np.zeros(50)), 'refused to load: it holds float64 values'),
    ],
)
def test_bad_arrays(root, change, message):
    arrays = {**human_labels(10), **change}
    content = {name: array for name, array in arrays.items() if array is not None}
    torch.save(content, root / 'CIFAR-10_human.pt')
    with pytest.raises(ValueError, match=rf'CIFAR-10_human\.pt.*{message}'):
        CIFAR10N(str(root))


class Malicious:
    """Creates a file when it is unpickled without care."""

    def __init__(self, marker):
        self.marker = str(marker)

    def __reduce__(self):
        return open, (self.marker, 'w')


def test_malicious_pickle_is_not_run(root):
    content = pickle.dumps(
        {**human_labels(10), 'worse_label': Malicious(root / 'owned')}
    )
    (root / 'CIFAR-10_human.pt').write_bytes(content)
    with pytest.raises(ValueError, match=r'human\.pt: refused to load: .* only dicts'):
        CIFAR10N(str(root))
    assert not (root / 'owned').exists()


@pytest.mark.parametrize('content', [b'', b'not a pickle', b'PK\x03\x04'])
def test_no_pickle(root, content):
    (root / 'CIFAR-10_human.pt').write_bytes(content)
    with pytest.raises(ValueError, match=r'CIFAR-10_human\.pt: refused to load'):
        CIFAR10N(str(root))


def test_labels_of_cifar_100_for_cifar_10(root):
    (root / 'CIFAR-100_human.pt').rename(root / 'CIFAR-10_human.pt')
    with pytest.raises(ValueError, match='label_key must name one of its entries'):
        CIFAR10N(str(root))
    with pytest.raises(ValueError, match=r'clean_label has the shape \(200,\)'):
        CIFAR10N(str(root), label_set='clean')


def test_changed_images_are_not_unpickled(root):
    """MMPretrain checks the sums of the official files first."""
    path = root / CIFAR10.base_folder / 'data_batch_3'
    path.write_bytes(pickle.dumps(Malicious(root / 'owned')))
    with pytest.raises(RuntimeError, match='Cannot find CIFAR10N dataset in'):
        CIFAR10N(str(root))
    assert not (root / 'owned').exists()


def test_missing_label_file(root):
    (root / 'CIFAR-100_human.pt').unlink()
    with pytest.raises(FileNotFoundError, match=r'CIFAR-100_human\.pt'):
        CIFAR100N(str(root))


@pytest.mark.parametrize('num_classes', [10, 100])
def test_unknown_label_set(num_classes):
    with pytest.raises(ValueError, match="label_set must be one of .* but is 'best'"):
        CLASSES[num_classes]('x', label_set='best')


def test_published_counts():
    assert CIFAR10N.PUBLISHED_COUNTS == CIFAR100N.PUBLISHED_COUNTS
    assert CIFAR10N.PUBLISHED_COUNTS['train'] == 50_000
