import pytest
from mmengine.fileio import BaseStorageBackend, register_backend

from nl_plugins.formats.text_lines import line_blocks, line_naming, read_lines


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


@pytest.mark.parametrize('size', [1, 2, 3, 4, 7, 100])
@pytest.mark.parametrize('end', ['', '\n', '\r\n\r\n'])
def test_blocks(write, size, end):
    lines = [b'a', b'', b'b c', b'defgh', b'', b'', b'i']
    path = write(b'\xef\xbb\xbf' + b'\r\n'.join(lines) + end.encode())
    found = []
    for first_line, block in line_blocks(path, size=size):
        assert first_line == len(found) + 1
        assert size > 99 or sum(map(len, block)) < size + 6
        found += block
    assert found == lines


def test_empty_file_has_no_blocks(write):
    with pytest.raises(ValueError, match=r'labels\.txt is empty'):
        next(line_blocks(write('\n')))


@pytest.mark.parametrize(
    ('name', 'line'),
    [
        ('a.jpg', 2),
        ('images/a.jpg', 3),
        ('/data/images/a.jpg', 3),
        ('/data/images/b c.jpg', 4),
        ('x.jpg', 5),
        ('größe.jpg', 6),
        ('.jpg', None),
        ('c.jpg', None),
        ('aajpg', None),
    ],
)
def test_line_that_names_an_image(write, name, line):
    lines = ['ba.jpg', 'a.jpg', 'images/a.jpg 3', 'b c.jpg\t1', 'x.jpg', 'größe.jpg']
    for content in ('\n'.join(lines), '\r\n'.join(lines) + '\r\n'):
        assert line_naming(write(content), name) == line


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
    assert read_lines('memory://x.txt') == [b'a 1', b'b 0']
    other = dict(backend='memory', content='c 1')
    assert read_lines('anywhere.txt', other) == [b'c 1']
