"""NoisyLabels around, and inside, the dataset wrappers of MMEngine and MMPretrain."""

import numpy as np
import pytest
from mmpretrain.registry import DATASETS

from nl_plugins.datasets.wrappers.noisy_labels import NoisyLabels

TURN = dict(type='transition', matrix=[[0, 1, 0], [0, 0, 1], [1, 0, 0]])
PACK = [dict(type='PackInputs')]


def build(**config):
    return DATASETS.build(config)


def indices(dataset):
    infos = (dataset.get_data_info(i) for i in range(len(dataset)))
    return [info['sample_idx'] for info in infos]


def test_mnist(tmp_path):
    images = np.arange(2 * 28 * 28).astype(np.uint8)
    write_idx(tmp_path, 'train', images.reshape(2, 28, 28), [7, 1])
    write_idx(tmp_path, 't10k', images.reshape(2, 28, 28), [0, 0])
    inner = dict(type='MNIST', data_root=str(tmp_path), download=False, pipeline=PACK)
    noise = dict(type='asymmetric', pairs={7: 1}, rate=1)
    dataset = build(type='NoisyLabels', dataset=inner, noise=noise)
    assert dataset.get_gt_labels().tolist() == [1, 1]
    assert dataset[0]['inputs'].shape == (1, 28, 28)


def write_idx(folder, name, images, labels):
    header = b'\0\0\x08\x03' + np.array(images.shape, '>i4').tobytes()
    (folder / f'{name}-images-idx3-ubyte').write_bytes(header + images.tobytes())
    header = b'\0\0\x08\x01' + np.array([len(labels)], '>i4').tobytes()
    (folder / f'{name}-labels-idx1-ubyte').write_bytes(header + bytes(labels))


@pytest.mark.parametrize('lazy', [False, True])
def test_custom_dataset_of_folders(image_folder, lazy):
    pipeline = [dict(type='LoadImageFromFile'), dict(type='PackInputs')]
    inner = dict(
        type='CustomDataset',
        data_prefix=image_folder,
        pipeline=pipeline,
        lazy_init=lazy,
    )
    dataset = build(type='NoisyLabels', dataset=inner, noise=TURN, lazy_init=lazy)
    dataset.full_init()
    assert dataset.metainfo['classes'] == ('ant', 'bee', 'cat')
    assert dataset.get_gt_labels().tolist() == [1] * 4 + [2] * 4 + [0] * 4
    assert dataset[2]['inputs'].shape == (3, 6, 5)
    assert dataset[2]['data_samples'].img_path.endswith('/ant/2"quote,comma.png')


def test_custom_dataset_of_an_annotation_list(image_folder, tmp_path):
    (tmp_path / 'train.txt').write_text('ant/1 space.png 0\ncat/0.png 2\n')
    inner = dict(
        type='CustomDataset',
        data_root=str(tmp_path),
        data_prefix='images',
        ann_file='train.txt',
        metainfo=dict(classes=['ant', 'bee', 'cat']),
    )
    dataset = build(type='NoisyLabels', dataset=inner, noise=TURN)
    assert dataset.get_gt_labels().tolist() == [1, 0]
    labels = tmp_path / 'cleaned.txt'
    labels.write_text('ant/1 space.png 1\nimages/cat/0.png 1\n')
    dataset = build(type='NoisyLabels', dataset=inner, label_file=str(labels))
    assert dataset.get_gt_labels().tolist() == [1, 1]


def test_a_concatenation_inside_gets_unique_indices(annotated):
    parts = [annotated([0, 1]), annotated([2, 0, 1], name='more.json')]
    concatenation = dict(type='ConcatDataset', datasets=parts)
    assert indices(DATASETS.build(concatenation)) == [0, 1, 0, 1, 2]
    dataset = build(type='NoisyLabels', dataset=concatenation)
    assert indices(dataset) == [0, 1, 2, 3, 4]
    assert dataset.get_gt_labels().tolist() == [0, 1, 2, 0, 1]
    noisy = build(type='NoisyLabels', dataset=concatenation, noise=TURN)
    assert noisy.get_gt_labels().tolist() == [1, 2, 0, 1, 2]


def test_a_concatenation_of_different_pipelines_needs_one(annotated):
    parts = [annotated([0], pipeline=PACK), annotated([1], name='more.json')]
    config = dict(
        type='NoisyLabels', dataset=dict(type='ConcatDataset', datasets=parts)
    )
    with pytest.raises(ValueError, match='dataset 1 inside .* another pipeline'):
        DATASETS.build(config)
    assert len(build(pipeline=PACK, **config)) == 2


