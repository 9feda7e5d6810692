"""A ColumnDataset does what MMPretrain's BaseDataset does with the same samples."""

import os
import pickle

import numpy as np
import pytest
from mmengine.dataset import ConcatDataset
from mmengine.fileio import dump
from mmpretrain.datasets import BaseDataset
from mmpretrain.registry import DATASETS
from torch.utils.data import DataLoader

from nl_plugins.datasets.column_dataset import ColumnDataset
from nl_plugins.datasets.sample_columns import SampleColumns
from nl_plugins.datasets.string_column import StringColumn

LABELS = [2, 0, 1, 1, 0, 2, 1, 1, 1, 0]
NAMES = [f'{i} größe,{i}.jpg' for i in range(10)]
CLASSES = ('ant', 'bee', 'cat')


class Columns(ColumnDataset):
    METAINFO = dict(classes=CLASSES)

    def __init__(self, names=NAMES, labels=LABELS, true_labels=-1, **kwargs):
        self.given = names, labels, true_labels
        super().__init__(**kwargs)

    def load_columns(self):
        names, labels, true_labels = self.given
        return SampleColumns(
            StringColumn.from_strings(names), labels, true_labels=true_labels
        )


@pytest.fixture
def annotations(tmp_path):
    """A file with the same samples for a BaseDataset."""
    path = str(tmp_path / 'annotations.json')
    infos = [dict(img_path=n, gt_label=y) for n, y in zip(NAMES, LABELS)]
    dump(dict(metainfo=dict(classes=CLASSES), data_list=infos), path)
    return path


@pytest.fixture
def both(annotations):
    """Builds the dataset and a BaseDataset with the same samples."""

    def build(**settings):
        settings = dict(dict(data_root='r', data_prefix='x'), **settings)
        return Columns(**settings), BaseDataset(annotations, **settings)

    return build


def infos(dataset):
    return [dataset.get_data_info(i) for i in range(len(dataset))]


def test_samples(both):
    ours, host = both(serialize_data=False)
    assert infos(ours) == infos(host)
    assert [ours[i] for i in range(-10, 10)] == [host[i] for i in range(-10, 10)]
    assert ours.get_gt_labels().tolist() == host.get_gt_labels().tolist() == LABELS
    assert ours.get_gt_labels().dtype == np.int64
    assert [ours.get_cat_ids(i) for i in range(10)] == [[y] for y in LABELS]
    assert ours.metainfo['classes'] == tuple(host.metainfo['classes'])
    for dataset in (ours, host):
        with pytest.raises(IndexError):
            dataset.get_data_info(10)


@pytest.mark.parametrize(
    'indices', [0, 3, -3, 100, [0, 2, 9, -1], [], (4, 4), range(2, 8, 3)]
)
def test_indices(both, indices):
    ours, host = both(indices=indices, serialize_data=False)
    assert infos(ours) == infos(host)


@pytest.mark.parametrize('serialize_data', [False, True])
@pytest.mark.parametrize('indices', [3, -3, [1, 8, -1], (4, 4), []])
def test_subsets(both, indices, serialize_data):
    ours, host = both(serialize_data=serialize_data)
    assert infos(ours.get_subset(indices)) == infos(host.get_subset(indices))
    assert len(ours) == 10
    ours.get_subset_(indices)
    host.get_subset_(indices)
    assert infos(ours) == infos(host)


def test_array_of_indices():
    part = Columns(indices=np.array([3, 1]))
    assert [info['gt_label'] for info in infos(part)] == [1, 0]


@pytest.mark.parametrize(
    ('indices', 'error'),
    [([10], IndexError), ([True] * 10, TypeError), (['1'], TypeError)],
)
def test_bad_indices(both, indices, error):
    with pytest.raises(error):
        both()[0].get_subset(indices)


def test_a_subset_has_a_pipeline_of_its_own(both):
    ours, _ = both(pipeline=[dict(type='PackInputs')])
    first, second = ours.get_subset(3), ours.get_subset(3)
    assert first.pipeline is not ours.pipeline
    assert first.pipeline is not second.pipeline


