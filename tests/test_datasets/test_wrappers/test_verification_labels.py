"""Verification labels from a file and from true labels."""

import numpy as np
import pytest
from image_folder import CLASSES, Folder
from mmengine.registry import init_default_scope
from mmpretrain.registry import DATASETS
from toy import toy

from nl_plugins.datasets.training_set import TrainingSet
from nl_plugins.formats.verification_file import (
    read_verification_file,
    write_verification_file,
)


@pytest.fixture
def folder(tmp_path):
    init_default_scope('mmpretrain')
    return Folder(tmp_path)


def verified(dataset, **kwargs):
    return DATASETS.build(dict(type='VerificationLabels', dataset=dataset, **kwargs))


def column(dataset):
    return [dataset.get_data_info(i)['verification'] for i in range(len(dataset))]


def write(folder, rows, verification, **changes):
    path = folder.path('verified.csv')
    columns = dict(
        rows=rows,
        img_paths=[f'train/{CLASSES[row % 3]} {row}.jpg' for row in rows],
        given_labels=[row % 3 for row in rows],
        class_names=[CLASSES[row % 3] for row in rows],
        verification=verification,
    )
    write_verification_file(path, **{**columns, **changes})
    return str(path)


def test_a_filled_in_file(folder):
    path = write(folder, [3, 11, 0], [1, 0, -1])
    dataset = verified(folder.dataset('train'), file=path)
    want = np.full(12, -1)
    want[[3, 11]] = 1, 0
    assert column(dataset) == want.tolist()
    assert TrainingSet(dataset).verification.tolist() == want.tolist()
    assert dataset.get_data_info(3)['gt_label'] == 0
    assert '2, by' in repr(dataset)


def test_a_part_of_the_samples_keeps_its_rows(folder):
    path = write(folder, [3, 11, 0], [1, 0, 0])
    dataset = verified(folder.dataset('train'), file=path, indices=[11, 0, 1])
    assert column(dataset) == [0, 0, -1]
    assert [dataset.get_data_info(i)['sample_idx'] for i in range(3)] == [0, 1, 2]


def test_what_the_inner_dataset_knows_is_kept():
    init_default_scope('mmpretrain')
    inner = DATASETS.build(toy(verified=True))
    known = column(inner)
    dataset = verified(toy(verified=True), share=0.2)
    assert all(a == b for a, b in zip(column(dataset), known) if b >= 0)
    assert sum(a >= 0 for a in column(dataset)) > sum(b >= 0 for b in known)


def test_simulated_from_true_labels():
    init_default_scope('mmpretrain')
    dataset = verified(toy(num_samples=200), share=0.25)
    found = column(dataset)
    assert sum(v >= 0 for v in found) == 50
    infos = [dataset.get_data_info(i) for i in range(200)]
    for info, verification in zip(infos, found):
        right = int(info['gt_label'] == info['true_label'])
        assert verification in (right, -1)
    assert {0, 1} <= set(found)
    assert column(verified(toy(num_samples=200), share=0.25)) == found
    assert column(verified(toy(num_samples=200), share=0.25, seed=1)) != found


def test_over_planted_noise(folder):
    noisy = dict(
        type='NoisyLabels',
        dataset=folder.dataset('train'),
        noise=dict(type='symmetric', rate=0.5),
    )
    dataset = verified(noisy, share=1.0)
    infos = [dataset.get_data_info(i) for i in range(12)]
    assert [info['verification'] for info in infos] == [
        int(info['gt_label'] == i % 3) for i, info in enumerate(infos)
    ]
    assert len(set(column(dataset))) == 2
    at_once = verified(
        folder.dataset('train'), share=1.0, noise=dict(type='symmetric', rate=0.5)
    )
    assert column(at_once) == column(dataset)


def test_the_true_labels_of_the_noise_inside_count(folder):
    """The labels inside are noisy: were they the truth, all would be right."""
    noisy = dict(
        type='NoisyLabels',
        dataset=folder.dataset('train'),
        noise=dict(type='symmetric', rate=0.5),
    )
    want = column(verified(noisy, share=1.0))
    assert column(verified(noisy, share=1.0, keep_true_label=True)) == want


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        (dict(rows=[12], img_paths=['a'], given_labels=[0]), 'no sample 12.* has 12'),
        (dict(given_labels=[2]), 'line 2: label 2 was verified, but sample 3 has 0'),
        (dict(img_paths=['train/bee 1.jpg']), "line 2: it is for 'train/bee 1.jpg'"),
    ],
)
def test_a_file_of_other_data_is_refused(folder, change, message):
    path = write(folder, **{**dict(rows=[3], verification=[1]), **change})
    with pytest.raises(ValueError, match=message):
        verified(folder.dataset('train'), file=path)


@pytest.mark.parametrize(
    ('settings', 'message'),
    [
        ({}, 'either file or share'),
        (dict(file='x', share=0.5), 'either file or share'),
        (dict(share=0), r'share must lie in \(0, 1\], got 0'),
        (dict(share=0.5), 'has no `true_label`'),
    ],
)
def test_bad_settings(folder, settings, message):
    with pytest.raises(ValueError, match=message):
        verified(folder.dataset('train'), **settings)


def test_written_file_reads_back(folder):
    path = write(folder, [3], [1])
    assert read_verification_file(path).columns['verification'].tolist() == [1]
