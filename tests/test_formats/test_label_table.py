import pytest

from nl_plugins.formats.label_table import read_label_table


@pytest.fixture
def read(tmp_path):
    def read(content, name='labels.csv'):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_label_table(str(path))

    return read


def test_columns_in_any_order(read):
    table = read('text,label,note,path\nhello,cat,?,a.jpg\n,dog,,b.jpg\n')
    assert table.columns == dict(
        path=['a.jpg', 'b.jpg'], label=['cat', 'dog'], text=['hello', '']
    )
    assert table.lines == [2, 3]
    assert table.unused == ['note']


@pytest.mark.parametrize('delimiter', [',', '\t', ';'])
@pytest.mark.parametrize('end', ['\n', '\r\n'])
@pytest.mark.parametrize('mark', ['', '\ufeff'])
@pytest.mark.parametrize('quote', ['', '"'])
def test_delimiters_line_ends_and_marks(read, delimiter, end, mark, quote):
    rows = [['Path', ' label '], ['größe 1.jpg', '0'], ['b.jpg', '1']]
    lines = [
        delimiter.join(f'{quote}{value}{quote}' for value in row) + end for row in rows
    ]
    table = read(mark + ''.join(lines))
    assert table.columns == dict(path=['größe 1.jpg', 'b.jpg'], label=['0', '1'])


def test_the_header_decides_about_the_delimiter(read):
    table = read('path\tlabel\ttext\n1,2;3.jpg\tcat\ta,b;c\n', 'labels.csv')
    assert table.columns['path'] == ['1,2;3.jpg']
    assert table.columns['text'] == ['a,b;c']


def test_quoted_values_hold_anything_and_lines_stay_right(read):
    table = read(
        'path,label,text\n'
        '"a,1.jpg",cat,"two\nlines, ""quoted"""\n'
        '\n'
        '"b\u2028.jpg",cat,<b>\n'
    )
    assert table.columns['path'] == ['a,1.jpg', 'b\u2028.jpg']
    assert table.columns['text'] == ['two\nlines, "quoted"', '<b>']
    assert table.lines == [2, 5]


def test_repeated_rows(read):
    table = read('path,label,text\na,0,x\nb,1,\na,0,y\na,0,\nb,1,\n')
    assert table.repeated_rows() == [2, 3, 4]
    assert read('path,label\na,0\nb,0\n').repeated_rows() == []


@pytest.mark.parametrize(
    ('content', 'message'),
    [
        ('', ' is empty'),
        ('\n\n', ' is empty'),
        ('path,label\n', ' has no rows below its header'),
        ('path,text\na.jpg,x\n', ", line 1: there is no column 'label' in .*path,text"),
        (
            'a.jpg,cat\nb.jpg,dog\n',
            ", line 1: there is no column 'path' in .*a.jpg,cat.* first line must name",
        ),
        ('path,label,Label\na,0,0\n', ", line 1: the column 'label' is there twice"),
        ('"path,label\na,0\n', ', line 1: '),
        ('path,label\na.jpg,0\nb,1.jpg,1\n', ', line 3: 3 values, but .* 2 columns'),
        ('path,label\na.jpg,0\nb.jpg\n', ', line 3: 1 values'),
        ('path,label\n"a\nb",0\n"c" d,1\n', ', line 4: '),
        ('path,label\na,0\n"b,1\nc,1\n', ', line 3: unexpected end'),
        ('path,label\n,0\n', ', line 2: the path is empty'),
        (b'path,label\na,0\n\xe9.jpg,1\n', ', line 3: not UTF-8 .*save it as UTF-8'),
        ('path,label\na,0\n'.encode('utf-16'), ', line 1: not UTF-8'),
    ],
)
def test_errors_name_the_file_and_the_line(read, tmp_path, content, message):
    with pytest.raises(ValueError, match=f'labels.csv{message}') as caught:
        read(content)
    assert str(tmp_path) in str(caught.value)


@pytest.mark.parametrize(
    ('content', 'message'),
    [
        ('path,label\na,0\nb,1\na,1\n', "line 4: 'a' is '1' here, but '0' on line 2"),
        (
            'path,label,verification\na,0,1\na,0,0\n',
            "line 3: 'a' is '0, 0' here, but '0, 1' on line 2",
        ),
    ],
)
def test_a_path_with_two_labels(read, content, message):
    with pytest.raises(ValueError, match=message):
        read(content).repeated_rows()


def test_rows_that_a_spreadsheet_leaves_empty(read):
    table = read('path;label;text\n;;\na;0;x\n;;\n;;\n')
    assert table.columns['path'] == ['a']
    assert table.lines == [3]


def test_the_header_of_a_file_without_line_ends_is_cut(read):
    with pytest.raises(ValueError, match='no column') as caught:
        read('path,label\r' + 'a.jpg,0\r' * 1000)
    assert len(str(caught.value)) < 600


def test_a_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError, match='none.csv'):
        read_label_table(str(tmp_path / 'none.csv'))
