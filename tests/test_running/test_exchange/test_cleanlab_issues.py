"""The answers of cleanlab, in the forms it gives them."""

import numpy as np
import pytest
from tool_runs import print_of_tool

from nl_plugins.formats.label_file import (
    LabelFile,
    read_label_file,
    write_label_file,
)
from nl_plugins.running.exchange.cleanlab_issues import (
    read_cleanlab_issues,
    write_cleanlab_issues,
)

MASK = np.array([False, True, False, True])


@pytest.fixture
def file():
    return LabelFile(
        img_paths=np.array([f'{i}.png' for i in range(4)], dtype=object),
        given_labels=np.array([0, 1, 0, 1]),
        suggested_labels=np.array([0, 0, 0, 1]),
        scores=np.array([0.9, 0.2, 0.8, 0.7]),
        weights=np.full(4, 0.5),
        selected=np.array([True, False, True, True]),
    )


@pytest.mark.parametrize('values', [MASK, np.array([3, 1])])
def test_a_mask_or_indices(tmp_path, file, values):
    np.save(tmp_path / 'issues.npy', values)
    found = read_cleanlab_issues(tmp_path / 'issues.npy', file)
    assert found.selected.tolist() == (~MASK).tolist()
    assert found.recommended.tolist() == ['keep', 'drop', 'keep', 'drop']
    assert np.array_equal(found.scores, file.scores)


def test_a_table(tmp_path, file):
    path = tmp_path / 'issues.csv'
    path.write_text(
        'is_label_issue,label_quality,given_label,predicted_label\n'
        'False,0.8,0,0\nTrue,0.1,1,0\nFalse,0.7,0,0\nTrue,0.2,1,0\n'
    )
    found = read_cleanlab_issues(path, file)
    assert found.scores.tolist() == [0.8, 0.1, 0.7, 0.2]
    assert found.suggested_labels.tolist() == [0, 0, 0, 0]
    assert found.selected.tolist() == (~MASK).tolist()
    path.write_text(path.read_text().replace('True', 'maybe'))
    with pytest.raises(ValueError, match="line 3, .*'maybe' is not True or False"):
        read_cleanlab_issues(path, file)


@pytest.mark.parametrize(
    ('values', 'message'),
    [
        (MASK[:3], 'of 3 samples, the labels of 4'),
        (np.array([4]), 'the index 4, but there are 4'),
        (np.array([-1]), 'the index -1'),
        (MASK.astype(int), 'the index 0 2 times, .*: save a mask as booleans'),
        (MASK.astype(np.uint8), 'the index 0 2 times'),
        (np.zeros((4, 2)), 'no mask and no indices, but float64'),
    ],
)
def test_what_is_no_answer(tmp_path, file, values, message):
    np.save(tmp_path / 'issues.npy', values)
    with pytest.raises(ValueError, match=message):
        read_cleanlab_issues(tmp_path / 'issues.npy', file)


@pytest.mark.parametrize('content', [b'', b'no array', b'PK\x03\x04 cut off'])
def test_a_file_that_holds_no_array(tmp_path, file, content):
    path = tmp_path / 'issues.npy'
    path.write_bytes(content)
    with pytest.raises(ValueError, match=f'{path} (is empty|is cut off, or holds no)'):
        read_cleanlab_issues(path, file)


def test_from_the_command_line(tmp_path, file):
    labels, issues = tmp_path / 'labels.csv', tmp_path / 'issues.npy'
    write_label_file(labels, **dict(vars(file), class_names=['cat', 'dog']))
    np.save(issues, MASK)
    out = tmp_path / 'cleanlab.csv'
    printed = print_of_tool('import_issues', labels, issues, '--out', out)
    assert 'of 4 2 to be dropped, 0 replaced' in printed
    assert read_label_file(out).selected.tolist() == (~MASK).tolist()
    assert read_label_file(out).class_names == {0: 'cat', 1: 'dog'}


def test_there_and_back(tmp_path, file):
    """The issues, the mask, and the table as pandas would have written it."""
    paths = write_cleanlab_issues(file, tmp_path, '')
    assert paths[0].read_text().splitlines()[:3] == [
        'is_label_issue,label_quality,given_label,predicted_label',
        'False,0.9,0,0',
        'True,0.2,1,0',
    ]
    assert np.load(paths[1]).tolist() == [False, True, False, False]
    for path in paths:
        back = read_cleanlab_issues(path, file)
        assert back.selected.tolist() == file.selected.tolist()
        assert np.array_equal(back.scores, file.scores)
    shifted = paths[0].read_text().replace('0.9,0,0', '0.9,1,0')
    paths[0].write_text(shifted)
    with pytest.raises(ValueError, match='row 0 has the given label 1, here it is 0'):
        read_cleanlab_issues(paths[0], file)
