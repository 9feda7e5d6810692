import numpy as np
import pytest

from nl_plugins.formats.transition_file import read_transition

MATRIX = [[0.5, 0.5, 0.0], [0.25, 0.75, 0.0], [0.0, 0.0, 1.0]]


@pytest.mark.parametrize('suffix', ['.npy', '.csv', '.json', '.CSV'])
def test_formats(tmp_path, suffix):
    path = tmp_path / f'matrix{suffix}'
    if suffix == '.npy':
        np.save(path, np.array(MATRIX, dtype=np.float32))
    elif suffix == '.json':
        path.write_text(str(MATRIX))
    else:
        path.write_bytes(b'\xef\xbb\xbf0.5,0.5,0\r\n.25, .75,0\r\n0,"0",1e0\r\n\r\n')
    matrix = read_transition(str(path))
    assert matrix.dtype == np.float64
    assert matrix.tolist() == MATRIX


@pytest.mark.parametrize(
    ('name', 'text', 'message'),
    [
        ('m.csv', '1,0\n0', 'row 1 has 1 numbers'),
        ('m.csv', '1,0\n0,x', "'x'"),
        ('m.csv', 'a,b\n0,1', "'a'"),
        ('m.json', '[[1, 0], [1]]', 'row 1 has 1'),
        ('m.json', '{"matrix": [[1]]}', 'holds a dict'),
        ('m.json', '[[1, 0], [1, null]]', 'row 1 holds'),
        ('m.csv', '1,0\n0,inf', 'row 1 holds'),
        ('m.json', '[1, 2]', 'm.json'),
        ('m.json', '[[1', 'm.json'),
        ('m.npy', 'junk', 'm.npy'),
        ('m.npy', '', 'm.npy'),
        ('m.txt', '1', '.npy, .csv, .json'),
    ],
)
def test_errors_name_the_file(tmp_path, name, text, message):
    (tmp_path / name).write_text(text)
    with pytest.raises(ValueError, match=message) as caught:
        read_transition(str(tmp_path / name))
    assert str(tmp_path / name) in str(caught.value)


def test_a_pickled_matrix_is_not_loaded(tmp_path):
    path = str(tmp_path / 'matrix.npy')
    np.save(path, np.array([{}], dtype=object), allow_pickle=True)
    with pytest.raises(ValueError, match='allow_pickle=False'):
        read_transition(path)
