"""Marks that people gave, for samples that have come and gone since."""

import numpy as np
import pytest
from feature_toy import features, write_features
from mmengine.registry import init_default_scope
from mmpretrain.registry import DATASETS

from nl_plugins.datasets.training_set import TrainingSet
from nl_plugins.formats.label_file import write_label_file
from nl_plugins.running.verified_marks import (
    count_outlook,
    merge_marks,
    rate_outlook,
    write_marks,
)


@pytest.fixture
def samples(tmp_path):
    init_default_scope('mmpretrain')
    path = write_features(tmp_path / 'train', count=6)
    return TrainingSet(DATASETS.build(features(path)))


def marks_file(path, rows):
    index, names, labels, marks = zip(*rows)
    write_label_file(
        path,
        indices=np.array(index),
        img_paths=names,
        given_labels=np.array(labels),
        verification=np.array(marks),
    )
    return path


def test_matched_by_path_and_the_last_counts(tmp_path, samples):
    names, given = samples.paths(), samples.given_labels.tolist()
    first = marks_file(
        tmp_path / 'first.csv',
        [
            (400, names[2], given[2], 1),  # another number than now
            (0, names[1], given[1], 0),
            (1, 'gone.png', 0, 1),
            (2, names[3], given[3] + 1, 1),
            (3, names[4], given[4], -1),
        ],
    )
    second = marks_file(tmp_path / 'second.csv', [(9, names[1], given[1], 1)])
    marks, notes = merge_marks([first, second], samples)
    assert marks.tolist() == [-1, 1, 1, -1, -1, -1]
    assert notes == [
        f"{first}: 1 of 4 verified samples are gone, the first is 'gone.png': not used",
        f'{first}: 1 of 4 verified samples have another label now, the first is '
        f'{names[3]!r}: not used',
    ]


def test_paths_with_more_or_fewer_folders(tmp_path, samples):
    names, given = samples.paths(), samples.given_labels.tolist()
    longer = [(0, f'images/{names[3]}', given[3], 1), (1, '3.png', 0, 1)]
    marks, notes = merge_marks([marks_file(tmp_path / 'a.csv', longer)], samples)
    assert marks.tolist() == [-1, -1, -1, 1, -1, -1]
    assert len(notes) == 1  # one image, named twice


def test_what_is_written_is_read(tmp_path, samples):
    marks = np.array([1, -1, 0, -1, -1, 1])
    write_marks(tmp_path / 'marks.csv', marks, samples)
    read, notes = merge_marks([tmp_path / 'marks.csv'], samples)
    assert np.array_equal(read, marks)
    assert notes == []
    dataset = dict(
        type='VerificationLabels',
        dataset=features(tmp_path / 'train'),
        file=str(tmp_path / 'marks.csv'),
    )
    assert DATASETS.build(dataset).columns.verification.tolist() == marks.tolist()


def test_the_interval_of_a_draw_and_of_a_larger_one():
    error = (0.25 / 100 * (1 - 100 / 1000)) ** 0.5
    assert rate_outlook(0.5, error, 100, 1000, more=300) == (
        'noise rate 0.50 ± 0.09 from 100 random marks; 300 more would give ± 0.04'
    )  # 1.96 * (0.25 / 400 * 0.6) ** 0.5 = 0.038
    assert rate_outlook(0.5, error, 100, 1000).endswith('200 more would give ± 0.05')
    assert rate_outlook(0.5, 0.0375, 100, 160).endswith('60 more would give ± 0.00')
    for count, size in ((0, 10), (11, 10)):
        with pytest.raises(ValueError, match=f'{count} of {size} samples'):
            rate_outlook(0.5, 0.1, count, size)


def test_marks_alone():
    assert count_outlook(19, 19, 50).startswith('19 random marks: 1 more')
    assert count_outlook(0, 20, 20) == 'noise rate 0.00 ± 0.00 from 20 random marks'
    # (1 / 22 * 21 / 22 / 20) ** 0.5 * 1.96 = 0.091
    assert count_outlook(0, 20, 10**9).startswith('noise rate 0.00 ± 0.09 from 20')


@pytest.mark.parametrize('rate', [0.1, 0.4])
def test_the_interval_of_the_larger_draw_is_the_one_it_has(rate):
    """What 60 marks announce for 260 is the scatter of draws of 260."""
    rng = np.random.default_rng(0)
    wrong = rng.random(5000) < rate
    rates = [wrong[rng.permutation(5000)[:260]].mean() for _ in range(400)]
    announced = [
        float(count_outlook(wrong[rng.permutation(5000)[:60]].sum(), 60, 5000)[-4:])
        for _ in range(100)
    ]
    assert np.mean(announced) == pytest.approx(1.96 * np.std(rates), abs=0.006)
