import pickle

import numpy as np

from nl_plugins.datasets.string_column import StringColumn

NAMES = ['a.jpg', '', 'größe 日本.jpg', 'new\nline,"quote".jpg', '\udcff.jpg']


def test_strings_come_back():
    column = StringColumn.from_strings(NAMES)
    assert len(column) == 5
    assert [column[i] for i in range(5)] == NAMES
    assert list(column) == NAMES
    assert column.blob == ''.join(NAMES).encode('utf-8', 'surrogateescape')


def test_encoded_and_plain_strings_are_the_same():
    encoded = [name.encode('utf-8', 'surrogateescape') for name in NAMES]
    assert list(StringColumn.from_strings(encoded)) == NAMES


def test_prefix_is_stored_once():
    column = StringColumn.from_strings(NAMES)
    prefixed = column.with_prefix('x/').with_prefix('root/')
    assert prefixed[0] == 'root/x/a.jpg'
    assert list(prefixed) == ['root/x/' + name for name in NAMES]
    assert prefixed.blob is column.blob


def test_take_in_any_order_and_repeated():
    column = StringColumn.from_strings(NAMES).with_prefix('p')
    assert list(column.take(np.array([4, 1, 1]))) == ['p\udcff.jpg', 'p', 'p']
    assert list(column.take(np.array([], dtype=np.int64))) == []


def test_iteration_crosses_blocks(monkeypatch):
    monkeypatch.setattr('nl_plugins.datasets.string_column._BLOCK', 2)
    assert list(StringColumn.from_strings(NAMES)) == NAMES


def test_no_strings():
    assert list(StringColumn.from_strings([])) == []


def test_pickles():
    column = StringColumn.from_strings(NAMES).with_prefix('p')
    assert list(pickle.loads(pickle.dumps(column))) == list(column)


def test_concat():
    columns = [StringColumn.from_strings(x) for x in (NAMES[:2], [], NAMES[2:])]
    assert list(StringColumn.concat(columns)) == NAMES
    both = StringColumn.concat([columns[2], columns[0]]).with_prefix('x/')
    assert list(both) == [f'x/{name}' for name in NAMES[2:] + NAMES[:2]]
    assert list(StringColumn.concat([both, both])) == list(both) * 2
    assert StringColumn.concat([both, both]).prefix == 'x/'
    assert list(StringColumn.concat([both, columns[0]])) == [*both, *NAMES[:2]]
