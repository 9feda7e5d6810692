import numpy as np
import pytest
from mmpretrain.registry import DATASETS

from nl_plugins.datasets.releases.digits import Digits
from nl_plugins.datasets.wrappers.image_dependent_noise import ImageDependentNoise

PACK = [dict(type='PackInputs')]


def build(**settings):
    settings = {'confusing': 0.3, 'random': 0.1, **settings}
    inner = dict(type='Digits', pipeline=PACK)
    return DATASETS.build(dict(type='ImageDependentNoise', dataset=inner, **settings))


def column(dataset, key):
    return np.array([dataset.get_data_info(i)[key] for i in range(len(dataset))])


def test_types_can_be_seen_in_the_image():
    dataset, digits = build(), Digits()
    true, noisy = column(dataset, 'true_label'), column(dataset, 'gt_label')
    types = column(dataset, 'noise_type')
    assert np.array_equal(true, column(digits, 'gt_label'))
    assert np.array_equal(types == 0, noisy == true)
    images = column(digits, 'img').reshape(len(digits), -1).astype(float)
    light = images.mean(1)
    means = [images[true == c].mean(0) for c in range(10)]
    for c in range(10):
        own = true == c
        assert (own & (types == 2)).sum() == np.ceil(0.3 * own.sum())
        assert (own & (types == 1)).sum() == np.floor(0.1 * own.sum() + 1e-9)
        assert light[own & (types == 2)].min() >= light[own & (types == 0)].max()
        assert light[own & (types == 1)].max() <= light[own & (types == 0)].min()
        distance = [
            np.inf if k == c else np.linalg.norm(means[c] - means[k]) for k in range(10)
        ]
        rivals = np.argsort(distance)[:2]
        assert set(noisy[own & (types == 2)]) == set(rivals)
        nearest = (noisy[own & (types == 2)] == rivals[0]).mean()
        assert 0.4 < nearest < 0.9  # two thirds, of 44


def test_seed_and_parts():
    whole = build()
    assert np.array_equal(column(build(), 'gt_label'), column(whole, 'gt_label'))
    other = build(seed=1)
    assert np.array_equal(column(other, 'noise_type'), column(whole, 'noise_type'))
    assert not np.array_equal(column(other, 'gt_label'), column(whole, 'gt_label'))
    part = build(indices=[5, 900])
    for key in ('gt_label', 'true_label', 'noise_type'):
        assert column(part, key).tolist() == column(whole, key)[[5, 900]].tolist()


def test_the_type_is_for_analysis_only():
    assert 'noise_type' not in build()[0]['data_samples']


def test_images_on_disk_are_refused(image_folder):
    folder = dict(type='CustomDataset', data_root=image_folder, pipeline=PACK)
    with pytest.raises(ValueError, match='must be in memory and of one size'):
        ImageDependentNoise(folder, confusing=0.3, random=0.1)


def test_too_few_classes(annotated):
    with pytest.raises(ValueError, match='three classes or more, all with images'):
        ImageDependentNoise(InMemory([0, 1, 0]), confusing=0.3, random=0.1)


class InMemory:
    """Images of one pixel."""

    metainfo: dict = {}

    def __init__(self, labels):
        self.labels = labels

    def full_init(self):
        pass

    def __len__(self):
        return len(self.labels)

    def get_data_info(self, idx):
        return dict(img=np.ones((1, 1)), gt_label=self.labels[idx], sample_idx=idx)
