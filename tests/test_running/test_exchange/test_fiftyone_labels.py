"""Labels for FiftyOne, and what it exports, as its importer and exporter have them."""

import json

import numpy as np
import pytest

from nl_plugins.formats.label_file import LabelFile
from nl_plugins.running.exchange.fiftyone_labels import (
    read_fiftyone_labels,
    write_fiftyone_labels,
)

NAMES = ['cat/1.jpg', '=cat/<b> "1\n.jpg', 'gr\udcfcn.jpg', 'dog/1.jpg']


@pytest.fixture
def file():
    return LabelFile(
        img_paths=np.array(NAMES, dtype=object),
        given_labels=np.array([0, 0, 1, 1]),
        suggested_labels=np.array([0, 1, 1, 0]),
        scores=np.array([0.9, 0.2, 0.8, 0.1]),
        recommended=np.array(['keep', 'replace', 'keep', 'drop'], dtype=object),
        class_names=['cat', '<i>dog'],
    )


def imported(path) -> dict:
    """What FiftyOne's importer makes of the file: label, confidence, attributes."""
    content = json.loads(path.read_text())
    classes, found = content.get('classes'), {}
    for key, target in content['labels'].items():
        assert key.startswith('/')  # the file itself, no other folder is looked at
        label = target.get('label')
        label = classes[label] if classes else str(label)
        found[key] = label, target.get('confidence'), target.get('attributes', {})
    return found


def exported(labels: dict, path, classes=None):
    """What its exporter writes, with `abs_paths` or keys without suffix."""
    if classes:
        labels = {key: classes.index(label) for key, label in labels.items()}
    path.write_text(json.dumps(dict(classes=classes, labels=labels)))
    return path


def test_what_it_imports(tmp_path, file):
    (path,) = write_fiftyone_labels(file, tmp_path, '/data/my images')
    found = imported(path)
    assert [*found] == [f'/data/my images/{name}' for name in NAMES]
    assert found['/data/my images/' + NAMES[1]] == (
        'cat',
        0.2,
        dict(suggested='<i>dog', recommended='replace'),
    )


@pytest.mark.parametrize('classes', [None, ['<i>dog', 'cat', 'owl']])
@pytest.mark.parametrize('suffix', [True, False])
def test_what_it_exports(tmp_path, file, classes, suffix):
    """One sample removed, one relabelled there."""
    (path,) = write_fiftyone_labels(file, tmp_path, '/data')
    labels = {key: label for key, (label, *_) in imported(path).items()}
    assert labels.pop('/data/cat/1.jpg') == 'cat'
    labels['/data/dog/1.jpg'] = 'cat'
    if not suffix:
        labels = {k.removeprefix('/data/')[:-4]: v for k, v in labels.items()}
    back = read_fiftyone_labels(exported(labels, tmp_path / 'back.json', classes), file)
    assert back.suggested_labels.tolist() == [0, 1, 1, 0]
    assert back.recommended.tolist() == ['drop', 'replace', 'keep', 'replace']
    assert back.verification.tolist() == [-1, -1, -1, 0]


def test_what_nobody_changed_stays_as_it_was(tmp_path, file):
    """The given label of a sample to be replaced is no choice of this label."""
    (path,) = write_fiftyone_labels(file, tmp_path, '/data')
    back = read_fiftyone_labels(path, file)
    for name in ('suggested_labels', 'recommended', 'verification'):
        assert getattr(back, name).tolist() == getattr(file, name).tolist()


@pytest.mark.parametrize(
    ('content', 'message'),
    [
        ([], 'has no "labels"'),
        (
            {'labels': {'/data/other.jpg': 'cat'}},
            "1 of its samples .*'/data/other.jpg'",
        ),
        ({'labels': {'/data/cat/1.jpg': 'owl'}}, "has the label 'owl', which is no"),
        *(
            (
                dict(classes=['<i>dog', 'cat'], labels={'/data/cat/1.jpg': target}),
                f'has the label {shown}, which is no class',
            )
            for target, shown in [
                (-1, '-1'),
                (2, '2'),
                (True, 'True'),
                ({'label': 0.0}, '0.0'),
                (['cat'], r"\['cat'\]"),
            ]
        ),
    ],
)
def test_what_is_no_answer(tmp_path, file, content, message):
    (tmp_path / 'back.json').write_text(json.dumps(content))
    with pytest.raises(ValueError, match=message):
        read_fiftyone_labels(tmp_path / 'back.json', file)


def test_numbers_where_classes_have_no_names(tmp_path, file):
    file = LabelFile(file.img_paths, given_labels=file.given_labels)
    (path,) = write_fiftyone_labels(file, tmp_path, '/data')
    content = json.loads(path.read_text())
    content['labels']['/data/cat/1.jpg'] = 1
    path.write_text(json.dumps(content))
    assert read_fiftyone_labels(path, file).suggested_labels.tolist() == [1, 0, 1, 1]
    content['classes'] = [1, 0, 1.0, True]
    path.write_text(json.dumps(content))
    assert read_fiftyone_labels(path, file).suggested_labels.tolist() == [0, 0, 1, 1]
    for target in (2, 3, '1' * 30):
        content['labels']['/data/cat/1.jpg'] = target
        path.write_text(json.dumps(content))
        with pytest.raises(ValueError, match='which is no class'):
            read_fiftyone_labels(path, file)


def test_an_image_that_is_there_twice(tmp_path, file):
    file.img_paths[1] = file.img_paths[0]
    with pytest.raises(ValueError, match="'cat/1.jpg' is there twice"):
        write_fiftyone_labels(file, tmp_path, '/data')
