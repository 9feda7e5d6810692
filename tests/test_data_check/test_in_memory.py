"""Datasets that hold their images, and synthetic noise."""

import numpy as np
import pytest
from image_folder import found
from mmpretrain.registry import DATASETS
from toy import ToyImages, toy

from nl_plugins.data_check.check import check_data


@DATASETS.register_module()
class OtherImages(ToyImages):
    """Toy images, some of them replaced by ``change(infos)``."""

    def __init__(self, change, **kwargs):
        self.change = change
        super().__init__(**kwargs)

    def load_data_list(self):
        infos = super().load_data_list()
        CHANGES[self.change](infos)
        return infos


def bad_arrays(infos):
    infos[0]['img'] = np.full((4, 4, 3), np.nan, np.float32)
    infos[1]['img'] = np.zeros((0, 4, 3), np.uint8)
    infos[2]['img'] = np.zeros(16, np.uint8)
    infos[3]['img'] = np.array([['a', 'b']])
    infos[4]['img'] = np.zeros((4, 4), np.float64)  # grey, and sound


def copies(infos):
    infos[8]['img'] = infos[2]['img'].copy()  # label 2 both
    infos[7]['img'] = infos[3]['img'].copy()  # 1 and 0
    infos[9]['img'] = infos[1]['img'].reshape(16, 64, 3)  # other shape: another image


def leaks(infos):
    images = ToyImages(seed=1, pipeline=[]).load_data_list()
    infos[4]['img'] = images[11]['img']


CHANGES = dict(bad_arrays=bad_arrays, copies=copies, leaks=leaks)


def check(folder, change, **kwargs):
    train = dict(toy(), type='OtherImages', change=change)
    return found(folder.check(train, toy(seed=1, test_mode=True), **kwargs))


@pytest.mark.parametrize('fast', [False, True])
def test_clean_arrays(folder, fast):
    assert found(folder.check(toy(), toy(seed=1), fast=fast)) == {}


def test_arrays_that_are_no_image(folder):
    assert check(folder, 'bad_arrays') == {
        ('error', 'image undecodable', 'train'): [0, 1, 2, 3]
    }


def test_equal_arrays(folder):
    assert check(folder, 'copies') == {
        ('warning', 'same label (by content)', 'train'): [[2, 8]],
        ('warning', 'other label (by content)', 'train'): [[3, 7]],
    }
    assert check(folder, 'copies', fast=True) == {}


def test_leaked_arrays(folder):
    assert check(folder, 'leaks') == {
        ('warning', 'overlap (by content)', 'val and test'): [[4, 11]]
    }


def test_testing_on_the_training_images(folder):
    """As MMPretrain's MNIST does for ``split='test'`` without ``test_mode``."""
    faults = found(folder.check(toy(), toy(test_mode=True)))
    assert faults == {
        ('warning', 'overlap (by content)', 'val and test'): [[i, i] for i in range(30)]
    }


def test_the_digits_are_clean_and_their_noise_is_told(folder):
    pack = [dict(type='PackInputs')]
    train = dict(
        type='NoisyLabels',
        dataset=dict(type='Digits', split='train', pipeline=pack),
        noise=dict(type='asymmetric', pairs={7: 1}, rate=0.5),
    )
    test = dict(type='Digits', split='test', pipeline=pack)
    checked = folder.check(train, test, num_classes=10, workers=2)
    assert found(checked) == {}
    assert [len(part) for part in checked.parts] == [1437, 360]
    part = checked.parts[0]
    infos = [part.dataset.get_data_info(i) for i in range(len(part))]
    wrong = sum(info['gt_label'] != info['true_label'] for info in infos)
    noise = checked.summary()[0]['noise']['true_label']
    assert (noise['known'], noise['rate']) == (1437, wrong / 1437)
    assert 0.4 < wrong / sum(info['true_label'] == 7 for info in infos) < 0.6
    assert [7, 1, wrong] in noise['transition_counts']
    assert len(noise['transition_counts']) == 11
    assert checked.summary()[1]['noise'] == {}


def test_val_and_test_that_differ_are_two_parts(folder):
    cfg = folder.config(toy(), toy(seed=1))
    cfg.test_dataloader.dataset.seed = 2
    checked = check_data(cfg, workers=0)
    assert [(part.name, part.start) for part in checked.parts] == [
        ('train', 0),
        ('val', 30),
        ('test', 60),
    ]
    assert found(checked) == {}
