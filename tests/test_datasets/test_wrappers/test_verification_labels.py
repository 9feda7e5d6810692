"""Verification labels from a file and from true labels."""

import numpy as np
import pytest
from image_folder import CLASSES, Folder
from mmengine.registry import init_default_scope
from mmpretrain.registry import DATASETS
from toy import toy

from nl_plugins.datasets.training_set import TrainingSet
from nl_plugins.formats.label_file import write_label_file


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
        indices=rows,
        img_paths=[f'train/{CLASSES[row % 3]} {row}.jpg' for row in rows],
        given_labels=[row % 3 for row in rows],
        class_names=CLASSES,
        verification=verification,
    )
    write_label_file(path, **{**columns, **changes})
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
        (dict(indices=[12], img_paths=['a']), "1 verified samples are gone.* 'a'"),
        (dict(given_labels=[2]), 'have another label now.*train/ant 3.jpg'),
        (dict(img_paths=['train/elsewhere.jpg']), 'gone.*train/elsewhere.jpg'),
    ],
)
def test_a_file_of_other_data_is_refused(folder, change, message):
    path = write(folder, **{**dict(rows=[3], verification=[1]), **change})
    with pytest.raises(ValueError, match=message):
        verified(folder.dataset('train'), file=path)


def test_samples_that_came_and_went_since(folder):
    """Found by path; what is gone, or has another label now, is told and not used."""
    path = write(folder, [1, 3, 5, 7], [1, 0, 1, 0])
    lines = folder.lists['train']
    lines[5] = lines[5].replace(' 2', ' 0')  # has another label now
    folder.lists['train'] = ['train/new.jpg 1', *lines[:7], *lines[8:]]
    dataset = verified(folder.dataset('train'), file=path)
    want = np.full(12, -1)
    want[[2, 4]] = 1, 0
    assert column(dataset) == want.tolist()
    gone, changed = dataset.notes
    assert "1 of 4 verified samples are gone, the first is 'train/bee 7.jpg'" in gone
    assert "have another label now, the first is 'train/cat 5.jpg'" in changed


def test_labels_are_those_of_the_same_name(folder):
    """Another class has come before the others: all have other numbers."""
    names = ['aardvark', *CLASSES]
    path = write(folder, [3, 4], [1, 0], given_labels=[1, 2], class_names=names)
    assert column(verified(folder.dataset('train'), file=path))[3:5] == [1, 0]
    path = write(folder, [3], [1], class_names=names)
    with pytest.raises(ValueError, match='have another label now'):
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


def test_a_list_of_an_earlier_version(folder):
    path = folder.path('old.csv')
    path.write_text(
        'sample_idx,img_path,given_label,class_name,verification\n'
        '3,train/ant 3.jpg,0,ant,0\n'
    )
    assert column(verified(folder.dataset('train'), file=str(path)))[3] == 0
