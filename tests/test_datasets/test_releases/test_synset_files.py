import pytest

from nl_plugins.datasets.releases.synset_files import read_queries, read_synsets


def test_synsets(write):
    path = write('n01440764 tench, Tinca tinca\nn02012849 crane\r\nn03126707\tcrane \n')
    ids, names = read_synsets(path)
    assert ids == ('n01440764', 'n02012849', 'n03126707')
    assert names == ('tench, Tinca tinca', 'crane', 'crane')


@pytest.mark.parametrize(
    ('pairs', 'expected'),
    [
        ('1 1\n2 1\n3 2\n4 3\n', (('a', 'b'), ('c d',), ('größe',))),
        ('1 0\n2 0\n3 1\n4 2\n', (('a', 'b'), ('c d',), ('größe',))),
        ('4 1\n3 2\n3 3\n', (('größe',), ('c d',), ('c d',))),
        ('9 1\n', ((), (), ())),
    ],
    ids=['from 1', 'from 0', 'several classes', 'unknown queries'],
)
def test_queries(write, pairs, expected):
    synset_map = write(pairs, 'map.txt')
    queries = write('1 a\n2 b\n3 c d\n4 größe\n', 'queries_google.txt')
    assert read_queries([queries], synset_map, 3) == expected
    assert read_queries([queries, queries], synset_map, 3) == expected


def test_queries_of_several_files(write):
    synset_map = write('1 1\n2 2', 'map.txt')
    files = [write('1 a\n2 b', 'a.txt'), write('2 c\n1 a', 'b.txt')]
    assert read_queries(files, synset_map, 2) == (('a',), ('b', 'c'))


@pytest.mark.parametrize(
    ('pairs', 'message'),
    [
        ('1 1\n1 3', 'line 2: 3 is no number of one of the 2 classes'),
        ('1 0\n1 2', 'line 2: 2 is no number of one of the 2 classes'),
        ('1 -1', "line 1: '-1' is no number of a class"),
        ('1', 'line 1: expected a number and what it stands for'),
        ('1 ', 'line 1: expected a number and what it stands for'),
    ],
)
def test_bad_map(write, pairs, message):
    with pytest.raises(ValueError, match=rf'map\.txt, {message}'):
        read_queries([], write(pairs, 'map.txt'), 2)
