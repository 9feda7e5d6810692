import numpy as np
import pytest
from image_folder import jpeg

from nl_plugins.datasets.image_labels import ImageLabels
from nl_plugins.datasets.training_set import TrainingSet
from nl_plugins.formats.label_file import write_label_file
from nl_plugins.report.label_file_report import label_file_report


@pytest.fixture
def training_set(tmp_path):
    for i in range(9):
        path = tmp_path / 'images' / 'abc'[i % 3] / f'{i}.jpg'
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(jpeg(i))
    return TrainingSet(ImageLabels(data_root=str(tmp_path / 'images')))


def write(path, training_set, **changes):
    given = training_set.given_labels
    columns = dict(
        img_paths=training_set.paths(),
        given_labels=given,
        suggested_labels=(given + 1) % 3,
        scores=np.linspace(0, 1, 9),
        weights=np.ones(9),
        selected=np.ones(9, bool),
        recommended=['keep', 'drop', 'replace'] * 3,
    )
    write_label_file(path, **{**columns, **changes})
    return path


def test_says_what_the_file_says(tmp_path, training_set):
    path = write(tmp_path / 'labels.csv', training_set)
    report = label_file_report(path, training_set, title='mine')
    assert report.paths == training_set.paths()
    assert report.given_labels.tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 2]
    assert report.suggested_labels.tolist() == [1, 1, 1, 2, 2, 2, 0, 0, 0]
    assert report.scores.tolist() == np.linspace(0, 1, 9).tolist()
    assert report.recommended.tolist() == ['keep', 'drop', 'replace'] * 3
    assert report.class_names == ['a', 'b', 'c']
    assert report.title == 'mine'
    assert report.load_image(0) == jpeg(0)
    assert report.load_image(4) == jpeg(4)
    assert report.folder == f'{tmp_path}/images/'


@pytest.mark.parametrize(
    ('changes', 'message'),
    [
        (dict(img_paths=['x.jpg'] * 9), "sample 0 is 'x.jpg', but here"),
        (dict(given_labels=[0] * 9), '3.* has the given label 0 in .*, but 1 here'),
    ],
)
def test_refuses_a_file_of_other_samples(tmp_path, training_set, changes, message):
    path = write(tmp_path / 'labels.csv', training_set, **changes)
    with pytest.raises(ValueError, match=message):
        label_file_report(path, training_set)


def test_refuses_a_file_of_fewer_samples(tmp_path, training_set):
    path = write(tmp_path / 'labels.csv', training_set)
    path.write_text(path.read_text().rsplit('\n', 2)[0] + '\n')
    with pytest.raises(ValueError, match='8 samples, but the training set has 9'):
        label_file_report(path, training_set)
