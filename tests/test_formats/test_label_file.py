import numpy as np
import pytest
import torch

from nl_plugins.formats.label_file import (
    LabelFile,
    advice,
    read_label_file,
    recommend,
    write_label_file,
)

HEADER = 'sample_idx,img_path,given_label,suggested_label,score,weight,selected\n'
WORDS = ['keep', 'drop', 'replace', 'weight']
HOSTILE_NAMES = [
    'plain.jpg',
    'images/2/46/50748838,3981129246.jpg',
    'a "quoted" name.jpg',
    'line\nbreak.jpg',
    'carriage\rreturn.jpg',
    'both\r\n.jpg',
    '"',
    '',
    ' leading and trailing ',
    '中文/größe/🐱\u2028.jpg',
    '=cmd|"/c calc"!A1.jpg',
    'not-utf8-\udcff.jpg',
    "it's\ttabbed;semicolon.jpg",
    '007',
]


def write(path, num_samples, **changes):
    columns = dict(
        img_paths=[f'{i}.jpg' for i in range(num_samples)],
        given_labels=np.arange(num_samples),
        suggested_labels=np.arange(num_samples)[::-1].copy(),
        scores=np.linspace(0, 1, num_samples),
        weights=np.ones(num_samples),
        selected=np.arange(num_samples) % 2 == 0,
    )
    columns.update(changes)
    write_label_file(path, **columns)
    return columns


def test_a_spreadsheet_with_decimal_commas(tmp_path):
    path = tmp_path / 'labels.csv'
    header = (HEADER + '0,a.jpg,0,1,A,1,0\n1,b.jpg,1,1,B,C,1\n').replace(',', ';')
    text = header.replace('A', '0,125').replace('B', '5,0E-01').replace('C', '1,5')
    path.write_text('\ufeff' + text.replace('\n', '\r\n'), encoding='utf-8')
    file = read_label_file(path)
    assert file.scores.tolist() == [0.125, 0.5]
    assert file.weights.tolist() == [1.0, 1.5]
    for odd in ('1.000,5', '1,000.5', '1,0,0', ','):
        path.write_text(text.replace('1,5', odd))
        with pytest.raises(ValueError, match=f"line 3, weight: '{odd}' is not a fin"):
            read_label_file(path)


def test_the_text_of_a_small_file(tmp_path):
    path = tmp_path / 'labels.csv'
    write_label_file(
        path,
        img_paths=['a.jpg', 'b,"c".jpg'],
        given_labels=[3, 1],
        suggested_labels=torch.tensor([3, 2]),
        scores=torch.tensor([0.1, 1.0]),
        weights=[0.25, 0],
        selected=torch.tensor([True, False]),
        recommended=['weight', 'replace'],
        verification=torch.tensor([1, -1]),
        class_names=['ant', 'bee', '=x', 'owl'],
    )
    assert path.read_text() == (
        HEADER.replace('\n', ',recommended,verification,given_name,suggested_name\n')
        + '0,a.jpg,3,3,0.100000001,0.25,1,weight,1,owl,owl\n'
        + '1,"b,""c"".jpg",1,2,1.0,0.0,0,replace,,bee,\'=x\n'
    )


def test_hostile_file_names_round_trip(tmp_path):
    path = tmp_path / 'labels.csv'
    write(path, len(HOSTILE_NAMES), img_paths=HOSTILE_NAMES)
    assert read_label_file(path).img_paths.tolist() == HOSTILE_NAMES


@pytest.mark.parametrize('num_samples', [0, 1, 3000])
def test_columns_round_trip_exactly(tmp_path, num_samples):
    generator = np.random.default_rng(0)
    scores = generator.random(num_samples)
    weights = generator.random(num_samples).astype(np.float32)
    path = tmp_path / 'labels.csv'
    columns = write(path, num_samples, scores=scores, weights=weights)
    table = read_label_file(path)
    assert len(table) == num_samples
    np.testing.assert_array_equal(table.given_labels, columns['given_labels'])
    np.testing.assert_array_equal(table.suggested_labels, columns['suggested_labels'])
    np.testing.assert_array_equal(table.scores, scores)
    np.testing.assert_array_equal(table.weights.astype(np.float32), weights)
    np.testing.assert_array_equal(table.selected, columns['selected'])
    assert table.given_labels.dtype == np.int64
    assert table.selected.dtype == np.bool_


