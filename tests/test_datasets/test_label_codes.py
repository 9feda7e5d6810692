import numpy as np
import pytest

from nl_plugins.datasets.label_table import encode_labels, twin_classes
from nl_plugins.formats.csv_table import Table


def table(**columns):
    size = len(next(iter(columns.values())))
    return Table('f.csv', columns, np.arange(2, size + 2), [])


def test_names_are_sorted():
    classes, labels, _ = encode_labels(table(label=['dog', ' cat ', 'dog']))
    assert classes == ('cat', 'dog')
    assert labels['label'].tolist() == [1, 0, 1]
    assert labels['label'].dtype == np.int32
    assert 'true_label' not in labels


def test_the_classes_decide_about_the_order():
    classes, labels, _ = encode_labels(
        table(label=['dog', 'cat']), ['dog', 'ant', 'cat']
    )
    assert classes == ('dog', 'ant', 'cat')
    assert labels['label'].tolist() == [0, 2]


def test_numbers_are_positions():
    assert encode_labels(table(label=['2', '0']))[0] == ('0', '1', '2')
    for texts in (['2', '0'], ['2.0', '0.0'], ['02', '00']):
        classes, labels, _ = encode_labels(table(label=texts), ['a', 'b', 'c'])
        assert labels['label'].tolist() == [2, 0]


def test_names_that_are_numbers_stay_names():
    labels = encode_labels(table(label=['7', '1', '7']), ['7', '1'])[1]
    assert labels['label'].tolist() == [0, 1, 0]
    labels = encode_labels(table(label=['7up', '7']), ['7', '7up'])[1]
    assert labels['label'].tolist() == [1, 0]


def test_names_and_numbers_may_be_mixed_where_the_classes_are_listed():
    labels = encode_labels(table(label=['cat', '1', '0']), ['cat', 'dog'])[1]
    assert labels['label'].tolist() == [0, 1, 0]
    assert encode_labels(table(label=['1', '0']), [0, 1])[1]['label'].tolist() == [1, 0]


def test_a_number_means_the_same_whatever_else_the_table_holds():
    classes = ['1', '2', '3']
    labels = encode_labels(table(label=['1', '2']), classes)[1]
    assert labels['label'].tolist() == [0, 1]
    message = r"line 2: label '0' is none of the 3 classes \('1' to '3'\)$"
    with pytest.raises(ValueError, match=message):
        encode_labels(table(label=['0', '1', '2']), classes)


def test_true_labels_are_of_the_same_classes():
    columns = dict(label=['cat', 'cat', 'dog'], true_label=['ox', '', '-1'])
    classes, labels, notes = encode_labels(table(**columns))
    assert classes == ('cat', 'dog', 'ox')
    assert len(notes) == 1
    assert "f.csv, line 2: true_label 'ox' is the label of no row: a new c" in notes[0]
    assert labels['label'].tolist() == [0, 0, 1]
    assert labels['true_label'].tolist() == [2, -1, -1]
    # pandas: a column of integers with gaps is one of floats
    numbers = table(label=['1', '0'], true_label=['2.0', ''])
    assert encode_labels(numbers)[1]['true_label'].tolist() == [2, -1]


@pytest.mark.parametrize(
    'text',
    [
        *('', ' ', 'nan', 'NaN', 'NA', 'N/A', 'None', 'null', '-1', '-1.0', '?'),
        *('<NA>', '#N/A', '-nan', r'\N', 'NaT', 'n.a.'),
    ],
)
def test_what_is_unknown(text):
    columns = dict(label=['cat', 'owl'], true_label=[text, 'cat'])
    classes, labels, notes = encode_labels(table(**columns))
    assert (classes, notes) == (('cat', 'owl'), [])
    assert labels['true_label'].tolist() == [-1, 0]
    with pytest.raises(ValueError, match='line 3: the label is unknown'):
        encode_labels(table(label=['cat', text], true_label=['cat', 'cat']))
    if text.strip():  # who lists it says that it is a class
        columns = dict(label=['cat', text], true_label=[text, ''])
        labels = encode_labels(table(**columns), ['cat', text])[1]
        assert labels['label'].tolist() == [0, 1]
        assert labels['true_label'].tolist() == [1, -1]


