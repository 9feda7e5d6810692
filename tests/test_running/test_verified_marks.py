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
    marks = merge_marks([first, second], samples)
    assert marks.verification.tolist() == [-1, 1, 1, -1, -1, -1]
    assert marks.notes == [
        f"{first}: 1 of 4 verified samples are gone, the first is 'gone.png': not used",
        f'{first}: 1 of 4 verified samples have another label now, the first is '
        f'{names[3]!r}: not used',
    ]


def test_paths_with_more_or_fewer_folders(tmp_path, samples):
    names, given = samples.paths(), samples.given_labels.tolist()
    longer = [(0, f'images/{names[3]}', given[3], 1), (1, '3.png', 0, 1)]
    marks = merge_marks([marks_file(tmp_path / 'a.csv', longer)], samples)
    assert marks.verification.tolist() == [-1, -1, -1, 1, -1, -1]
    assert len(marks.notes) == 1  # one image, named twice


def test_what_is_written_is_read(tmp_path, samples):
    names, given = samples.paths(), samples.given_labels.tolist()
    answers = [1, -1, 0, -1, -1, 1]
    rows = [(row, names[row], given[row], answers[row]) for row in (5, 2, 0)]
    first = marks_file(tmp_path / 'first.csv', rows[:1])
    second = marks_file(tmp_path / 'second.csv', rows[1:])
    marks = merge_marks([first, second], samples, [second])
    path, drawn = tmp_path / 'marks.csv', tmp_path / 'drawn.csv'
    write_marks(path, marks, samples)
    write_marks(drawn, marks, samples, drawn=True)
    read = merge_marks([drawn, path], samples, [drawn])
    assert read.verification.tolist() == answers
    assert np.flatnonzero(read.drawn).tolist() == [0, 2]
    assert read.notes == []
    train = features(tmp_path / 'train')
    dataset = dict(type='VerificationLabels', dataset=train, file=str(path))
    assert DATASETS.build(dataset).columns.verification.tolist() == answers


def test_a_part_of_a_draw_is_told(tmp_path, samples):
    names, given = samples.paths(), samples.given_labels.tolist()
    rows = [(row, names[row], given[row], 1 if row < 2 else -1) for row in range(5)]
    path = marks_file(tmp_path / 'random.csv', rows)
    assert merge_marks([path], samples).notes == []
    (note,) = merge_marks([path], samples, [path]).notes
    assert note.startswith(f'{path}: 3 of 5 images drawn at random have no mark')


def test_nothing_to_write(tmp_path, samples):
    write_marks(tmp_path / 'marks.csv', merge_marks([], samples), samples)
    assert not (tmp_path / 'marks.csv').exists()


def test_a_mark_that_was_taken_back(tmp_path, samples):
    names, given = samples.paths(), samples.given_labels.tolist()
    rows = [(row, names[row], given[row], row % 2) for row in range(4)]
    first, second = marks_file(tmp_path / 'first.csv', rows), tmp_path / 'second.csv'
    write_label_file(
        second,
        img_paths=names[:3],
        given_labels=given[:3],
        verification=[-1, -1, 1],
        marks=['unsure', '', 'unsure'],  # an answer counts more than the word
    )
    marks = merge_marks([first, second], samples, [first])
    path = tmp_path / 'marks.csv'
    write_marks(path, marks, samples)
    assert marks.verification.tolist() == [-1, 1, 1, 1, -1, -1]
    assert merge_marks([first, path], samples).verification.tolist() == [
        -1, 1, 1, 1, -1, -1
    ]  # fmt: skip
    inner = dict(
        type='VerificationLabels', dataset=features(tmp_path / 'train'), file=str(first)
    )
    dataset = dict(type='VerificationLabels', dataset=inner, file=str(path))
    known = DATASETS.build(dataset).columns.verification
    assert known.tolist() == [-1, 1, 1, 1, -1, -1]


class Rounds:
    """Marks of named labels, merged and written again by each round."""

    def __init__(self, folder):
        self.folder = folder
        self.file, self.drawn = folder / 'marks.csv', folder / 'drawn.csv'

    def look(self, classes, paths):
        """The marks of these images, whose class is their folder."""
        labels = [classes.index(path.split('/')[0]) for path in paths]
        path = self.folder / f'{len([*self.folder.iterdir()])}'
        settings = dict(names=paths, columns=dict(labels=labels), classes=classes)
        write_features(path, count=len(paths), **settings)
        samples = TrainingSet(DATASETS.build(features(path)))
        marks = merge_marks([self.drawn, self.file], samples, [self.drawn])
        write_marks(self.file, marks, samples)
        write_marks(self.drawn, marks, samples, drawn=True)
        return marks.verification.tolist(), marks.drawn.tolist()


def test_images_and_classes_come_and_go(tmp_path):
    init_default_scope('mmpretrain')
    paths = ['a/1.png', 'a/2.png', 'b/1.png', 'b/2.png', 'c/1.png']
    known = dict(given_labels=[0, 1, 1, 2], class_names=[*'abc'])
    rounds = Rounds(tmp_path)
    for path, part in ((rounds.file, 4), (rounds.drawn, 2)):
        columns = {name: values[:part] for name, values in known.items()}
        columns['class_names'] = known['class_names']
        names, answers = ['a/1.png', *paths[2:]][:part], [1, 0, 1, 0][:part]
        write_label_file(path, img_paths=names, verification=answers, **columns)
    drawn = [True, False, True, False, False]
    assert rounds.look([*'abc'], paths) == ([1, -1, 0, 1, 0], drawn)
    left = ['a/2.png', 'b/2.png', 'c/1.png']
    assert rounds.look([*'abc'], left) == ([-1, 1, 0], [False] * 3)
    with_new = ['a/1.png', 'aa/1.png', 'b/1.png', 'c/1.png']
    now = rounds.look(['a', 'aa', 'b', 'c'], with_new)
    assert now == ([1, -1, 0, 0], [True, False, True, False])
    assert rounds.look(['a'], ['a/2.png']) == ([-1], [False])  # classes went
    assert rounds.look(['0', *'abc'], paths) == ([1, -1, 0, 1, 0], drawn)


def test_a_mark_of_another_label_waits_for_it_or_for_a_new_one(tmp_path, samples):
    names, given = samples.paths(), samples.given_labels.tolist()
    rows = [(3, names[3], given[3] + 1, 1), (4, names[4], given[4] + 1, 1)]
    first = marks_file(tmp_path / 'first.csv', rows)
    second = marks_file(tmp_path / 'second.csv', [(3, names[3], given[3], 0)])
    for files in ([second, first], [first, second]):
        marks = merge_marks(files, samples)
        assert marks.verification.tolist() == [-1, -1, -1, 0, -1, -1]
        assert [*marks.lost] == [names[4]]