@pytest.mark.parametrize('dtype', [torch.float16, torch.bfloat16, torch.float64])
def test_takes_tensors_of_any_precision(tmp_path, dtype):
    scores = torch.tensor([0.1, 0.7], dtype=dtype)
    write(tmp_path / 'labels.csv', 2, scores=scores)
    read = torch.from_numpy(read_label_file(tmp_path / 'labels.csv').scores)
    assert torch.equal(read.to(dtype), scores)


def test_rows_are_put_in_the_order_of_sample_idx(tmp_path):
    path = tmp_path / 'labels.csv'
    path.write_text(HEADER + '1,b,5,5,0.5,1,0\n0,a,4,6,0.25,1,1\n')
    table = read_label_file(path)
    assert table.img_paths.tolist() == ['a', 'b']
    assert table.given_labels.tolist() == [4, 5]
    assert table.suggested_labels.tolist() == [6, 5]
    assert table.selected.tolist() == [True, False]


def test_more_columns_in_another_order(tmp_path):
    path = tmp_path / 'labels.csv'
    header = HEADER.strip().split(',')[::-1]
    path.write_text(','.join(['class_name', *header]) + '\ncat,1,1,0.25,6,4,a,0\n\n')
    table = read_label_file(path)
    assert (table.given_labels.tolist(), table.suggested_labels.tolist()) == ([4], [6])
    assert (table.scores.tolist(), table.img_paths.tolist()) == ([0.25], ['a'])


def test_a_byte_order_mark_is_tolerated(tmp_path):
    path = tmp_path / 'labels.csv'
    path.write_bytes(b'\xef\xbb\xbf' + HEADER.encode() + b'0,a,4,6,0.25,1,1\r\n')
    assert read_label_file(path).given_labels.tolist() == [4]


@pytest.mark.parametrize('delimiter', [';', '\t'])
def test_files_that_a_spreadsheet_saved_in_another_language(tmp_path, delimiter):
    path = tmp_path / 'labels.csv'
    rows = HEADER + '0,"a;\tb",4,6,0.5,1.25E-2,1\n'
    path.write_text(rows.replace(',', delimiter))
    table = read_label_file(path)
    assert table.img_paths.tolist() == ['a;\tb']
    assert table.suggested_labels.tolist() == [6]
    assert (table.scores.tolist(), table.weights.tolist()) == ([0.5], [0.0125])


