import os

import numpy as np
import pytest
from mmengine.fileio import dump, load
from mmengine.runner import Runner
from mmpretrain.registry import DATASETS

from nl_plugins.datasets.columns import known_labels
from nl_plugins.datasets.wrappers.clean_labels import CleanLabels

PACK = [dict(type='PackInputs')]
NOISE = dict(type='symmetric', rate=0.5)


def digits(**kwargs):
    inner = dict(type='Digits', pipeline=PACK)
    return dict(type='NoisyLabels', dataset=inner, noise=NOISE, **kwargs)


def infos(dataset):
    return [dataset.get_data_info(i) for i in range(len(dataset))]


def labels(dataset, key='gt_label'):
    return [info[key] for info in infos(dataset)]


def test_a_fraction_of_the_true_labels_becomes_clean():
    noisy = DATASETS.build(digits())
    dataset = DATASETS.build(
        dict(type='CleanLabels', dataset=digits(), fraction=0.1, seed=3)
    )
    assert len(dataset) == 1437
    known = dataset.columns.clean_labels >= 0
    assert known.sum() == 144  # 143.7 rounded up
    true, given = np.array(labels(noisy, 'true_label')), np.array(labels(noisy))
    assert np.array_equal(dataset.columns.clean_labels, np.where(known, true, -1))
    assert np.array_equal(dataset.columns.noisy_labels, given)
    assert labels(dataset) == np.where(known, true, given).tolist()
    assert np.array_equal(dataset.get_gt_labels(), labels(dataset))
    assert labels(dataset, 'true_label') == true.tolist()  # for analysis
    assert labels(dataset, 'sample_idx') == list(range(1437))
    assert 0.3 < (true != given)[known].mean() < 0.7  # drawn whatever the label


def test_the_draw_depends_on_the_seed_alone():
    def drawn(seed, fraction=0.05):
        dataset = CleanLabels(digits(), fraction=fraction, seed=seed)
        return np.flatnonzero(dataset.columns.clean_labels >= 0).tolist()

    assert drawn(0) == drawn(0) != drawn(1)
    assert set(drawn(0)) < set(drawn(0, 0.2))
    assert drawn(0)[:3] == [7, 10, 18]  # on every machine
    assert len(drawn(0, 1)) == 1437


def test_the_draw_tells_nothing_of_the_noise():
    """Also with one seed for both, which tools/compare.py gives them."""
    for seed in range(4):
        dataset = CleanLabels(digits(seed=seed), fraction=0.1, seed=seed)
        known = dataset.columns.clean_labels >= 0
        columns = dataset.columns.take(np.flatnonzero(known))
        clean, noisy = columns.clean_labels, columns.noisy_labels
        assert 0.35 < (clean != noisy).mean() < 0.65
        counts = np.bincount(noisy[clean != noisy], minlength=10)
        assert counts.max() < 0.3 * counts.sum()


def write(annotated, name, paths, gt_labels, classes=('ant', 'bee', 'cat')):
    config = annotated(gt_labels, classes, name)
    content = load(config['ann_file'])
    for info, path in zip(content['data_list'], paths):
        info['img_path'] = path
    dump(content, config['ann_file'])
    return config


def test_clean_images_are_joined_by_path_and_the_others_added(annotated):
    paths = ['a.jpg', 'b.jpg', 'c,d.jpg', 'b.jpg']
    noisy = write(annotated, 'n.json', paths, [0, 1, 2, 0])
    paths = ['x.jpg', 'c,d.jpg', 'b.jpg', 'y.jpg']
    clean = write(annotated, 'c.json', paths, [2, 2, 0, 1])
    dataset = DATASETS.build(dict(type='CleanLabels', dataset=noisy, clean=clean))
    assert labels(dataset, 'img_path') == [
        f'images/{name}.jpg' for name in ('a', 'b', 'c,d', 'b', 'x', 'y')
    ]
    assert labels(dataset, 'noisy_label') == [0, 1, 2, 0, -1, -1]
    assert labels(dataset, 'clean_label') == [-1, 0, 2, 0, 2, 1]
    assert labels(dataset) == [0, 0, 2, 0, 2, 1]
    assert labels(dataset, 'sample_idx') == list(range(6))
    assert dataset.get_data_info(0)['true_label'] == -1
    assert dataset.get_data_info(-1)['true_label'] == 1
    only = CleanLabels(noisy, clean, clean_only=True)
    assert labels(only, 'clean_label') == labels(only) == [0, 2, 0, 2, 1]
    assert labels(only, 'noisy_label') == [1, 2, 0, -1, -1]
    assert labels(only, 'sample_idx') == list(range(5))


def test_clean_images_are_joined_however_their_paths_are_spelled(annotated):
    noisy = write(annotated, 'n.json', ['a.jpg', 'b.jpg', 's3://c/./d.jpg'], [0, 1, 2])
    paths = [os.path.abspath('images/a.jpg'), '../images/./b.jpg', 's3://c/d.jpg']
    clean = write(annotated, 'c.json', paths, [1, 1, 0])
    dataset = CleanLabels(noisy, clean)
    assert labels(dataset, 'noisy_label') == [0, 1, 2, -1]
    assert labels(dataset, 'clean_label') == [1, 1, -1, 0]
    clean = write(annotated, 'c.json', ['a.jpg', './a.jpg'], [0, 1])
    with pytest.raises(ValueError, match="'images/./a.jpg' has two clean labels"):
        CleanLabels(noisy, clean)


