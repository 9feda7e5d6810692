import numpy as np
import pytest
import torch

from nl_plugins.formats.csv_kinds import (
    FLAG,
    INTEGER,
    LABEL,
    NUMBER,
    REMARK,
    TEXT,
    VERIFICATION,
    is_unknown,
    parse_integer,
)
from nl_plugins.formats.csv_table import read_table, write_rows, write_table

KINDS = dict(name=TEXT, count=INTEGER)


@pytest.fixture
def read(tmp_path):
    def read(content, kinds=KINDS, **settings):
        path = tmp_path / 'table.csv'
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_table(path, kinds, **settings)

    return read


def test_rows_are_numbered_by_their_first_line(read):
    table = read('name,count\n"x\n\ny",1\n\nz,"2"')
    assert table.columns['name'].tolist() == ['x\n\ny', 'z']
    assert table.columns['count'].tolist() == [1, 2]
    assert table.lines.tolist() == [2, 6]
    assert str(table.error(1, 'odd')).endswith('table.csv, line 6: odd')


@pytest.mark.parametrize('delimiter', [',', '\t', ';'])
@pytest.mark.parametrize('end', ['\n', '\r\n', '\r'])
@pytest.mark.parametrize('mark', ['', '\ufeff'])
@pytest.mark.parametrize('quote', ['', '"'])
def test_delimiters_line_ends_and_marks(read, delimiter, end, mark, quote):
    rows = [[' COUNT ', 'more', 'Name'], ['0', '', 'größe 1.jpg'], ['1', 'x', 'b']]
    lines = [
        delimiter.join(f'{quote}{value}{quote}' for value in row) + end for row in rows
    ]
    table = read(mark + ''.join(lines))
    assert table.columns['name'].tolist() == ['größe 1.jpg', 'b']
    assert table.columns['count'].tolist() == [0, 1]
    assert table.unused == ['more']


def test_the_header_decides_about_the_delimiter(read):
    table = read('name\tcount\tmore\n1,2;3.jpg\t4\ta,b;c\n')
    assert table.columns['name'].tolist() == ['1,2;3.jpg']
    assert read('name;count\n"a,1";2\n').columns['name'].tolist() == ['a,1']


def test_empty_values_that_spreadsheets_add_or_leave_out(read):
    table = read('name,count,more,,\n,,\na,1\nb,2,,,,,\n,,,\n')
    assert table.columns['name'].tolist() == ['a', 'b']
    assert table.lines.tolist() == [3, 4]


def test_optional_columns_and_no_rows(read):
    table = read('count\n', optional=['name'])
    assert list(table.columns) == ['count']
    assert len(table) == 0
    assert table.columns['count'].dtype == np.int64


def test_chunks_are_joined(read):
    count = 3000
    table = read('name,count\n' + ''.join(f'{i}.jpg,{i}\n' for i in range(count)))
    assert table.columns['count'].tolist() == list(range(count))
    assert table.columns['name'][2999] == '2999.jpg'
    assert table.lines.tolist() == list(range(2, count + 2))


def test_names_that_are_not_utf8(read):
    with pytest.raises(ValueError, match='line 2: not UTF-8 .*save it as UTF-8'):
        read(b'name,count\n\xff.jpg,1\n')
    table = read(b'name,count\n\xff.jpg,1\n', strict=False)
    assert table.columns['name'].tolist() == ['\udcff.jpg']