@pytest.mark.parametrize(
    ('text', 'message'),
    [
        ('', ' is empty'),
        (HEADER.replace('img_path,', ''), 'line 1: missing column img_path'),
        (HEADER + '0,a,4,6,0.5,1\n', "line 2, selected: '' is not 0 or 1"),
        (HEADER + '0,a,4,6,0.5,1,1,9\n', 'line 2: 8 values'),
        (HEADER + '0,a,4.5,6,0.5,1,1\n', "line 2, given_label: '4.5' is not a label"),
        (HEADER + '0,a,4,-1,0.5,1,1\n', "line 2, suggested_label: '-1' is not a label"),
        (HEADER + '0,a,nan,1,0.5,1,1\n', "line 2, given_label: 'nan' is not a label"),
        (HEADER + '0,a,1,1,0.5,1,?\n', "line 2, selected: '\\?' is not 0 or 1"),
        (HEADER + '0,a,4,cat,0.5,1,1\n', 'line 2, suggested_label: .cat. is not'),
        (HEADER + '0,a,4,1_0,0.5,1,1\n', 'line 2, suggested_label'),
        (HEADER + f'0,a,4,{2**63},0.5,1,1\n', 'line 2, suggested_label'),
        (HEADER + '0,a,4,6,"0,5",1,1\n', "line 2, score: '0,5' is not"),
        (HEADER + '0,a,4,6,nan,1,1\n', "line 2, score: 'nan' is not a finite"),
        (HEADER + '0,a,4,6,0.5,inf,1\n', 'line 2, weight'),
        (HEADER + '0,a,4,6,"1,234",1,1\n', 'line 2, score'),
        (HEADER + '0,a,4,6,0.5,1,yes\n', "line 2, selected: 'yes' is not 0 or 1"),
        (HEADER + '0,a,4,6,0.5,1,1\n0,b,4,6,0.5,1,1\n', 'line 3: .* on line 2'),
        (HEADER + '0,a,4,6,0.5,1,1\n2,b,4,6,,1,1\n', 'line 3: no score, although'),
        (HEADER + '-1,a,4,6,0.5,1,1\n', 'line 2: there is no sample -1'),
        (HEADER + '0,"a\nb",4,6,0.5,1,1\n1,a,x,6,0.5,1,1\n', 'line 4, given_label'),
        (HEADER + '0,"a,4,6,0.5,1,1\n', 'line 2: unexpected end of data'),
    ],
)
def test_errors_name_the_file_the_line_and_the_field(tmp_path, text, message):
    path = tmp_path / 'labels.csv'
    path.write_text(text)
    with pytest.raises(ValueError, match=message) as caught:
        read_label_file(path)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize(
    ('changes', 'message'),
    [
        (dict(given_labels=[1, 2]), r'given_label has shape \(2,\), expected \(3,\)'),
        (dict(suggested_labels=[1.0, 2.0, 3.0]), 'suggested_label must be integers'),
        (
            dict(scores=[0.5, float('nan'), 0]),
            r'score .* finite, but \[1\] is nan',
        ),
        (dict(scores=['a', 'b', 'c']), 'score must be numbers'),
        (dict(weights=torch.tensor([0, 0, float('inf')])), r'weight .* \[2\] is inf'),
        (dict(selected=[0, 1, 2]), 'selected must be booleans'),
        (dict(weights=np.ones((3, 1))), r'weight has shape \(3, 1\)'),
    ],
)
def test_refuses_bad_columns_and_keeps_the_old_file(tmp_path, changes, message):
    path = tmp_path / 'labels.csv'
    path.write_text('old')
    with pytest.raises(ValueError, match=message):
        write(path, 3, **changes)
    assert path.read_text() == 'old'


def test_what_is_recommended_comes_back(tmp_path):
    write(tmp_path / 'labels.csv', 4, recommended=WORDS)
    assert read_label_file(tmp_path / 'labels.csv').recommended.tolist() == WORDS


def test_a_file_without_recommendations_drops_what_is_not_selected(tmp_path):
    path = tmp_path / 'labels.csv'
    path.write_text(HEADER + '1,b,5,5,0.5,1,0\n0,a,4,6,0.25,1,1\n')
    assert read_label_file(path).recommended.tolist() == ['keep', 'drop']


def test_other_words_are_refused_where_they_are(tmp_path):
    path = tmp_path / 'labels.csv'
    with pytest.raises(ValueError, match="one of keep, drop, .* but one is 'remove'"):
        write(path, 2, recommended=['keep', 'remove'])
    write(path, 2, recommended=['keep', 'drop'])
    path.write_text(path.read_text().replace(',drop', ',Remove'))
    with pytest.raises(ValueError, match="line 3, recommended: 'Remove' is not one of"):
        read_label_file(path)


def test_the_advice_counts_what_is_suspicious():
    words = recommend(6, replace=np.arange(6) < 1, drop=np.arange(6) > 3)
    text = advice('a/labels.csv', words)
    assert text.startswith('3 of 6 labels are suspicious (2 to drop, 1 to replace)')
    assert "label_file='a/labels.csv', use='recommended'" in text
    kept = advice('a/labels.csv', recommend(6, weight=np.arange(6) < 3))
    assert kept.startswith('a/labels.csv: keep all 6 labels')


def test_a_list_of_some_samples_for_a_person_to_fill_in(tmp_path):
    path = tmp_path / 'list.csv'
    names = ['a', 'b', 'c', 'tench, Tinca tinca']
    known = dict(img_paths=names, given_labels=[0, 1, 2, 3], class_names=names)
    write_label_file(path, **vars(LabelFile(**known).take([3, 1])))
    assert path.read_text().splitlines()[1:] == [
        '3,"tench, Tinca tinca",3,3,,1.0,1,keep,,"tench, Tinca tinca",'
        '"tench, Tinca tinca"',
        '1,b,1,1,,1.0,1,keep,,b,b',
    ]
    read = read_label_file(path)
    assert (read.scores, read.indices.tolist()) == (None, [1, 3])
    assert read.verification.tolist() == [-1, -1]
    assert read.class_names == {1: 'b', 3: 'tench, Tinca tinca'}


