import hashlib

import numpy as np
import pytest
from mmpretrain.registry import DATASETS
from sklearn.datasets import load_digits

from nl_plugins.datasets.releases.digits import Digits, stratified_test_indices


@pytest.mark.parametrize(('split', 'size'), [('train', 1437), ('test', 360)])
@pytest.mark.parametrize('test_mode', [False, True])
def test_sizes_depend_on_the_split_alone(split, size, test_mode):
    dataset = DATASETS.build(dict(type='Digits', split=split, test_mode=test_mode))
    assert len(dataset) == size
    assert dataset.test_mode == test_mode
    assert dataset.metainfo['classes'] == tuple('0123456789')


def test_images_are_sklearns_scaled_to_bytes():
    digits = load_digits()
    samples = {}
    for split in ('train', 'test'):
        dataset = Digits(split=split)
        for i in range(len(dataset)):
            info = dataset.get_data_info(i)
            samples[info['img'].tobytes()] = info
    assert len(samples) == 1797  # all distinct: the splits do not overlap
    for image, label in zip(digits.images, digits.target):
        expected = np.floor(image * 255 / 16 + 0.5).astype(np.uint8)[..., None]
        info = samples[expected.tobytes()]
        assert info['img'].shape == (8, 8, 1)
        assert info['img'].dtype == np.uint8
        assert info['gt_label'] == label


def test_classes_have_the_same_share_in_both_splits():
    train, test = Digits('train').get_gt_labels(), Digits('test').get_gt_labels()
    counts = np.bincount(test)
    assert np.abs(counts - np.bincount(np.r_[train, test]) * 360 / 1797).max() < 1


def test_the_split_never_changes():
    labels = Digits('test').get_gt_labels().astype('<i8').tobytes()
    first = Digits('test').get_data_info(0)['img'].tobytes()
    digest = hashlib.sha256(labels + first).hexdigest()
    assert digest.startswith('1610660a7ba295ad')


def test_sizes_are_rounded_by_largest_remainder():
    labels = np.repeat([0, 1, 2], [5, 3, 2])  # shares of 4: 2.0, 1.2, 0.8
    chosen = stratified_test_indices(labels, 4)
    assert np.bincount(labels[chosen]).tolist() == [2, 1, 1]
    assert chosen.tolist() == sorted(set(chosen.tolist()))


def test_goes_through_mmpretrains_transforms():
    pipeline = [
        dict(type='RandomCrop', crop_size=8, padding=1),
        dict(type='Resize', scale=32),
        dict(type='PackInputs'),
    ]
    sample = Digits(pipeline=pipeline)[3]
    assert sample['inputs'].shape == (1, 32, 32)
    assert sample['data_samples'].sample_idx == 3


def test_indices_and_repr():
    assert len(Digits(indices=100)) == 100
    assert 'Split: \ttest' in repr(Digits('test'))


def test_refuses_another_split():
    with pytest.raises(ValueError, match="'val'"):
        Digits(split='val')
