"""InMemory gives the samples of the dataset inside, one by one and in batches."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from mmengine.runner import Runner
from mmpretrain.datasets import BaseDataset
from mmpretrain.datasets.transforms import PackInputs
from mmpretrain.registry import DATASETS
from toy import toy

LOAD, PACK = dict(type='LoadImageFromFile'), dict(type='PackInputs')
RESIZE = dict(type='Resize', scale=(9, 7))
CROP = dict(type='RandomCrop', crop_size=32, padding=4)
FLIP = dict(type='RandomFlip', prob=0.5, direction='horizontal')
TURN = dict(type='transition', matrix=[[0, 1, 0], [0, 0, 1], [1, 0, 0]])


@DATASETS.register_module()
class SoftLabels(BaseDataset):
    """Six gray images with target vectors."""

    METAINFO = dict(classes=['a', 'b'])
    kind: type = list

    def load_data_list(self):
        images = np.arange(6 * 6 * 6, dtype=np.uint8).reshape(6, 6, 6)
        scores = map(self.kind, [[0.5, 0.5], [0.0, 1.0]] * 3)
        return [dict(img=i, gt_label=1, gt_score=s) for i, s in zip(images, scores)]


@DATASETS.register_module()
class OwnWay(BaseDataset):
    def prepare_data(self, idx):
        return super().prepare_data(0)


def build(**config):
    return DATASETS.build(config)


def in_memory(dataset, **settings):
    return build(type='InMemory', dataset=dataset, **settings)


def folder(path, *transforms):
    return dict(type='CustomDataset', data_prefix=path, pipeline=[LOAD, *transforms])


def assert_same(got, want):
    assert got.keys() == want.keys()
    assert len(views(got)) == len(views(want))
    for image, stock in zip(views(got), views(want), strict=True):
        assert image.dtype == torch.uint8
        assert torch.equal(image, stock)
        assert image.is_contiguous()
    sample, stock = got['data_samples'], want['data_samples']
    assert dict(sample.metainfo_items()) == dict(stock.metainfo_items())
    assert sample.keys() == stock.keys()
    assert all(np.array_equal(value, sample.get(key)) for key, value in stock.items())


def views(packed):
    inputs = packed['inputs']
    return inputs if isinstance(inputs, list) else [inputs]


DETERMINISTIC = dict(
    arrays=lambda path: toy(pipeline=[PACK]),
    gray=lambda path: dict(type='Digits', pipeline=[PACK]),
    resized_arrays=lambda path: toy(pipeline=[RESIZE, PACK]),
    files=lambda path: folder(path, PACK),
    resized_files=lambda path: folder(path, RESIZE, PACK),
    cropped_files=lambda path: folder(
        path,
        dict(type='ResizeEdge', scale=8),
        dict(type='CenterCrop', crop_size=6),
        PACK,
    ),
    chosen_keys=lambda path: folder(
        path, dict(type='PackInputs', meta_keys=['sample_idx', 'ori_shape'])
    ),
    views=lambda path: toy(
        pipeline=[dict(type='MultiView', num_views=2, transforms=[[]]), PACK]
    ),
    noisy=lambda path: dict(
        type='NoisyLabels', dataset=folder(path, RESIZE, PACK), noise=TURN
    ),
    algorithm_keys=lambda path: toy(
        pipeline=[dict(type='PackInputs', algorithm_keys=['true_label'])]
    ),
    packed_images=lambda path: toy(
        pipeline=[dict(type='PackInputs', algorithm_keys=['true_label', 'img'])]
    ),
    targets=lambda path: dict(type='SoftLabels', ann_file='', pipeline=[PACK]),
)


@pytest.mark.parametrize('kind', DETERMINISTIC)
def test_samples_are_those_of_the_dataset_inside(kind, image_folder):
    config = DETERMINISTIC[kind](image_folder)
    plain, fast = DATASETS.build(config), in_memory(config)
    assert len(fast) == len(plain)
    assert fast.metainfo == plain.metainfo
    assert fast.get_gt_labels().tolist() == plain.get_gt_labels().tolist()
    assert (fast.batches is None) == (kind == 'packed_images')
    indices = [5, 0, 5, -1, len(plain) - 2]
    for batch in (fast.__getitems__(indices), [fast[index] for index in indices]):
        for index, packed in zip(indices, batch, strict=True):
            assert_same(packed, plain[index])
    for index in indices:
        assert str(fast.get_data_info(index)) == str(plain.get_data_info(index))
        assert fast.get_cat_ids(index) == plain.get_cat_ids(index)


def test_images_are_decoded_once(image_folder):
    plain = DATASETS.build(folder(image_folder, RESIZE, PACK))
    want = [plain[index] for index in range(12)]
    fast = in_memory(folder(image_folder, RESIZE, PACK))
    shutil.rmtree(image_folder)
    for packed, single, stock in zip(fast.__getitems__(range(12)), fast, want):
        assert_same(packed, stock)
        assert_same(single, stock)


@pytest.mark.parametrize('kind', ['files', 'targets'])
def test_nothing_done_to_a_sample_reaches_the_store(kind, image_folder, monkeypatch):
    monkeypatch.setattr(SoftLabels, 'kind', np.array)  # which tensors would share
    fast = in_memory(DETERMINISTIC[kind](image_folder))
    want = [fast[1], fast.__getitems__([1])[0]]
    for _ in range(2):
        for packed in (fast[1], fast.__getitems__([1])[0]):
            packed['inputs'].zero_()
            packed['data_samples'].gt_label[0] = 2
            if kind == 'targets':
                packed['data_samples'].gt_score.zero_()
            packed['data_samples'].set_field('?', 'img_path', field_type='metainfo')
            packed['data_samples'].set_pred_label(1)
    assert_same(want[0], want[1])
    assert_same(fast[1], want[0])
    assert_same(fast.__getitems__([1])[0], want[0])


def test_transforms_may_work_in_place():
    def spoil(results):
        results['img'] += 1
        results['gt_score'].reverse()
        return results

    config = dict(type='SoftLabels', ann_file='', pipeline=[spoil, PACK])
    fast, plain = in_memory(config), DATASETS.build(config)
    for _ in range(2):
        assert_same(fast[1], plain[1])


@pytest.mark.parametrize('workers', [0, 2])
@pytest.mark.parametrize('collate', ['pseudo_collate', 'default_collate'])
def test_batches_of_a_dataloader(collate, workers):
    def loader(dataset):
        config = dict(
            batch_size=8,
            num_workers=workers,
            dataset=dataset,
            sampler=dict(type='DefaultSampler', shuffle=True),
            collate_fn=dict(type=collate),
        )
        return Runner.build_dataloader(config, seed=0)

    config = toy()
    fast, plain = loader(dict(type='InMemory', dataset=config)), loader(config)
    for got, want in zip(fast, plain, strict=True):
        assert type(got['inputs']) is type(want['inputs'])
        for i in range(len(want['data_samples'])):
            assert_same(
                {key: value[i] for key, value in got.items()},
                {key: value[i] for key, value in want.items()},
            )


def test_augmented_batches_are_seeded_and_packed_as_usual():
    two = dict(type='MultiView', num_views=2, transforms=[[CROP, FLIP]])
    for pipeline in ([CROP, FLIP, PACK], [two, PACK]):
        fast = in_memory(toy(pipeline=pipeline))
        assert fast.batches is not None
        batches = []
        for seed in (0, 0, 1):
            np.random.seed(seed)
            batches.append(fast.__getitems__(range(30)))
        for first, second in zip(*batches[:2]):
            assert_same(first, second)
        stacked = [
            torch.stack([views(packed)[0] for packed in batch]) for batch in batches
        ]
        assert not torch.equal(stacked[0], stacked[2])
        stock = fast[4]
        packed = batches[0][4]
        assert packed['data_samples'].metainfo_keys() == (
            stock['data_samples'].metainfo_keys()
        )
        assert [v.shape for v in views(packed)] == [v.shape for v in views(stock)]


PER_SAMPLE = dict(
    unknown=lambda: toy(pipeline=[dict(type='ColorJitter', brightness=0.5), PACK]),
    variant=lambda: toy(pipeline=[dict(CROP, padding=(1, 2)), FLIP, PACK]),
    own_pack=lambda: toy(pipeline=[FLIP, type('MyPack', (PackInputs,), {})()]),
)


@pytest.mark.parametrize('kind', PER_SAMPLE)
def test_other_pipelines_run_sample_by_sample(kind):
    config = PER_SAMPLE[kind]()
    fast, plain = in_memory(config), DATASETS.build(config)
    assert fast.batches is None
    indices = [1, 0, 1]
    np.random.seed(0)
    got = fast.__getitems__(indices)
    np.random.seed(0)
    for packed, stock in zip(got, [plain[index] for index in indices], strict=True):
        assert_same(packed, stock)


@pytest.mark.parametrize('pipeline', [[], [FLIP]])
def test_what_is_not_packed_as_usual_runs_sample_by_sample_too(pipeline):
    assert in_memory(toy(pipeline=pipeline)).batches is None


def test_a_part_of_the_samples(image_folder):
    fast = in_memory(folder(image_folder, PACK), indices=[7, 2])
    plain = build(**folder(image_folder, PACK), indices=[7, 2])
    assert len(fast) == 2
    assert fast.get_gt_labels().tolist() == plain.get_gt_labels().tolist() == [1, 0]
    for index, packed in enumerate(fast.__getitems__([0, 1])):
        assert_same(packed, plain[index])
        assert packed['data_samples'].sample_idx == index


def test_late_initialization(image_folder):
    fast = in_memory(folder(image_folder, PACK), lazy_init=True)
    assert fast.dataset.data_list == [] or not fast._fully_initialized
    first = fast.__getitems__([0])[0]
    assert fast._fully_initialized
    assert_same(first, fast[0])
    plain = DATASETS.build(folder(image_folder, PACK))
    assert fast.metainfo['classes'] == ('ant', 'bee', 'cat')
    assert_same(fast.__getitems__([3])[0], plain[3])


@pytest.mark.parametrize(
    'transforms',
    [
        [LOAD, RESIZE, PACK],
        [LOAD, PACK],
        [LOAD, dict(RESIZE, scale=(4, 4)), PACK],
        [LOAD, RESIZE, dict(type='CenterCrop', crop_size=4), PACK],
        [LOAD, RESIZE, dict(type='Solarize', thr=100, prob=1.0), PACK],
    ],
)
def test_another_pipeline(transforms, image_folder):
    """With the same start the images in memory serve it, else they are read again."""
    inside = folder(image_folder, RESIZE, FLIP, PACK)
    plain = build(**dict(inside, pipeline=transforms))
    fast = in_memory(inside).with_pipeline(plain.pipeline)
    want = [plain[index] for index in range(3)]
    if transforms[:2] == [LOAD, RESIZE]:
        shutil.rmtree(image_folder)
    assert (fast.batches is not None) == (len(transforms) == 3 and RESIZE in transforms)
    for index, packed in enumerate(fast.__getitems__(range(3))):
        assert_same(packed, want[index])


@pytest.mark.parametrize('wrapper', ['RepeatDataset', 'ClassBalancedDataset'])
def test_wrappers_around(wrapper):
    setting = dict(times=2) if wrapper == 'RepeatDataset' else dict(oversample_thr=0.5)
    fast, plain = (
        build(type=wrapper, dataset=dataset, **setting)
        for dataset in (dict(type='InMemory', dataset=toy()), toy())
    )
    assert len(fast) == len(plain)
    for index in (0, len(plain) - 1):
        assert_same(fast[index], plain[index])


def test_images_of_different_size_are_refused(image_folder):
    from PIL import Image

    path = f'{image_folder}/bee/0.png'
    Image.fromarray(np.zeros((6, 7, 3), np.uint8)).save(path)
    with pytest.raises(ValueError, match=r"sample 4 \('.*bee/0.png'\) has the shape"):
        in_memory(folder(image_folder, PACK))
    assert len(in_memory(folder(image_folder, RESIZE, PACK))) == 12


def test_no_samples(image_folder):
    with pytest.raises(ValueError, match='inside InMemory has no samples'):
        in_memory(folder(image_folder, PACK), indices=[])


def test_a_broken_image_is_named_with_the_reason(image_folder):
    Path(image_folder, 'ant/0.png').write_bytes(b'')
    with pytest.raises(
        RuntimeError, match=r"sample 0 \('.*0.png'\) cannot be loaded: \w"
    ):
        in_memory(folder(image_folder, PACK))


def test_too_large(image_folder):
    size = 12 * 6 * 5 * 3
    in_memory(folder(image_folder, PACK), memory_limit=size)
    with pytest.raises(ValueError, match=rf'12 images of .* take {size} bytes.*1079'):
        in_memory(folder(image_folder, PACK), memory_limit=size - 1)


def test_other_refusals(image_folder):
    def refused(dataset, message, error=ValueError):
        with pytest.raises(error, match=message):
            in_memory(dataset)

    to_float = dict(folder(image_folder), pipeline=[dict(LOAD, to_float32=True), PACK])
    refused(to_float, r'sample 0 .* has float32 where .*LoadImageFromFile')
    late = dict(folder(image_folder), pipeline=[FLIP, LOAD, PACK])
    refused(late, r'sample 0 .* has NoneType where .*\[\]')
    refused(dict(type='RepeatDataset', times=2, dataset=toy()), 'RepeatDataset inside')
    refused(dict(type='ConcatDataset', datasets=[toy()]), 'into a NoisyLabels inside')
    refused(dict(type='OwnWay', ann_file='', lazy_init=True), 'a prepare_data of its')
    refused(dict(type='InMemory', dataset=toy()), 'InMemory has a prepare_data of its')
    noisy = dict(type='NoisyLabels', dataset=dict(type='InMemory', dataset=toy()))
    refused(noisy, r'InMemory inside NoisyLabels .* wrap it around')
    with pytest.raises(ValueError, match='KFoldDataset around it'):
        fold = build(
            type='KFoldDataset',
            dataset=dict(type='InMemory', dataset=toy()),
            num_splits=3,
        )
        fold.full_init()
    with open(f'{image_folder}/cat/0.png', 'wb') as file:
        file.write(b'no image')
    broken = folder(image_folder, PACK)
    refused(broken, r"sample \d+ \('.*cat/0.png'\) cannot be loaded", RuntimeError)
