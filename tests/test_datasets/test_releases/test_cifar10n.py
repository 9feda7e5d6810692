import pickle

import numpy as np
import pytest
import torch
from layouts.cifar import human_labels, images, labels, write_cifar
from mmpretrain.datasets import CIFAR10
from mmpretrain.registry import DATASETS
from PIL import Image

from nl_plugins.datasets.releases.cifar10n import CIFAR10N
from nl_plugins.datasets.releases.cifar100n import CIFAR100N

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


@pytest.mark.parametrize('split', ['train', 'test'])
@pytest.mark.parametrize('num_classes', [10, 100])
def test_image_files_give_the_samples_of_the_pickles(root, num_classes, split):
    listed, pixels = [], images(num_classes, split)
    for row, label in enumerate(labels(num_classes, split)):
        Image.fromarray(pixels[row]).save(root / f'{row} {split}.png')
        listed.append(f'{row} {split}.png {label}\n')
    (root / f'{split}.txt').write_text(''.join(listed))
    config = dict(
        type=f'CIFAR{num_classes}N', data_root=str(root), split=split, indices=9
    )
    load, pack = dict(type='LoadImageFromFile'), dict(type='PackInputs')
    files = DATASETS.build(dict(config, images='files', pipeline=[load, pack]))
    pickles = DATASETS.build(dict(config, pipeline=[pack]))
    assert len(files) == len(pickles) == 9
    for row, (one, other) in enumerate(zip(infos(files), infos(pickles))):
        del other['img']
        assert one.pop('img_path') == f'{root}/{row} {split}.png'
        assert one == other
        assert (files[row]['inputs'].flip(0) == pickles[row]['inputs']).all()  # BGR


@pytest.mark.parametrize(
    ('listed', 'message'),
    [
        ('0.png 3\n1.png 10\n', r"train\.txt, line 2: '10' is no label \(0 to 9\)"),
        ('0.png 3\n1.png 0\n', r'human\.pt: clean_label must be integers for 2'),
        ('\n', r'train\.txt is empty'),
    ],
)
def test_bad_lists_of_files(root, listed, message):
    (root / 'train.txt').write_text(listed)
    with pytest.raises(ValueError, match=message):
        CIFAR10N(str(root), images='files')


def test_files_in_another_order(root):
    order = np.random.default_rng(0).permutation(50)
    lines = [f'{row}.png {labels(10)[row]}\n' for row in order]
    (root / 'train.txt').write_text(''.join(lines))
    with pytest.raises(ValueError, match='is for another order of the images'):
        CIFAR10N(str(root), images='files')


def test_file_in_another_order(root):
    arrays = human_labels(10)
    order = np.random.default_rng(0).permutation(50)
    torch.save({k: v[order] for k, v in arrays.items()}, root / 'other.pt')
    count = (arrays['clean_label'][order] != arrays['clean_label']).sum()
    with pytest.raises(
        ValueError, match=rf'other\.pt .* clean_label .* in {count} of 50'
    ):
        CIFAR10N(str(root), label_file='other.pt')


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        (dict(clean_label=None), r"clean_label .* file has \['aggre_label', .*worse"),
        (dict(worse_label=None), r"worse_label .* file has \['aggre_label', .*_label3"),
        (dict(worse_label=np.arange(49) % 10), r'worse_label .* shape \(49,\)'),
        (dict(clean_label=np.arange(49) % 10), r'clean_label .* shape \(49,\)'),
        (dict(worse_label=['a'] * 50), 'worse_label must be integers for 50 .* <U1'),
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
    what = ': refused to load' if content else ' is empty'
    with pytest.raises(ValueError, match=r'CIFAR-10_human\.pt' + what):
        CIFAR10N(str(root))


def test_labels_of_cifar_100_for_cifar_10(root):
    (root / 'CIFAR-100_human.pt').rename(root / 'CIFAR-10_human.pt')
    with pytest.raises(ValueError, match=r'clean_label .* 50 images, .* \(200,\)'):
        CIFAR10N(str(root))


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


def test_clean_labels_need_no_label_file(root):
    (root / 'CIFAR-10_human.pt').unlink()
    assert CIFAR10N(str(root), label_set='clean').get_data_info(3)['gt_label'] == 4


@pytest.mark.parametrize('num_classes', [10, 100])
def test_unknown_label_set(num_classes):
    with pytest.raises(ValueError, match="label_set must be one of .* but is 'best'"):
        CLASSES[num_classes]('x', label_set='best')
    with pytest.raises(ValueError, match="images must be one of .* but is 'jpeg'"):
        CLASSES[num_classes]('x', images='jpeg')


def test_published_counts():
    assert CIFAR10N.PUBLISHED_COUNTS == CIFAR100N.PUBLISHED_COUNTS
    assert CIFAR10N.PUBLISHED_COUNTS['train'] == 50_000
