import numpy as np
import pytest

from nl_plugins.formats.json_file import read_transition

MATRIX = [[0.5, 0.5, 0.0], [0.25, 0.75, 0.0], [0.0, 0.0, 1.0]]


@pytest.mark.parametrize('name', ['matrix.json', 'matrix'])
def test_rows_of_numbers(tmp_path, name):
    (tmp_path / name).write_bytes(b'\xef\xbb\xbf' + str(MATRIX).encode())
    matrix = read_transition(str(tmp_path / name))
    assert matrix.dtype == np.float64
    assert matrix.tolist() == MATRIX


@pytest.mark.parametrize(
    ('text', 'message'),
    [
        ('[[1, 0], [1]]', 'row 1 has 1 numbers'),
        ('{"matrix": [[1]]}', 'expected a list of rows'),
        ('[[1, 0], [1, null]]', 'row 1 holds more than finite numbers'),
        ('[[1, "0"], [1, 0]]', 'row 0 holds more than'),
        ('[[1, 0], [1, Infinity]]', 'row 1 holds more than finite numbers'),
        ('[[NaN]]', 'row 0 holds more than finite numbers'),
        ('[1, 2]', 'expected a list of rows'),
        ('[[1', 'is no JSON'),
        ('1,0\n0,1', 'is no JSON'),
    ],
)
def test_errors_name_the_file(tmp_path, text, message):
    (tmp_path / 'm.json').write_text(text)
    with pytest.raises(ValueError, match=message) as caught:
        read_transition(str(tmp_path / 'm.json'))
    assert str(tmp_path / 'm.json') in str(caught.value)
