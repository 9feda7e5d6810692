import pytest

from nl_plugins.formats.csv_rows import numbered_rows


def test_rows_are_numbered_by_their_first_line():
    lines = ['a,b\n', '"x\n', '\n', 'y",1\n', '\n', 'z,"2"']
    assert list(numbered_rows(lines)) == [
        (1, ['a', 'b']),
        (2, ['x\n\ny', '1']),
        (5, []),
        (6, ['z', '2']),
    ]


def test_another_delimiter():
    assert list(numbered_rows(['a,b\tc\n'], '\t')) == [(1, ['a,b', 'c'])]


def test_wrong_quotes_name_the_line():
    rows = numbered_rows(['a\n', '"b" c\n'])
    assert next(rows) == (1, ['a'])
    with pytest.raises(ValueError, match='^line 2: '):
        next(rows)
    with pytest.raises(ValueError, match='^line 2: unexpected end'):
        list(numbered_rows(['a\n', '"b\n', 'c\n']))
