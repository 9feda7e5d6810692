import pytest

from nl_plugins.datasets.label_table import (
    encode_labels,
    listed_classes,
    read_label_table,
    repeated_rows,
)
from nl_plugins.formats import text_lines


@pytest.fixture
def read(tmp_path):
    def read(content, name='labels.csv'):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_label_table(str(path))

    return read


def repeats(table):
    return repeated_rows(table, encode_labels(table)[1])


def test_columns_in_any_order(read):
    table = read(
        'text,label,note,path,verification\n'
        'hello,cat,?,"a,1.jpg",1\n'
        '"two\nlines, ""quoted""",dog,,b\u2028.jpg,\n'
    )
    assert {name: column.tolist() for name, column in table.columns.items()} == dict(
        path=['a,1.jpg', 'b\u2028.jpg'],
        label=['cat', 'dog'],
        verification=[1, -1],
        text=['hello', 'two\nlines, "quoted"'],
    )
    assert table.lines.tolist() == [2, 3]
    assert table.unused == ['note']


@pytest.mark.parametrize(
    ('name', 'content'),
    [
        ('labels.csv', 'path;label\na,b.jpg;cat\n'),
        ('labels.jsonl', '{"path": "a,b.jpg", "label": "cat"}'),
    ],
)
def test_a_file_is_read_once(read, monkeypatch, name, content):
    calls, get = [], text_lines.get
    count = lambda path, **more: calls.append(path) or get(path, **more)  # noqa: E731
    monkeypatch.setattr(text_lines, 'get', count)
    assert read(content, name).columns['path'].tolist() == ['a,b.jpg']
    assert len(calls) == 1


def test_blanks_around_a_label_may_be_part_of_a_name(read):
    table = read('path,label,true_label\na,cat ,cat\nb, cat,dog \n')
    names, labels, _ = encode_labels(table, ['cat', 'cat ', 'dog'])
    assert names == ('cat', 'cat ', 'dog')
    assert {key: column.tolist() for key, column in labels.items()} == dict(
        label=[1, 0], true_label=[0, 2]
    )
    assert encode_labels(table)[0] == ('cat', 'dog')


def test_a_list_of_samples_whose_classes_have_blanks(read):
    table = read('sample_idx,img_path,given_label,given_name\n0,a,0,cat \n1,b,1, dog\n')
    names, labels, _ = encode_labels(table, listed_classes(table))
    assert names == ('cat ', ' dog')
    assert labels['label'].tolist() == [0, 1]


def test_texts_that_are_unknown(read):
    table = read('path,label,text\na,0,nan\nb,0,N/A\nc,0,no\n')
    assert table.columns['text'].tolist() == ['', '', 'no']


def test_repeated_rows(read):
    table = read('path,label,text\na,0,x\nb,1,\na,0.0,y\na,0,\nb,1,\n')
    assert repeats(table) == [2, 3, 4]
    table = read('path,label,true_label\na,0,\na,0,nan\n')
    assert repeats(table) == [1]
    assert repeats(read('path,label\na,0\nb,0\n')) == []
    assert repeats(read('path,label\nc/a,0\n./c//a,0\n')) == [1]


@pytest.mark.parametrize(
    ('content', 'message'),
    [
        ('path,label\n', ' has no rows below its header'),
        ('path,text\na.jpg,x\n', ', line 1: missing column label .*`path,label`'),
        ('path,label\n,0\n', ", line 2: the path is unknown .''."),
        ('path,label\na,0\nNaN,0\n', ', line 3: the path is unknown'),
        (
            'path,label,verification\na,0,2\n',
            ", line 2, verification: '2' is not 1 .the label is right",
        ),
        (b'path,label\na,0\n\xe9.jpg,1\n', ', line 3: not UTF-8 .*save it as UTF-8'),
        ('path,label\na,0\n'.encode('utf-16'), ', line 1: not UTF-8'),
    ],
)
def test_errors_name_the_file_and_the_line(read, tmp_path, content, message):
    with pytest.raises(ValueError, match=f'labels.csv{message}') as caught:
        read(content)
    assert str(tmp_path) in str(caught.value)


def test_half_a_character_of_json(read):
    read('{"path": "gr\\udcfcn.jpg", "label": 1}', 'a.jsonl')  # a byte that is no UTF-8
    with pytest.raises(ValueError, match='a.jsonl, line 1: no Unicode'):
        read('{"path": "\\ud800.jpg", "label": 1}', 'a.jsonl')


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
        repeats(read(content))
