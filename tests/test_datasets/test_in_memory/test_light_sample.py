"""A light sample is a data sample in all that can be seen."""

import copy
import pickle
from multiprocessing.reduction import ForkingPickler

import pytest
import torch
from mmpretrain.structures import DataSample
from nl_plugins.datasets.in_memory.in_memory.light_sample import LightSample

META = dict(sample_idx=3, img_path='a "b".png', img_shape=(4, 5))


def light():
    return LightSample.with_label(torch.tensor([2]), META)


def fields(sample):
    return dict(sample.metainfo_items()), {k: v.tolist() for k, v in sample.items()}


def test_it_holds_what_a_data_sample_holds():
    assert fields(light()) == fields(DataSample(metainfo=META).set_gt_label(2))
    assert isinstance(light(), DataSample)
    assert 'gt_label' in light()
    assert 'gt_score' not in light()
    assert light().sample_idx == 3


@pytest.mark.parametrize('value', [1, [0, 2], torch.tensor([1]), torch.tensor(1)])
def test_labels_are_set_as_in_a_data_sample(value):
    got = light()
    assert got.set_gt_label(value) is got
    assert fields(got) == fields(DataSample(metainfo=META).set_gt_label(value))


def test_a_bad_label_is_refused_as_in_a_data_sample():
    with pytest.raises(AssertionError):
        light().set_gt_label(torch.zeros(2, 2))


def test_samples_share_nothing():
    first, second = light(), light()
    first.set_field(5, 'img_path', field_type='metainfo')
    first.set_gt_score([0.0, 1.0])
    first.gt_label[0] = 0
    assert fields(second) == fields(DataSample(metainfo=META).set_gt_label(2))


@pytest.mark.parametrize(
    'again',
    [
        copy.deepcopy,
        lambda sample: pickle.loads(pickle.dumps(sample)),
        lambda sample: pickle.loads(ForkingPickler.dumps(sample)),
        lambda sample: sample.clone(),
        lambda sample: sample.to('cpu'),
    ],
)
def test_copies(again):
    sample = light()
    copied = again(sample)
    assert isinstance(copied, DataSample)
    assert fields(copied) == fields(sample) == fields(light())
    copied.set_gt_label(0)
    copied.set_field(1, 'more', field_type='metainfo')
    assert fields(sample) == fields(light())
