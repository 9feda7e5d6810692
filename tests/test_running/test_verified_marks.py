"""Marks that people gave, for samples that have come and gone since."""

import numpy as np
import pytest
from feature_toy import features, write_features
from mmengine.registry import init_default_scope
from mmpretrain.registry import DATASETS

from nl_plugins.datasets.training_set import TrainingSet
from nl_plugins.formats.label_file import write_label_file
from nl_plugins.running.verified_marks import merge_marks, write_marks


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