@pytest.mark.parametrize(
    ('content', 'message'),
    [
        ('', ' is empty'),
        ('\ufeff\r\n\n', ' is empty'),
        ('name\na\n', ', line 1: missing column count in .*as `name,count`'),
        ('a.jpg,cat\n', r", line 1: missing column name, count in .* 'a.jpg,cat'"),
        ('name,count,Name\n', ", line 1: the column 'name' is there twice"),
        ('"name,count\na,0\n', ', line 1: missing column name, count'),
        ('name,count\na,0\nb,1.jpg,1\n', ', line 3: 3 values, but .* 2 columns'),
        ('name,count\n"a\nb",0\n"c" d,1\n', ', line 4: '),
        ('name,count\na,0\n"b,1\nc,1\n', ', line 3: unexpected end'),
        ('name,count\na,0\n\nb\n', ", line 4, count: '' is not an integer"),
        ('name,count\n' + 'a,0\n' * 2000 + 'b,x', ", line 2002, count: 'x' is not"),
    ],
)
def test_errors_name_the_file_and_the_line(read, tmp_path, content, message):
    with pytest.raises(ValueError, match=f'table.csv{message}') as caught:
        read(content)
    assert str(tmp_path) in str(caught.value)
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize(
    ('kind', 'texts', 'values', 'bad'),
    [
        (TEXT, ['', ' a ', '1'], ['', ' a ', '1'], []),
        (REMARK, [' a ', 'nan', '-1', ''], [' a ', '', '', ''], []),
        (
            INTEGER,
            ['-1', ' 07 ', '2.0', '3.00', '1e+00', '1.2E1', '+4', '5.'],
            [-1, 7, 2, 3, 1, 12, 4, 5],
            ['', '1_0', '1.5', '٣', '9' * 19, '1e-1', '1e18', '1e999', 'nan', '.'],
        ),
        (LABEL, ['0', '1e1'], [0, 10], ['-1', 'nan', '', '?', 'cat']),
        (NUMBER, ['1', '-2.5e-1', ' 3'], [1, -0.25, 3], ['', '1_0', 'nan', 'inf']),
        (FLAG, ['0', '1', '1.0'], [False, True, True], ['', '2', 'yes', 'True']),
        (
            VERIFICATION,
            [
                '1',
                '0',
                '-1',
                '',
                ' 1 ',
                '0.0',
                '-1.00',
                'nan',
                'N/A',
                'NULL',
                '?',
                '1e0',
            ],
            [1, 0, -1, -1, 1, 0, -1, -1, -1, -1, -1, 1],
            ['2', 'yes', '0.5', '-2'],
        ),
    ],
    ids=['text', 'remark', 'integer', 'label', 'number', 'flag', 'verification'],
)
def test_kinds(read, kind, texts, values, bad):
    def column(texts):
        kinds = dict(value=kind, end=TEXT)
        return read('value,end\n' + ''.join(f'{t},.\n' for t in texts), kinds)

    found = column(texts).columns['value']
    assert found.tolist() == values
    assert found.dtype == kind.dtype
    for text in bad:
        with pytest.raises(ValueError, match='line 3, value: .* is not ') as caught:
            column([texts[0], text])
        assert repr(text) in str(caught.value)


def test_what_is_unknown():
    known = ['0', '1', 'a', 'nana', 'no', '-2', '-1.5']
    assert [text for text in [*known, ' NaN', 'none', '-1e0'] if is_unknown(text)] == [
        ' NaN',
        'none',
        '-1e0',
    ]


def test_integers_of_texts():
    assert parse_integer('-12') == -12
    with pytest.raises(ValueError, match="'x' is not an integer"):
        parse_integer('x')


def test_what_is_written_is_read(tmp_path):
    kinds = dict(
        a=INTEGER, b=TEXT, c=NUMBER, d=NUMBER, e=FLAG, f=VERIFICATION, g=NUMBER
    )
    columns = dict(
        a=np.array([3, -(2**31)], np.int32),
        b=['x, "y"\r\n', ' \udcff\u2028'],
        c=torch.tensor([0.1, 1]),
        d=torch.tensor([0.1, 1], dtype=torch.bfloat16),
        e=torch.tensor([True, False]),
        f=[-1, 0],
        g=[1 / 3, 1e300],
    )
    write_table(tmp_path / 'table.csv', kinds, columns)
    table = read_table(tmp_path / 'table.csv', kinds, strict=False).columns
    assert table['a'].tolist() == [3, -(2**31)]
    assert table['b'].tolist() == columns['b']
    assert torch.equal(torch.from_numpy(table['c']).float(), columns['c'])
    assert torch.equal(torch.from_numpy(table['d']).bfloat16(), columns['d'])
    assert table['e'].tolist() == [True, False]
    assert table['f'].tolist() == [-1, 0]
    assert table['g'].tolist() == columns['g']


def test_only_special_characters_are_quoted(tmp_path):
    path = tmp_path / 'rows.csv'
    with open(path, 'w', newline='') as file:
        write_rows(file, [('a', 1, 0.5, ''), ('b;c', 'd\te', 'f"', ' g')])
    assert path.read_bytes() == b'a,1,0.5,\n"b;c","d\te","f""", g\n'


@pytest.mark.parametrize(
    ('columns', 'message'),
    [
        (dict(count=[1, 2]), r'column count has shape \(2,\), expected \(1,\)'),
        (dict(count=[[1]]), r'column count has shape \(1, 1\)'),
        (dict(count=[1.0]), 'count must be integers, but got float64'),
    ],
)
def test_columns_that_cannot_be_written(tmp_path, columns, message):
    path = tmp_path / 'table.csv'
    path.write_text('old')
    with pytest.raises(ValueError, match=message):
        write_table(path, KINDS, dict(name=['a'], **columns))
    assert path.read_text() == 'old'


def test_a_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError, match='none.csv'):
        read_table(tmp_path / 'none.csv', KINDS)
