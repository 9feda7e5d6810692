import numpy as np
import pytest
from mmengine.fileio import BaseStorageBackend, register_backend

from nl_plugins.datasets.annotation_lines import (
    read_labelled_lines,
    read_lines,
    read_table,
    value_by_name,
)


@pytest.fixture
def write(tmp_path):
    """Writes a file and gives its path."""

    def write(content):
        path = tmp_path / 'labels.txt'
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)

    return write


@pytest.mark.parametrize(
    'content',
    [
        'a\nb c\n',
        'a\nb c',
        'a\r\nb c\r\n',
        '\ufeffa\nb c\n',
        'a\nb c\n\n\r\n',
    ],
    ids=['plain', 'no end', 'CRLF', 'BOM', 'blank lines at the end'],
)
def test_lines(write, content):
    assert read_lines(write(content)) == [b'a', b'b c']


def test_only_newlines_end_a_line(write):
    lines = ['a\x0b\x1c\x85\u2028b.jpg', 'c\rd.jpg', '  ']
    found = read_lines(write('\n'.join(lines)))
    assert [line.decode() for line in found] == lines


@pytest.mark.parametrize('content', ['', '\n', '\ufeff', '\ufeff\r\n\r\n'])
def test_empty_file(write, content):
    with pytest.raises(ValueError, match=r'labels\.txt is empty'):
        read_lines(write(content))


@pytest.mark.parametrize(
    ('content', 'line'), [(b'a\nb\xff\nc', 2), ('ü'.encode('utf-16'), 1)]
)
def test_other_encodings(write, content, line):
    with pytest.raises(ValueError, match=rf'labels\.txt, line {line}: not UTF-8'):
        read_lines(write(content))


def test_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError, match=r'none\.txt'):
        read_lines(str(tmp_path / 'none.txt'))


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


class _Memory(BaseStorageBackend):
    """A backend that is no disk."""

    def __init__(self, content='a 1\nb 0\n'):
        self.content = content

    def get(self, filepath):
        return self.content.encode()

    def get_text(self, filepath, encoding='utf-8'):
        return self.content


def test_any_backend():
    register_backend('memory', _Memory, force=True, prefixes='memory')
    assert read_labelled_lines('memory://x.txt', 2)[0] == [b'a', b'b']
    other = dict(backend='memory', content='c 1')
    assert read_lines('anywhere.txt', other) == [b'c 1']