@pytest.mark.parametrize('text', ['["cat", "owl"]', '{"choices": ["cat"]}', '[]'])
def test_several_labels_are_no_class(text):
    with pytest.raises(ValueError, match='line 3: label .* is a list of labels: give'):
        encode_labels(table(label=['cat', text]))
    assert encode_labels(table(label=['cat', text]), ['cat', text])[0] == ('cat', text)
    assert encode_labels(table(label=['cat', '[x]']))[0] == ('[x]', 'cat')


def test_spellings_of_numbers():
    texts = ['1', '1.0', '1.00', '1e+00', '1E0', '+1', '01', '0.00']
    expected = [1] * 7 + [0]
    for classes in (None, ['a', 'b'], ['0', '1']):
        labels = encode_labels(table(label=texts), classes)[1]['label']
        assert labels.tolist() == expected
    labels = encode_labels(table(label=['7.0', '3', '7']), ['7', '3'])[1]['label']
    assert labels.tolist() == [0, 1, 0]


def test_a_true_label_that_no_row_has_as_its_label_is_noted():
    columns = dict(label=['0', '1', '1'], true_label=['0', '3', '2'])
    classes, _, notes = encode_labels(table(**columns))
    assert classes == ('0', '1', '2', '3')
    assert "line 3: true_label '3'" in notes[0]
    assert '(2 in all)' in notes[0]
    assert encode_labels(table(**columns), list('abcd'))[2] == []


def test_twins():
    names = ['Cat', 'cat', 'ox', 'gr\xf6sse', 'gro\u0308sse']
    first, second = twin_classes(names)
    assert "'Cat', 'cat'" in first
    assert r"'gr\xf6sse', 'gro\u0308sse'" in second
    assert twin_classes(['cat', 'cats']) == []
    for pair in (['red fox', 'red_fox'], ['red  fox', 'red fox'], ['1', '01']):
        assert len(twin_classes(pair)) == 1


@pytest.mark.parametrize(
    ('columns', 'classes', 'message'),
    [
        (dict(label=['cat', '']), None, r"line 3: the label is unknown \(''\)"),
        (dict(label=['cat', 'ox']), ['cat', 'dog'], "line 3: label 'ox' is none of"),
        (
            dict(label=['1', '2']),
            ['cat', 'dog'],
            "line 3: label '2' is none of the 2 .*numbers count from 0",
        ),
        (dict(label=['-1', '0']), ['cat', 'dog'], "line 2: the label is unknown .'-1'"),
        (dict(label=['0', '-2']), None, "line 3: label '-2' is no number of a class"),
        (
            dict(label=['cat', 'Cat']),
            ['cat'],
            "line 3: .* 'Cat' is no class, but 'cat'",
        ),
        (
            dict(label=['0', '100000']),
            None,
            r"line 3: .* class \(0 to 99999\); .*classes=\['100000', ...\]",
        ),
        (dict(label=['0', 'cat']), None, "line 3: label 'cat' is a name, but other"),
        (dict(label=['0', '1.5']), None, "line 3: label '1.5' is a name"),
        (
            dict(label=['0', '1'], true_label=['', 'dog']),
            None,
            "line 3: true_label 'dog' is a name",
        ),
        (
            dict(label=['cat', 'dog'], true_label=['', 'ox']),
            ['cat', 'dog'],
            "line 3: true_label 'ox' is none of the 2 classes",
        ),
        (dict(label=['0', '٣']), ['a', 'b', 'c', 'd'], "line 3: label '٣' is none"),
    ],
)
def test_errors_name_the_line(columns, classes, message):
    with pytest.raises(ValueError, match=f'f.csv, {message}'):
        encode_labels(table(**columns), classes)
