"""Batched random transforms: each result is one of the stock transform's."""

import numpy as np
import pytest
from mmpretrain.registry import TRANSFORMS

from nl_plugins.datasets.in_memory.batch_pipeline import batch_transforms

IMAGE = np.arange(1, 1 + 5 * 4 * 3, dtype=np.uint8).reshape(5, 4, 3)
CROP = dict(type='RandomCrop', crop_size=(4, 3))
FLIP = dict(type='RandomFlip', prob=0.3, direction='horizontal')


def batched(*configs):
    transforms = batch_transforms([TRANSFORMS.build(config) for config in configs])
    if transforms is None:
        return None

    def run(image, count):
        images, infos = np.stack([image] * count), [{} for _ in range(count)]
        for transform in transforms:
            images = transform(images, infos)
        return images, infos

    return run


def stock_crops(config, image, monkeypatch):
    """The stock transform at each of its offsets, by the pixels."""
    padding = config.get('padding') or 0
    size = config['crop_size']
    tops = max(image.shape[0] + 2 * padding - size[0], 0) + 1
    lefts = max(image.shape[1] + 2 * padding - size[1], 0) + 1
    crops = {}
    with monkeypatch.context() as patch:
        for top, left in np.ndindex(tops, lefts):
            draws = iter([top, left])
            patch.setattr(np.random, 'randint', lambda low, high, d=draws: next(d))
            results = TRANSFORMS.build(config)(dict(img=image.copy()))
            crops[results['img'].tobytes()] = results
    assert len(crops) == tops * lefts
    return crops


@pytest.mark.parametrize(
    ('settings', 'image'),
    [
        (dict(), IMAGE),
        (dict(padding=2), IMAGE),
        (dict(padding=2), IMAGE[..., 0]),
        (dict(padding=2), IMAGE[..., :1]),
        (dict(), IMAGE[..., :1]),
        (dict(crop_size=(3, 9)), IMAGE),
        (dict(crop_size=(9, 9)), IMAGE),
    ],
)
def test_each_crop_occurs_alike_often_and_is_the_stock_one(
    settings, image, monkeypatch
):
    config = {**CROP, **settings}
    expected = stock_crops(config, image, monkeypatch)
    np.random.seed(0)
    images, infos = batched(config)(image, 400 * len(expected))
    counts = dict.fromkeys(expected, 0)
    for crop, info in zip(images, infos, strict=True):
        counts[crop.tobytes()] += 1
        stock = expected[crop.tobytes()]
        assert crop.shape == stock['img'].shape == stock['img_shape']
        assert info == dict(img_shape=stock['img_shape'])
    assert all(300 < count < 500 for count in counts.values()) or len(counts) == 1


@pytest.mark.parametrize('direction', ['horizontal', 'vertical', 'diagonal'])
def test_flips_are_the_stock_ones_and_as_many_as_asked(direction):
    config = dict(FLIP, direction=direction)
    always = TRANSFORMS.build(dict(config, prob=1.0))
    flipped = always(dict(img=IMAGE.copy()))
    np.random.seed(0)
    images, infos = batched(config)(IMAGE, 2000)
    count = 0
    for image, info in zip(images, infos, strict=True):
        if info['flip']:
            count += 1
            assert np.array_equal(image, flipped['img'])
            assert info['flip_direction'] == flipped['flip_direction'] == direction
        else:
            assert np.array_equal(image, IMAGE)
            assert info == dict(flip=False, flip_direction=None)
    assert 540 < count < 660


def test_the_ends_of_the_probability():
    for prob in (0.0, 1.0):
        _, infos = batched(dict(FLIP, prob=prob))(IMAGE, 50)
        assert {info['flip'] for info in infos} == {prob == 1.0}


def test_views_are_drawn_apart_and_told_nothing():
    views = dict(type='MultiView', num_views=[2, 1], transforms=[[CROP, FLIP], []])
    np.random.seed(0)
    (first, second, third), infos = batched(views)(IMAGE, 200)
    assert infos == [{}] * 200
    assert np.array_equal(third, np.stack([IMAGE] * 200))
    assert first.shape == second.shape == (200, 4, 3, 3)
    # 2 x 2 offsets, and 0.3 flipped: views agree 0.25 x 0.58 of the time
    agree = (first == second).all(axis=(1, 2, 3)).mean()
    assert 0.08 < agree < 0.22


def test_seeds_are_numpys():
    crops = []
    for seed in (1, 1, 2):
        np.random.seed(seed)
        crops.append(batched(CROP, FLIP)(IMAGE, 30)[0])
    assert np.array_equal(crops[0], crops[1])
    assert not np.array_equal(crops[0], crops[2])


@pytest.mark.parametrize(
    'config',
    [
        dict(CROP, padding=(1, 2)),
        dict(CROP, padding=1, pad_val=3),
        dict(CROP, pad_if_needed=True),
        dict(FLIP, prob=[0.3, 0.2], direction=['horizontal', 'vertical']),
        dict(FLIP, direction=['horizontal', 'vertical']),
        dict(type='ColorJitter', brightness=0.5),
        dict(
            type='MultiView', num_views=1, transforms=[[dict(type='Solarize', thr=9)]]
        ),
        dict(
            type='MultiView',
            num_views=1,
            transforms=[[dict(type='MultiView', num_views=1, transforms=[[FLIP]])]],
        ),
    ],
)
def test_what_has_no_batched_form(config):
    assert batched(config) is None
    assert batched(FLIP, config) is None


def test_nothing_runs_behind_views():
    views = dict(type='MultiView', num_views=1, transforms=[[FLIP]])
    assert batched(CROP, views) is not None
    assert batched(views, CROP) is None
