import numpy as np
import pytest

from nl_plugins.datasets.releases import annotation_lines
from nl_plugins.datasets.releases.annotation_lines import (
    first_existing,
    read_image_list,
    read_tsv,
    repeated_rows,
    split_labels,
)
from nl_plugins.datasets.string_column import StringColumn


def test_labelled_lines(write):
    names = ['images/1/2,3.jpg', 'google/q0001/with space.jpg', '日本.jpg']
    path = write(''.join(f'{name} {y}\n' for name, y in zip(names, (0, 10, 3))))
    paths, labels = read_image_list(path, 11)
    assert list(paths) == names
    assert (labels.dtype, labels.tolist()) == (np.int32, [0, 10, 3])


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
        read_image_list(path, 14)


def test_table(write):
    path = write('\ufeffkey\tvalue\r\na/b c.jpg\t1\r\nd\t0\r\n')
    assert read_tsv(path, ['key', 'value']) == [[b'a/b c.jpg', b'1'], [b'd', b'0']]


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
        read_tsv(write(content), ['key', 'value'])


KINDS = [StringColumn.from_strings, lambda names: [name.encode() for name in names]]


@pytest.mark.parametrize('column', KINDS)
@pytest.mark.parametrize('collide', [False, True])
def test_repeated_rows(column, collide, monkeypatch):
    if collide:  # names of one hash are told apart
        monkeypatch.setattr(annotation_lines, 'hash', lambda name: 7, raising=False)

    def repeats(names, labels, **settings):
        return repeated_rows('f', column(names), np.array(labels), **settings).tolist()

    assert repeats(['a', 'b', 'c'], [1, 1, 1]) == []
    assert repeats(['a', 'b', 'a', 'c', 'b', 'a'], [1, 0, 1, 1, 0, 1]) == [2, 4, 5]
    assert repeats([''], [0]) == []
    with pytest.raises(ValueError, match="f, line 5: 'b' has 2 here, but 1 on line 2"):
        repeats(['b', 'a', 'b', 'b'], [1, 0, 1, 2], first_line=2)
    with pytest.raises(ValueError, match="f, entry 2: 'b' has 2 here, .* on entry 1"):
        repeats(['b', 'b'], [1, 2], unit='entry')


def test_lines_of_the_middle_of_a_file():
    names, labels = split_labels('f', [b'a 1', b'b c 0'], 2, first_line=100)
    assert (names, labels.tolist()) == ([b'a', b'b c'], [1, 0])
    with pytest.raises(ValueError, match="f, line 101: '2' is no label"):
        split_labels('f', [b'a 1', b'b 2'], 2, first_line=100)


def test_first_existing(write, tmp_path):
    one, two = write('', 'one'), write('', 'two')
    none = str(tmp_path / 'none')
    assert first_existing([one, two], 'X needs it') == one
    assert first_existing([none, two], 'X needs it') == two
    assert first_existing([none, str(tmp_path)], 'X needs it') == str(tmp_path)
    with pytest.raises(FileNotFoundError, match=r'X needs it: .*/none nor .*/other'):
        first_existing([none, str(tmp_path / 'other')], 'X needs it')