def test_the_lazy_members_of_a_concatenation_are_loaded(annotated):
    parts = [annotated([0, 1], lazy_init=True), annotated([2], name='more.json')]
    inner = dict(type='ConcatDataset', datasets=parts, lazy_init=True)
    inner['ignore_keys'] = ['classes']
    assert len(build(type='NoisyLabels', dataset=inner)) == 3


def test_a_fold_inside(annotated):
    fold = dict(
        type='KFoldDataset', dataset=annotated([0, 1, 2, 2, 1, 0]), num_splits=3, fold=1
    )
    dataset = build(type='NoisyLabels', dataset=fold, noise=TURN)
    assert dataset.get_gt_labels().tolist() == [1, 2, 2, 1]
    assert indices(dataset) == [0, 1, 2, 3]


def test_folds_around_keep_the_labels(annotated):
    noisy = dict(type='NoisyLabels', dataset=annotated([0, 1, 2, 0]), noise=TURN)
    config = dict(type='KFoldDataset', dataset=noisy, num_splits=2, fold=0)
    assert build(**config).get_gt_labels().tolist() == [0, 1]
    assert build(test_mode=True, **config).get_gt_labels().tolist() == [1, 2]


def test_a_repetition_around_repeats_labels_and_indices(annotated):
    noisy = dict(type='NoisyLabels', dataset=annotated([0, 1]), noise=TURN)
    dataset = build(type='RepeatDataset', dataset=noisy, times=2)
    assert indices(dataset) == [0, 1, 0, 1]
    labels = [dataset.get_data_info(i)['gt_label'] for i in range(4)]
    assert labels == [1, 2, 1, 2]


def test_class_balance_around_counts_the_given_labels(annotated):
    noisy = dict(type='NoisyLabels', dataset=annotated([0] * 9 + [1]), noise=TURN)
    dataset = build(type='ClassBalancedDataset', dataset=noisy, oversample_thr=0.4)
    # Class 2 has one sample of ten: repeated ceil(sqrt(0.4 / 0.1)) = 2 times.
    assert indices(dataset) == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9]
    assert dataset.get_cat_ids(10) == [2]


@pytest.mark.parametrize(
    'wrapper',
    [
        dict(type='RepeatDataset', times=2),
        dict(type='ClassBalancedDataset', oversample_thr=0.5),
    ],
)
@pytest.mark.parametrize('deep', [False, True])
def test_repetition_inside_is_refused(annotated, wrapper, deep):
    inner = dict(wrapper, dataset=annotated([0, 1]))
    if deep:
        inner = dict(type='ConcatDataset', datasets=[annotated([0, 1]), inner])
    with pytest.raises(ValueError, match=f'{wrapper["type"]} inside NoisyLabels'):
        build(type='NoisyLabels', dataset=inner)


def test_digits_train_in_several_workers():
    from mmengine.runner import Runner

    inner = dict(type='Digits', pipeline=PACK)
    noisy = dict(
        type='NoisyLabels', dataset=inner, noise=dict(type='symmetric', rate=1)
    )
    loader = Runner.build_dataloader(
        dict(
            batch_size=500,
            num_workers=2,
            persistent_workers=True,
            sampler=dict(type='DefaultSampler', shuffle=False),
            dataset=noisy,
        ),
        seed=0,
    )
    for _ in range(2):
        samples = [sample for batch in loader for sample in batch['data_samples']]
        assert [sample.sample_idx for sample in samples] == list(range(1437))
        labels = [int(sample.gt_label) for sample in samples]
        assert labels == loader.dataset.get_gt_labels().tolist()


@pytest.mark.parametrize('inner', [None, [1, 2]])
def test_other_kinds_of_datasets_inside_are_refused(inner):
    with pytest.raises(
        ValueError, match='inside NoisyLabels is no dataset of MMEngine'
    ):
        NoisyLabels(inner)


def test_the_wrapper_that_refuses_is_named(annotated):
    repeated = dict(type='RepeatDataset', times=2, dataset=annotated([0, 1]))
    with pytest.raises(ValueError, match='inside CleanLabels .*type="CleanLabels"'):
        build(type='CleanLabels', dataset=repeated, fraction=0.5)
