import pytest

from nl_plugins.formats.verification_file import (
    read_verification_file,
    write_verification_file,
)

HOSTILE = ['a,b "c"\nd.jpg', 'ñ\u2028é\rx.jpg', '-1', '']


def write(path, **changes):
    columns = dict(
        rows=[7, 3, 9, 4],
        img_paths=HOSTILE,
        given_labels=[1, 0, 1, 2],
        class_names=['tench, Tinca tinca', 'x"y', 'z', ''],
        verification=[1, 0, -1, -1],
    )
    write_verification_file(path, **{**columns, **changes})


def test_reads_back_what_was_written(tmp_path):
    write(tmp_path / 'list.csv')
    table = read_verification_file(tmp_path / 'list.csv')
    assert len(table) == 4
    assert table.columns['sample_idx'].tolist() == [7, 3, 9, 4]
    assert table.columns['img_path'].tolist() == HOSTILE
    assert table.columns['given_label'].tolist() == [1, 0, 1, 2]
    assert table.columns['verification'].tolist() == [1, 0, -1, -1]
    assert table.lines.tolist() == [2, 4, 6, 7]  # two names span two lines


def test_no_name_is_a_formula_to_a_spreadsheet(tmp_path):
    names = ['=1+1', '+x', '-x', '@x', '\t=x', "'=x", "''-x", "'x", 'x=1']
    many = dict(rows=range(9), given_labels=[0] * 9, verification=[1] * 9)
    path = tmp_path / 'list.csv'
    write(path, img_paths=names, class_names=names, **many)
    for line in path.read_text().splitlines()[1:]:
        cells = [cell.strip('"') for cell in line.split(',')]
        assert not any(cell.startswith(('=', '+', '-', '@', '\t')) for cell in cells)
    table = read_verification_file(path)
    assert table.columns['img_path'].tolist() == names
    assert table.columns['class_name'].tolist() == names


def test_is_empty_for_a_person_to_fill_in(tmp_path):
    write(tmp_path / 'list.csv', verification=None, img_paths=['a', 'b', 'c', 'd'])
    lines = (tmp_path / 'list.csv').read_text().splitlines()
    assert lines[0] == 'sample_idx,img_path,given_label,class_name,verification'
    assert lines[1] == '7,a,1,"tench, Tinca tinca",'
    read = read_verification_file(tmp_path / 'list.csv')
    assert read.columns['verification'].tolist() == [-1] * 4


@pytest.mark.parametrize('delimiter', [',', ';', '\t'])
def test_as_spreadsheets_save_it(tmp_path, delimiter):
    rows = [
        ['\ufeffnote', 'verification', 'given_label', 'sample_idx', 'img_path'],
        ['ok', '1.0', '2', '5.0', 'a b.jpg'],
        ['', ' 0 ', '1', '0', 'c.jpg'],
    ]
    text = '\r\n'.join(delimiter.join(row) for row in rows) + '\r\n\r\n'
    (tmp_path / 'list.csv').write_bytes(text.encode())
    table = read_verification_file(tmp_path / 'list.csv')
    assert table.columns['sample_idx'].tolist() == [5, 0]
    assert table.columns['verification'].tolist() == [1, 0]
    assert table.columns['img_path'].tolist() == ['a b.jpg', 'c.jpg']


def test_spreadsheets_leave_out_and_add_empty_values(tmp_path):
    path = tmp_path / 'list.csv'
    path.write_text(f'{HEADER.strip()},,\n1,a,0\n2,b,0,1,,,\n,,,\n3,c,1,0\n')
    table = read_verification_file(path)
    assert table.columns['sample_idx'].tolist() == [1, 2, 3]
    assert table.columns['verification'].tolist() == [-1, 1, 0]


HEADER = 'sample_idx,img_path,given_label,verification\n'


@pytest.mark.parametrize(
    ('text', 'message'),
    [
        ('', ' is empty'),
        ('a\n', 'line 1: missing column sample_idx, img_path'),
        ('sample_idx,img_path,given_label\n', 'line 1: missing column verification'),
        (HEADER + '1,a,0,1\n1,a,0,0\n', 'line 3: sample 1 is there twice'),
        (HEADER + '1,a,0,yes\n', "line 2, verification: 'yes' is not 1"),
        (HEADER + '1,a,0,1\n-1,a,0,1\n', 'line 3: there is no sample -1'),
        (HEADER + '1,a,x,1\n', "line 2, given_label: 'x' is not a label"),
        (HEADER + '1,a,0,\n2,a,nan,1\n', "line 3, given_label: 'nan' is not a label"),
        (HEADER + '1,a,-1,1\n', "line 2, given_label: '-1' is not a label"),
        (HEADER + '1,a,0,1,0\n', 'line 2: 5 values, but the header names 4'),
        (HEADER + '1,a\n', "line 2, given_label: '' is not a label"),
        (
            HEADER.replace('\n', ',verification\n') + '1,a,0,1,0\n',
            "line 1: the column 'verification' is there twice",
        ),
        (HEADER + '1,"a,0,1\n', 'line 2'),
    ],
)
def test_what_is_wrong_is_named(tmp_path, text, message):
    path = tmp_path / 'list.csv'
    path.write_text(text)
    with pytest.raises(ValueError, match=message) as error:
        read_verification_file(path)
    assert str(error.value).startswith(str(path))


def test_columns_of_another_length_are_refused(tmp_path):
    with pytest.raises(ValueError, match='img_path has shape .3,., expected .4,.'):
        write(tmp_path / 'list.csv', img_paths=['a', 'b', 'c'])
    assert not (tmp_path / 'list.csv').exists()
