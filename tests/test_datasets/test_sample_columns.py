import copy
import pickle

import numpy as np
import pytest

from nl_plugins.datasets.sample_columns import SampleColumns
from nl_plugins.datasets.string_column import StringColumn


def make(**columns):
    paths = StringColumn.from_strings(['a.jpg', 'b.jpg', 'c.jpg'])
    return SampleColumns(paths, **{'labels': [2, 0, 1], **columns})


def full():
    return make(
        verification=[1, 0, -1],
        true_labels=[2, 1, -1],
        text=StringColumn.from_strings(['x', '', 'z']),
    )


def test_info_holds_what_is_there():
    assert make().info(1) == dict(img_path='b.jpg', gt_label=0)
    assert full().info(1) == dict(
        img_path='b.jpg', gt_label=0, verification=0, true_label=1, text=''
    )
    kinds = {type(value) for value in full().info(0).values()}
    assert kinds == {str, int}


def test_columns_are_compact_and_read_only():
    columns = full()
    dtypes = columns.labels.dtype, columns.verification.dtype, columns.true_labels.dtype
    assert dtypes == (np.int32, np.int8, np.int32)
    with pytest.raises(ValueError, match='read-only'):
        columns.labels[0] = 1


def test_caller_keeps_its_array():
    labels = np.array([0, 0, 0], dtype=np.int32)
    columns = make(labels=labels)
    labels[0] = 2
    assert columns.labels.tolist() == [0, 0, 0]


def test_take_takes_every_column():
    part = full().take(np.array([2, 0]))
    assert [part.info(0), part.info(1)] == [full().info(2), full().info(0)]
    assert make().take(np.array([1])).verification.tolist() == [-1]
    assert len(full().take(np.array([], dtype=int))) == 0


def test_unknown_is_minus_one_and_takes_no_memory():
    columns = make(true_labels=[-1, -1, -1])
    for name in ('verification', 'true_labels', 'clean_labels', 'noise_types'):
        column = getattr(columns, name)
        assert column.tolist() == [-1, -1, -1]
        assert column.strides == (0,)
        assert not columns.knows(name)
    assert full().knows('verification')
    assert not full().take(np.array([2])).knows('true_labels')


def test_update_tells_what_is_known_and_what_was_told():
    assert make().update(dict(img=1), 0) == dict(img=1, gt_label=2)
    assert make().update(dict(verification=1), 0) == dict(verification=-1, gt_label=2)
    noise = make(
        clean_labels=[1, -1, 0], noisy_labels=[0, 1, -1], noise_types=[2, 0, 1]
    )
    assert noise.update({}, 1) == dict(
        gt_label=0, clean_label=-1, noisy_label=1, noise_type=0
    )


def test_concat():
    both = SampleColumns.concat([full(), make(noise_types=[0, 1, 2])])
    assert both.labels.tolist() == [2, 0, 1] * 2
    assert both.verification.tolist() == [1, 0, -1, -1, -1, -1]
    assert both.noise_types.tolist() == [-1, -1, -1, 0, 1, 2]
    assert both.text is None
    assert list(SampleColumns.concat([full(), full()]).text) == ['x', '', 'z'] * 2


def test_replace_and_copies():
    columns = full()
    assert columns.replace(labels=[1, 1, 1]).info(0)['gt_label'] == 1
    assert columns.info(0)['gt_label'] == 2
    assert copy.deepcopy(columns) is columns
    again = pickle.loads(pickle.dumps(columns))
    assert [again.info(i) for i in range(3)] == [columns.info(i) for i in range(3)]


@pytest.mark.parametrize(
    ('columns', 'message'),
    [
        (dict(labels=[0, 1]), 'labels must be 3 integers.*int64 of shape .2,'),
        (dict(labels=[0.0, 1, 2]), 'labels must be 3 integers.*float64'),
        (dict(labels=None), 'labels must be 3 integers'),
        (dict(labels=-1), 'labels must be 3 integers'),
        (dict(noise_types=[0, 3, 0]), 'sample 1 .* has noise_type=3, which'),
        (dict(labels=[0, -1, 2]), r"sample 1 \('b.jpg'\) has gt_label=-1, which is"),
        (dict(labels=[0, 1, 2**31]), 'sample 2 .*2147483648'),
        (
            dict(verification=[0, 1, 2]),
            'sample 2 .*=2, which is not in -1 to 1',
        ),
        (dict(true_labels=[0, -2, 2]), 'sample 1 .* has true_label=-2, which'),
        (dict(text=StringColumn.from_strings(['x'])), '1 texts for 3 paths'),
    ],
)
def test_refuses_other_columns(columns, message):
    with pytest.raises(ValueError, match=message):
        make(**columns)


def test_no_samples():
    columns = SampleColumns(StringColumn.from_strings([]), [], verification=[])
    assert len(columns) == 0
    assert columns.labels.dtype == np.int32