def test_no_name_is_a_formula_to_a_spreadsheet(tmp_path):
    names = ['=1+1', '+x', '-x', '@x', '\t=x', "'=x", "''-x", "'x", 'x=1']
    path = tmp_path / 'list.csv'
    labels = np.arange(len(names))
    write_label_file(path, img_paths=names, given_labels=labels, class_names=names)
    for line in path.read_text().splitlines()[1:]:
        cells = [cell.strip('"') for cell in line.split(',')]
        assert not any(cell.startswith(('=', '+', '-', '@', '\t')) for cell in cells)
    read = read_label_file(path)
    assert read.img_paths.tolist() == names
    assert [*read.class_names.values()] == names


def test_names_that_are_no_utf8_are_escaped_and_come_back(tmp_path):
    names = ['gr\udcfcn.jpg', r'a\udcfc.jpg', r'C:\u005c.jpg', '中.jpg']
    write_label_file(tmp_path / 'a.csv', img_paths=names, given_labels=[0] * 4)
    assert r'gr\udcfcn.jpg' in (tmp_path / 'a.csv').read_text(encoding='utf-8')
    assert read_label_file(tmp_path / 'a.csv').img_paths.tolist() == names


VERIFIED = 'sample_idx,img_path,given_label,verification\n'


@pytest.mark.parametrize('delimiter', [',', ';', '\t'])
def test_a_filled_in_list_as_spreadsheets_save_it(tmp_path, delimiter):
    rows = [
        ['\ufeffnote', 'verification', 'given_label', 'sample_idx', 'img_path'],
        ['ok', '1.0', '2', '5.0', 'a b.jpg'],
        ['', ' 0 ', '1', '0', 'c.jpg'],
    ]
    text = '\r\n'.join(delimiter.join(row) for row in rows) + '\r\n\r\n'
    (tmp_path / 'list.csv').write_bytes(text.encode())
    file = read_label_file(tmp_path / 'list.csv')
    assert file.indices.tolist() == [0, 5]
    assert file.verification.tolist() == [0, 1]
    assert file.recommended.tolist() == ['drop', 'keep']
    assert file.img_paths.tolist() == ['c.jpg', 'a b.jpg']


def test_spreadsheets_leave_out_and_add_empty_values(tmp_path):
    path = tmp_path / 'list.csv'
    path.write_text(f'{VERIFIED.strip()},,\n1,a,0\n2,b,0,1,,,\n,,,\n3,c,1,0\n')
    file = read_label_file(path)
    assert file.indices.tolist() == [1, 2, 3]
    assert file.verification.tolist() == [-1, 1, 0]


@pytest.mark.parametrize(
    ('text', 'message'),
    [
        ('a\n', 'line 1: missing column sample_idx, img_path'),
        (VERIFIED + '1,a,0,1\n1,a,0,0\n', 'line 3: sample_idx 1 is already on line 2'),
        (VERIFIED + '1,a,0,yes\n', "line 2, verification: 'yes' is not 1"),
        (VERIFIED + '1,a,0,\n2,a,nan,1\n', "line 3, given_label: 'nan' is not"),
        (VERIFIED + '1,a,0,1,0\n', 'line 2: 5 values, but the header names 4'),
        (VERIFIED + '1,a\n', "line 2, given_label: '' is not a label"),
        (
            VERIFIED.replace('\n', ',verification\n') + '1,a,0,1,0\n',
            "line 1: the column 'verification' is there twice",
        ),
    ],
)
def test_what_is_wrong_with_a_filled_in_list_is_named(tmp_path, text, message):
    path = tmp_path / 'list.csv'
    path.write_text(text)
    with pytest.raises(ValueError, match=message) as error:
        read_label_file(path)
    assert str(error.value).startswith(str(path))
