"""NoisyLabels with the labels of a file."""

import pickle
import warnings

import numpy as np
import pytest
import torch
from mmpretrain.registry import DATASETS

from nl_plugins.formats.label_file import write_label_file


def build(**settings):
    return DATASETS.build(dict(type='NoisyLabels', **settings))


def values(dataset, key):
    return [dataset.get_data_info(i)[key] for i in range(len(dataset))]


def write_csv(path, img_paths, given, suggested, recommended=None):
    count = len(given)
    write_label_file(
        path,
        img_paths=img_paths,
        given_labels=given,
        suggested_labels=suggested,
        scores=np.zeros(count),
        weights=np.ones(count),
        selected=np.ones(count, dtype=bool),
        recommended=recommended,
    )
    return str(path)


PATHS = ['images/0.jpg', 'images/1.jpg', 'images/2.jpg']


def test_the_suggestions_of_a_cleaned_file(annotated, tmp_path):
    path = write_csv(tmp_path / 'l.csv', PATHS, [0, 1, 2], [0, 2, 1])
    dataset = build(dataset=annotated([0, 1, 2]), label_file=path)
    assert dataset.get_gt_labels().tolist() == [0, 2, 1]
    assert 'true_label' not in dataset.get_data_info(0)  # given is not true
    given = build(
        dataset=annotated([0, 1, 2]), label_file=path, label_column='given_label'
    )
    assert given.get_gt_labels().tolist() == [0, 1, 2]


def test_a_cleaned_file_of_a_noisy_run_keeps_the_truth(tmp_path):
    noise = dict(type='symmetric', rate=0.5)
    run = dict(type='NoisyLabels', dataset=dict(type='Digits'), noise=noise, indices=50)
    noisy = DATASETS.build(run)
    given, true = noisy.get_gt_labels(), values(noisy, 'true_label')
    path = write_csv(tmp_path / 'l.csv', [''] * 50, given, true)
    dataset = build(dataset=run, label_file=path)
    assert dataset.get_gt_labels().tolist() == true
    assert values(dataset, 'true_label') == true


@pytest.mark.parametrize(
    ('use', 'labels', 'rows', 'changed'),
    [
        ('suggested', [1, 1, 1, 1], [0, 1, 2, 3], 3),
        ('recommended', [0, 1, 0], [0, 2, 3], 1),
        ('kept', [0, 0], [0, 3], 0),
    ],
)
def test_what_a_cleaned_file_recommends(
    annotated, tmp_path, use, labels, rows, changed
):
    paths = [f'images/{i}.jpg' for i in range(4)]
    words = ['keep', 'drop', 'replace', 'weight']
    path = write_csv(tmp_path / 'l.csv', paths, [0, 1, 2, 0], [1, 1, 1, 1], words)
    with open(path) as file:
        assert 'recommended' in file.readline()
    inner = annotated([0, 1, 2, 0])
    dataset = build(dataset=inner, label_file=path, use=use)
    assert dataset.get_gt_labels().tolist() == labels
    assert values(dataset, 'img_path') == [paths[row] for row in rows]
    assert values(dataset, 'sample_idx') == list(range(len(rows)))
    told = [f'changes {changed} labels and leaves out {4 - len(rows)} of 4 samples']
    assert len(dataset.notes) == (len(rows) < 4)
    assert all(told[0] in note and '1 and to drop 1' in note for note in dataset.notes)
    last = build(dataset=inner, label_file=path, use=use, indices=-1)
    assert values(last, 'img_path') == [paths[3]]
    assert values(dataset.get_subset([1]), 'img_path') == [paths[rows[1]]]


def test_classes_that_a_cleaned_file_leaves_empty_are_told(annotated, tmp_path):
    words = ['keep', 'drop', 'replace']
    path = write_csv(tmp_path / 'l.csv', PATHS, [0, 1, 2], [0, 1, 1], words)
    dataset = build(dataset=annotated([0, 1, 2]), label_file=path, use='recommended')
    assert dataset.notes[0].endswith('no sample has the classes [2] any more')


def test_a_use_that_cannot_be(annotated, tmp_path):
    path = write_csv(tmp_path / 'l.csv', PATHS, [0, 1, 2], [0, 1, 2], ['drop'] * 3)
    settings = dict(dataset=annotated([0, 1, 2]), use='recommended')
    with pytest.raises(ValueError, match="use='recommended' leaves no sample"):
        build(label_file=path, **settings)
    with pytest.raises(ValueError, match='either use=.* or label_column='):
        build(label_file=path, label_column='given_label', **settings)
    for file in (None, 'labels.txt'):
        with pytest.raises(ValueError, match='for the cleaned-label .csv file of a ru'):
            build(label_file=file, **settings)