def test_clothing1m(tmp_path):
    from layouts.clothing1m import CLEAN, LISTS, NOISY, write_clothing1m

    root = str(write_clothing1m(tmp_path, images=False))
    make = dict(type='Clothing1M', data_root=root)
    dataset = CleanLabels(
        dict(make, split='noisy_and_verified_train'), dict(make, split='clean_train')
    )
    for info in infos(dataset):
        key = info['img_path'][info['img_path'].index('images/') :]
        assert info['noisy_label'] == NOISY.get(key, -1)
        clean = CLEAN[key] if key in LISTS['clean_train'] else -1
        assert info['clean_label'] == clean
        both = clean >= 0 and key in NOISY
        assert info.get('verification', -1) == (1 if both else -1)  # of gt_label
    assert len(dataset) == len({*LISTS['noisy_train'], *LISTS['clean_train']})


def test_samples_tell_their_labels_whatever_the_pipeline_packs():
    inner = digits()
    inner['dataset']['pipeline'] = [dict(type='PackInputs', meta_keys=())]
    loader = Runner.build_dataloader(
        dict(
            batch_size=1437,
            num_workers=2,
            dataset=dict(type='CleanLabels', dataset=inner, fraction=0.2),
            sampler=dict(type='DefaultSampler', shuffle=False),
        )
    )
    (batch,) = loader
    for sample, info in zip(batch['data_samples'], infos(loader.dataset)):
        assert sample.clean_label == info['clean_label']
        assert sample.noisy_label == info['noisy_label']
        assert int(sample.gt_label) == info['gt_label']


def test_in_memory_serves_whole_batches_with_their_labels():
    inner = dict(type='CleanLabels', dataset=digits(), fraction=0.2)
    dataset = DATASETS.build(dict(type='InMemory', dataset=inner))
    assert dataset.batches is not None
    clean, noisy = known_labels(dataset)
    assert np.array_equal(clean, dataset.dataset.columns.clean_labels)
    assert np.array_equal(noisy, dataset.dataset.columns.noisy_labels)
    rows = [5, 3, 1400, 3]
    for row, data in zip(rows, dataset.__getitems__(rows)):
        assert data['data_samples'].clean_label == clean[row]
        assert data['data_samples'].noisy_label == noisy[row]


def test_known_labels_of_other_datasets():
    assert known_labels(DATASETS.build(digits())) is None


def test_the_sample_that_takes_the_place_of_a_broken_image_has_its_own_labels():
    def drop(info):
        return None if info['sample_idx'] == 0 else info

    dataset = CleanLabels(digits(), fraction=0.5, pipeline=[drop, *PACK])
    for _ in range(5):
        sample = dataset[0]['data_samples']
        row = sample.sample_idx
        assert row != 0
        assert sample.clean_label == dataset.columns.clean_labels[row]
        assert sample.noisy_label == dataset.columns.noisy_labels[row]


def test_the_inner_pipeline_is_left_alone():
    inner = DATASETS.build(digits())
    CleanLabels(inner, fraction=0.1)
    assert 'clean_label' not in inner[0]['data_samples']


def test_over_and_under_other_wrappers(tmp_path):
    parts = dict(type='ConcatDataset', datasets=[digits(), digits(seed=1)])
    dataset = CleanLabels(parts, fraction=0.1)
    assert labels(dataset, 'sample_idx') == list(range(2 * 1437))
    around = dict(type='NoisyLabels', dataset=dataset, noise=NOISE, seed=2)
    around = DATASETS.build(around)
    assert (np.array(labels(around)) != labels(dataset)).mean() > 0.4
    repeated = DATASETS.build(dict(type='RepeatDataset', dataset=dataset, times=2))
    assert len(repeated) == 4 * 1437


@pytest.mark.parametrize('bad', [dict(), dict(fraction=0.1, clean=digits())])
def test_one_source_of_clean_labels(bad):
    with pytest.raises(ValueError, match='either `clean`, .* or `fraction`'):
        CleanLabels(digits(), **bad)


def test_no_true_labels():
    plain = dict(type='Digits', pipeline=PACK)
    with pytest.raises(ValueError, match='no sample of Digits has a `true_label`'):
        CleanLabels(plain, fraction=0.1)


@pytest.mark.parametrize(
    ('settings', 'message'),
    [
        (dict(fraction=0.0), r'fraction must lie in \(0, 1\], got 0.0'),
        (dict(fraction=1.1), r'fraction must lie in \(0, 1\], got 1.1'),
        (dict(fraction=0.5, seed=-1), 'seed must be an integer >= 0, got -1'),
        (dict(fraction=0.5, pipeline=[dict]), 'end it with PackInputs'),
        (dict(clean=dict(type='RepeatDataset', dataset=digits(), times=2)), 'inside'),
    ],
)
def test_bad_settings(settings, message):
    with pytest.raises(ValueError, match=message):
        CleanLabels(digits(), **settings)


@pytest.mark.parametrize(
    ('paths', 'gt_labels', 'classes', 'message'),
    [
        (
            ['a.jpg', 'a.jpg'],
            [0, 1],
            None,
            "'images/a.jpg' has two clean labels",
        ),
        (['a.jpg'], [3], None, 'sample 0 of the clean dataset: label 3 is none of the'),
        (['a.jpg'], [0], ('bee', 'ant', 'cat'), 'other numbers in the clean dataset'),
    ],
)
def test_clean_datasets_that_do_not_fit(annotated, paths, gt_labels, classes, message):
    noisy = write(annotated, 'n.json', ['a.jpg', 'b.jpg'], [0, 1])
    classes = classes or ('ant', 'bee', 'cat')
    clean = write(annotated, 'c.json', paths, gt_labels, classes)
    with pytest.raises(ValueError, match=message):
        CleanLabels(noisy, clean)
