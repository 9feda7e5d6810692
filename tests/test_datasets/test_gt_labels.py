import numpy as np
import pytest
from mmpretrain.registry import DATASETS

from nl_plugins.datasets.gt_labels import check_range, gt_labels


@pytest.fixture
def dataset(annotated):
    return DATASETS.build(annotated([2, 0, 1]))


def test_of_every_sample(dataset):
    labels = gt_labels(dataset)
    assert labels.tolist() == [2, 0, 1]
    assert labels.dtype == np.int32


def test_of_a_wrapper(dataset):
    repeated = DATASETS.build(dict(type='RepeatDataset', dataset=dataset, times=2))
    assert gt_labels(repeated).tolist() == [2, 0, 1, 2, 0, 1]


def test_a_column_is_read_at_once(dataset):
    class Columns(type(dataset)):
        def get_gt_labels(self):
            return np.array([1, 1, 0], dtype=np.uint8)

        def get_data_info(self, idx):
            raise AssertionError('not needed')

    dataset.__class__ = Columns
    assert gt_labels(dataset).tolist() == [1, 1, 0]
    with pytest.raises(ValueError, match='row 0 of here: label 1 is none of the 1'):
        gt_labels(dataset, 1, 'here')


@pytest.mark.parametrize('bad', [-1, 3, 2**31, 2**40])
def test_a_label_without_a_class(bad):
    with pytest.raises(ValueError, match=f'row 1 of it: label {bad} is none of the 3'):
        check_range(np.array([2, bad, bad]), 3, 'it')


def test_labels_of_unknown_classes_fit_in_int32():
    assert check_range(np.array([0, 2**31 - 1]), None, 'it').tolist() == [0, 2**31 - 1]
    with pytest.raises(ValueError, match=f'row 0 of it: label {2**31} is none'):
        check_range(np.array([2**31]), None, 'it')
