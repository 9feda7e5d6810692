import numpy as np
import pytest

from nl_plugins.datasets.releases.annotation_lines import (
    read_labelled_lines,
    read_table,
    split_labels,
    value_by_name,
)


def test_labelled_lines(write):
    path = write('images/1/2,3.jpg 0\nwith space.jpg 10\n日本.jpg 3\n')
    names, labels = read_labelled_lines(path, 11)
    assert [name.decode() for name in names] == [
        'images/1/2,3.jpg',
        'with space.jpg',
        '日本.jpg',
    ]
    assert labels.dtype == np.int32
    assert labels.tolist() == [0, 10, 3]


@pytest.mark.parametrize(
    ('line', 'message'),
    [
        ('a.jpg', 'expected a name, one space and a label'),
        ('', 'expected a name, one space and a label'),
        (' 1', 'expected a name, one space and a label'),
        ('a.jpg  1', 'expected a name, one space and a label'),
        ('a.jpg 1 ', "'' is no label"),
        ('a.jpg 14', "'14' is no label .0 to 13"),
        ('a.jpg -1', "'-1' is no label"),
        ('a.jpg 1.0', "'1.0' is no label"),
        ('a.jpg 03', "'03' is no label"),
        ('a.jpg ２', "'２' is no label"),
        ('a b', "'b' is no label"),
    ],
)
def test_bad_labelled_line(write, line, message):
    path = write(f'x.jpg 1\n{line}\ny.jpg 2\n')
    with pytest.raises(ValueError, match=rf'labels\.txt, line 2: {message}'):
        read_labelled_lines(path, 14)


def test_table(write):
    path = write('\ufeffkey\tvalue\r\na/b c.jpg\t1\r\nd\t0\r\n')
    assert read_table(path, ['key', 'value']) == [[b'a/b c.jpg', b'1'], [b'd', b'0']]


@pytest.mark.parametrize(
    ('content', 'message'),
    [
        ('a\t1\n', r"line 1: expected the header \['key', 'value'\], got \['a', '1'\]"),
        ('key\tvalue\na\t1\nb\n', 'line 3: expected 2 values'),
        ('key\tvalue\na\t1\t2\n', 'line 2: expected 2 values'),
        ('key\tvalue\na\t1\n\t0\n', 'line 3: expected 2 values'),
        ('key\tvalue\n\na\t1\n', 'line 2: expected 2 values'),
    ],
)
def test_bad_table(write, content, message):
    with pytest.raises(ValueError, match=message):
        read_table(write(content), ['key', 'value'])


def test_value_by_name():
    table, repeats = value_by_name('f', [b'b', b'a', b'b', b'b'], [1, 0, 1, 1])
    assert list(table.items()) == [(b'b', 1), (b'a', 0)]
    assert repeats == 2


def test_name_with_two_values():
    with pytest.raises(ValueError, match="f, line 5: 'b' has 2 here, but 1 on line 2"):
        value_by_name('f', [b'b', b'a', b'b', b'b'], [1, 0, 1, 2], first_line=2)


def test_other_unit():
    with pytest.raises(ValueError, match="f, entry 2: 'b' has 2 here, .* on entry 1"):
        value_by_name('f', [b'b', b'b'], [1, 2], unit='entry')


def test_lines_of_the_middle_of_a_file():
    names, labels = split_labels('f', [b'a 1', b'b c 0'], 2, first_line=100)
    assert (names, labels.tolist()) == ([b'a', b'b c'], [1, 0])
    with pytest.raises(ValueError, match="f, line 101: '2' is no label"):
        split_labels('f', [b'a 1', b'b 2'], 2, first_line=100)
