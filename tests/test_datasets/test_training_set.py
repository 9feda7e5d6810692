"""A training set of columns is that of the same samples read one by one."""

import pytest
import torch

from nl_plugins.datasets.column_dataset import ColumnDataset
from nl_plugins.datasets.sample_columns import SampleColumns
from nl_plugins.datasets.string_column import StringColumn
from nl_plugins.datasets.training_set import TrainingSet

PATHS = ['images/2/7,1.jpg', 'images/1/größe.jpg', 'images/13/\udcff"\n.jpg']


class Columns(ColumnDataset):
    def __init__(self, paths=PATHS, labels=(0, 2, 1), **columns):
        self.given = SampleColumns(StringColumn.from_strings(paths), labels, **columns)
        super().__init__(data_root='root')

    def load_columns(self):
        return self.given


class OneByOne:
    """The same dataset without its columns."""

    def __init__(self, dataset):
        self.dataset = [dataset.get_data_info(i) for i in range(len(dataset))]

    def __len__(self):
        return len(self.dataset)

    def get_data_info(self, index):
        return self.dataset[index]


@pytest.mark.parametrize(
    'columns',
    [
        {},
        dict(verification=[1, -1, 0], true_labels=[0, -1, 2]),
        dict(verification=[-1, -1, -1], true_labels=[-1, -1, -1]),
        dict(paths=['b/x.jpg'] * 3),
        dict(paths=['7.jpg', '8.jpg', 'a/9.jpg']),
    ],
    ids=['labels', 'verified', 'unknown', 'one folder', 'root'],
)
def test_columns_or_one_by_one(columns):
    dataset = Columns(**columns)
    fast, slow = TrainingSet(dataset), TrainingSet(OneByOne(dataset))
    assert fast.fingerprint == slow.fingerprint
    assert fast.paths() == slow.paths()
    assert fast.name(2) == slow.name(2)
    assert fast.given_labels.tolist() == slow.given_labels.tolist() == [0, 2, 1]
    assert fast.given_labels.dtype == torch.int64
    for name in ('true_labels', 'verification'):
        want = columns.get(name, [-1, -1, -1])
        assert getattr(fast, name).tolist() == getattr(slow, name).tolist() == want


def test_fingerprint_never_changes():
    """Checkpoints hold it."""
    fingerprint = TrainingSet(Columns()).fingerprint
    assert fingerprint.startswith('fea8c1a7fa888edb')
    assert TrainingSet(Columns(labels=(0, 2, 2))).fingerprint != fingerprint
    moved = [f'elsewhere/{path}' for path in PATHS]
    assert TrainingSet(Columns(paths=moved)).fingerprint == fingerprint


def test_paths_are_those_below_the_shared_folder():
    assert TrainingSet(Columns()).paths() == [
        '2/7,1.jpg',
        '1/größe.jpg',
        '13/\udcff"\n.jpg',
    ]


@pytest.mark.parametrize('value', [0.9, 'yes', None])
def test_verification_labels_that_are_none(value):
    dataset = OneByOne(Columns())
    dataset.dataset[1] = dict(dataset.dataset[1], verification=value)
    with pytest.raises(ValueError, match=f'sample 1 has verification={value!r}'):
        TrainingSet(dataset)