@pytest.mark.parametrize(
    'prefixes',
    [
        dict(data_root='', data_prefix=''),
        dict(data_root='', data_prefix='x/'),
        dict(data_root='a/b', data_prefix=''),
        dict(data_root='a/b/', data_prefix='c'),
        dict(data_root='a', data_prefix=dict(img_path='c')),
        dict(data_root='a', data_prefix='/abs'),
        dict(data_root='s3://bucket/a', data_prefix='c'),
    ],
    ids=str,
)
def test_prefixes_as_in_mmpretrain(prefixes, tmp_path, monkeypatch):
    monkeypatch.setattr('mmengine.fileio.PetrelBackend.__init__', lambda self: None)
    monkeypatch.setattr('mmengine.fileio.PetrelBackend._map_path', lambda s, p: p)
    (tmp_path / 'names.txt').write_text('a.jpg 0\n/b.jpg 1\n')
    host = DATASETS.build(
        dict(type='CustomDataset', ann_file=str(tmp_path / 'names.txt'), **prefixes)
    )
    absolute = Columns(['a.jpg', '/b.jpg'], [0, 1], **prefixes)
    relative = Columns(['a.jpg'], [0], **prefixes)
    expected = [info['img_path'] for info in infos(host)]
    assert [info['img_path'] for info in infos(absolute)] == expected
    assert infos(relative)[0]['img_path'] == expected[0]


def test_prefixed_columns():
    class Prefixed(ColumnDataset):
        def __init__(self, prefix):
            self.prefix = prefix
            super().__init__(data_root='root')

        def load_columns(self):
            paths = StringColumn.from_strings(['a.jpg']).with_prefix(self.prefix)
            return SampleColumns(paths, [0])

    assert Prefixed('train/').get_data_info(0)['img_path'] == 'root/train/a.jpg'
    assert Prefixed('/abs/').get_data_info(0)['img_path'] == '/abs/a.jpg'


def test_lazy_init(both):
    ours, _ = both(lazy_init=True)
    assert ours.metainfo['classes'] == CLASSES
    assert "Haven't been initialized" in repr(ours)
    ours.full_init()
    assert 'Number of samples: \t10' in repr(ours)
    assert len(both(lazy_init=True)[0]) == 10
    assert both(lazy_init=True)[0].columns.labels.tolist() == LABELS


@pytest.mark.parametrize(
    'wrapper',
    [
        dict(type='RepeatDataset', times=2),
        dict(type='ClassBalancedDataset', oversample_thr=0.9),
        dict(type='KFoldDataset', fold=1, num_splits=3),
        dict(type='KFoldDataset', fold=0, num_splits=5, test_mode=True, seed=4),
    ],
    ids=lambda wrapper: wrapper['type'],
)
def test_wrappers(annotations, wrapper):
    wrapped = [
        DATASETS.build(dict(wrapper, dataset=dict(config, data_root='x')))
        for config in (dict(type=Columns), dict(type=BaseDataset, ann_file=annotations))
    ]
    assert infos(wrapped[0]) == infos(wrapped[1])
    for dataset in wrapped:
        assert [dataset[i] for i in range(len(dataset))] == infos(dataset)
    if wrapper['type'] == 'KFoldDataset':
        ours, host = wrapped
        assert ours.get_gt_labels().tolist() == host.get_gt_labels().tolist()
        assert ours.get_cat_ids(1) == host.get_cat_ids(1)


def test_concat(annotations):
    ours = ConcatDataset([Columns(indices=3), Columns(indices=-2)])
    host = ConcatDataset(
        [BaseDataset(annotations, indices=3), BaseDataset(annotations, indices=-2)],
        ignore_keys='classes',
    )
    assert infos(ours) == infos(host)


def test_forked_workers_and_pickles(both):
    ours, _ = both()
    loader = DataLoader(
        ours,
        batch_size=None,
        num_workers=2,
        multiprocessing_context='fork' if os.name == 'posix' else None,
    )
    assert list(loader) == infos(ours)
    assert infos(pickle.loads(pickle.dumps(ours))) == infos(ours)


def test_refuses_a_filter():
    with pytest.raises(ValueError, match='Columns has no filter'):
        Columns(filter_cfg=dict(filter_empty_gt=True))


@pytest.mark.parametrize(
    ('labels', 'message'),
    [
        (dict(labels=[0, 1, 3]), r"sample 2 \('p/2 größe,2.jpg'\) has gt_label 3, but"),
        (dict(labels=[0, 1, 2], true_labels=[0, 7, -1]), 'sample 1 .* true_label 7'),
    ],
)
def test_labels_without_a_class(labels, message):
    with pytest.raises(ValueError, match=message + '.* there are 3 classes'):
        Columns(NAMES[:3], data_prefix='p', **labels)


def test_unknown_classes_are_not_checked():
    assert len(Columns(metainfo=dict(classes=None), labels=[70] * 10)) == 10


def test_notes():
    dataset = Columns()
    dataset.note('two rows are odd')
    assert dataset.notes == ['two rows are odd']


def test_without_load_columns():
    with pytest.raises(NotImplementedError):
        ColumnDataset()