@pytest.mark.parametrize(
    ('paths', 'given', 'suggested', 'message'),
    [
        (PATHS[::-1], [0, 1, 2], [0, 1, 2], 'row 0 of .* given label 2, .* gives 0'),
        (PATHS[:1] + ['a', '2.jpg\n'], [0, 1, 2], [0, 1, 2], "row 1 of .* is for 'a'"),
        (PATHS, [0, 2, 2], [0, 1, 2], 'row 1 of .* given label 2, .* gives 1'),
        (PATHS, [0, 1, 2], [0, 1, 3], 'sample 2 of .*: label 3 is none of the 3'),
        (['x.jpg'], [0], [0], '1 labels, .* has 3 samples .*set indices of'),
    ],
)
def test_a_cleaned_file_of_other_data(
    annotated, tmp_path, paths, given, suggested, message
):
    path = write_csv(tmp_path / 'l.csv', paths, given, suggested)
    with pytest.raises(ValueError, match=message):
        build(dataset=annotated([0, 1, 2]), label_file=path)


@pytest.mark.parametrize('text', ['2\n1\n0\n', '0.jpg 2\n1.jpg 1\nimages/2.jpg 0\n'])
def test_text_files(annotated, tmp_path, text):
    (tmp_path / 'l.txt').write_text(text)
    dataset = build(dataset=annotated([0, 1, 2]), label_file=str(tmp_path / 'l.txt'))
    assert dataset.get_gt_labels().tolist() == [2, 1, 0]
    assert values(dataset, 'true_label') == [0, 1, 2]


@pytest.mark.parametrize('name', ['10.jpg', 'g', 's/0.jpg', '/images/0.jpg'])
def test_text_files_of_other_paths(annotated, tmp_path, name):
    (tmp_path / 'l.txt').write_text(f'{name} 2\n')
    with pytest.raises(ValueError, match=f"row 0 of .* is for '{name}'"):
        build(dataset=annotated([0]), label_file=str(tmp_path / 'l.txt'))


@pytest.mark.parametrize('bad', [3, -1])
def test_a_label_out_of_range_names_the_row(annotated, tmp_path, bad):
    np.save(tmp_path / 'l.npy', [0, bad])
    with pytest.raises(ValueError, match=rf'sample 1 of .*l.npy: label {bad}'):
        build(dataset=annotated([0, 1]), label_file=str(tmp_path / 'l.npy'))


def test_labels_of_a_dataset_without_classes(annotated, tmp_path):
    inner = annotated([0, 1], classes=None)
    np.save(tmp_path / 'l.npy', [5, 7])
    dataset = build(dataset=inner, label_file=str(tmp_path / 'l.npy'))
    assert dataset.get_gt_labels().tolist() == [5, 7]
    np.save(tmp_path / 'l.npy', [5, -7])
    with pytest.raises(ValueError, match='sample 1 of .*: label -7'):
        build(dataset=inner, label_file=str(tmp_path / 'l.npy'))


@pytest.fixture
def human_file(tmp_path):
    """The layout of CIFAR-10N: a pickle of five noisy labels and the clean one."""
    labels = dict(clean_label=np.array([0, 1, 2]), worse_label=np.array([1, 1, 0]))
    torch.save(labels, tmp_path / 'human.pt')
    return dict(label_file=str(tmp_path / 'human.pt'), label_key='worse_label')


def test_an_annotation_file_with_indices(annotated, human_file):
    with warnings.catch_warnings():
        warnings.simplefilter('error', UserWarning)
        dataset = build(dataset=annotated([0, 1, 2]), indices=2, **human_file)
    assert dataset.get_gt_labels().tolist() == [1, 1]
    assert values(dataset, 'true_label') == [0, 1]


def test_samples_in_another_order_than_the_clean_labels_are_told(annotated, human_file):
    with pytest.warns(UserWarning, match='differs .* in 2 of 3 rows, the first is 0'):
        dataset = build(dataset=annotated([1, 0, 2]), **human_file)
    assert values(dataset, 'true_label') == [1, 0, 2]


def test_a_malicious_label_file_is_refused_and_not_run(annotated, tmp_path):
    class Malicious:
        def __reduce__(self):
            return open, (str(tmp_path / 'owned'), 'w')

    path = tmp_path / 'human.pt'
    path.write_bytes(pickle.dumps(dict(worse_label=Malicious())))
    with pytest.raises(ValueError, match='only dicts of NumPy arrays are loaded'):
        build(dataset=annotated([0]), label_file=str(path), label_key='worse_label')
    assert not (tmp_path / 'owned').exists()
