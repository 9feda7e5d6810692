import numpy as np
import pytest
import torch
from mmengine.dataset import default_collate, pseudo_collate
from mmpretrain.models import ClsDataPreprocessor
from mmpretrain.registry import TRANSFORMS

from nl_plugins.supervision.multi_view_preprocessor import MultiViewDataPreprocessor

SETTINGS = dict(
    mean=[10.0, 20.0, 30.0],
    std=[2.0, 3.0, 4.0],
    to_rgb=True,
    pad_size_divisor=8,
    pad_value=1,
)


def packed(views, count=3):
    """Samples as a pipeline makes them: the k-th view is rotated k times."""
    transforms = [[dict(type='RandomFlip', prob=0.0)]] * views
    multi = TRANSFORMS.build(
        dict(type='MultiView', num_views=[1] * views, transforms=transforms)
    )
    for k, view in enumerate(multi.transforms):
        view.transforms = [lambda results, k=k: rotated(results, k)]
    pack = TRANSFORMS.build(dict(type='PackInputs'))
    images = np.random.default_rng(0).integers(0, 256, (count, 5, 5, 3), dtype=np.uint8)
    return [
        pack(multi(dict(img=image, gt_label=i, sample_idx=i)))
        for i, image in enumerate(images)
    ], torch.from_numpy(images).permute(0, 3, 1, 2)


def rotated(results, times):
    return dict(results, img=np.rot90(results['img'], times).copy())


@pytest.mark.parametrize('collate', [default_collate, pseudo_collate])
@pytest.mark.parametrize('training', [True, False])
def test_each_view_is_prepared_like_a_batch_of_its_own(collate, training):
    samples, images = packed(2)
    got = MultiViewDataPreprocessor(**SETTINGS)(collate(samples), training)
    host = ClsDataPreprocessor(**SETTINGS)
    assert [int(sample.gt_label) for sample in got['data_samples']] == [0, 1, 2]
    assert len(got['inputs']) == 2
    for times, view in enumerate(got['inputs']):
        turned = images.rot90(times, (2, 3))
        want = host({'inputs': turned}, training)['inputs']
        assert want.shape == (3, 3, 8, 8)
        torch.testing.assert_close(view, want)


@pytest.mark.parametrize('collate', [default_collate, pseudo_collate])
def test_single_images_go_the_hosts_way(collate):
    pack = TRANSFORMS.build(dict(type='PackInputs'))
    samples = [
        pack(dict(img=np.full((5, 5, 3), i, np.uint8), gt_label=i)) for i in range(3)
    ]
    got = MultiViewDataPreprocessor(**SETTINGS)(collate(samples), True)
    want = ClsDataPreprocessor(**SETTINGS)(collate(samples), True)
    torch.testing.assert_close(got['inputs'], want['inputs'])


def test_a_list_of_images_without_samples_as_the_walk_has_it():
    images = [torch.zeros(3, 4, 4), torch.zeros(3, 6, 6)]
    got = MultiViewDataPreprocessor(**SETTINGS)({'inputs': images}, False)
    assert got['inputs'].shape == (2, 3, 8, 8)
    assert got['data_samples'] is None


def test_one_hot_targets_are_made_once():
    samples, _ = packed(2)
    preprocessor = MultiViewDataPreprocessor(to_onehot=True, num_classes=3)
    got = preprocessor(default_collate(samples), True)
    assert torch.stack([s.gt_score for s in got['data_samples']]).tolist() == (
        torch.eye(3).tolist()
    )
