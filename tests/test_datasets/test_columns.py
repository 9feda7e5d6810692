"""The columns of any dataset are what its annotations say."""

import numpy as np
import pytest
import torch
from mmpretrain.registry import DATASETS

from nl_plugins.datasets.column_dataset import ColumnDataset
from nl_plugins.datasets.columns import check_range, columns_of, gt_labels
from nl_plugins.datasets.sample_columns import INTEGER_KEYS, SampleColumns
from nl_plugins.datasets.string_column import StringColumn
from nl_plugins.datasets.training_set import TrainingSet
from nl_plugins.datasets.wrappers.noisy_labels import NoisyLabels

SIZE = 60
PACK = [dict(type='PackInputs')]


@DATASETS.register_module()
class Known(ColumnDataset):
    """Images with random labels of five classes, some of them verified."""

    METAINFO = dict(classes=list('abcde'))

    def __init__(self, seed=0, size=SIZE, **kwargs):
        self.seed, self.size = seed, size
        super().__init__(data_root=f'root{seed}', **kwargs)

    def load_columns(self):
        rng = np.random.default_rng(self.seed)
        names = StringColumn.from_strings(f'{i}, größe.jpg' for i in range(self.size))
        return SampleColumns(
            names,
            rng.integers(0, 5, self.size),
            rng.integers(-1, 2, self.size),
            rng.integers(-1, 5, self.size),
            StringColumn.from_strings(f'text {i}' for i in range(self.size)),
        )


@DATASETS.register_module()
class Listed(DATASETS.get('BaseDataset')):
    """The same as dicts, in which what is unknown may be missing."""

    METAINFO = Known.METAINFO

    def __init__(self, seed=0, **kwargs):
        self.known = Known(seed)
        super().__init__(ann_file='', **kwargs)

    def load_data_list(self):
        infos = [self.known.get_data_info(i) for i in range(SIZE)]
        for row, info in enumerate(infos):
            if info['verification'] < 0 and row % 2:
                del info['verification']
            info['img'] = np.full((2, 2, 1), row, np.uint8)
        return infos


NOISE = dict(type='symmetric', rate=0.4)
INNER = [dict(type=Known), dict(type=Listed)]
WRAPPERS = dict(
    passing=lambda d: dict(type='NoisyLabels', dataset=d),
    noisy=lambda d: dict(type='NoisyLabels', dataset=d, noise=NOISE, seed=1),
    part=lambda d: dict(type='NoisyLabels', dataset=d, noise=NOISE, indices=[2, 0, -1]),
    kept=lambda d: dict(
        type='NoisyLabels', dataset=d, noise=NOISE, keep_true_label=True
    ),
    verified=lambda d: dict(
        type='VerificationLabels', dataset=d, share=0.5, keep_true_label=True
    ),
    fraction=lambda d: dict(type='CleanLabels', dataset=d, fraction=0.3),
    joined=lambda d: dict(
        type='CleanLabels', dataset=d, clean=dict(type=Known, seed=0, indices=20)
    ),
    added=lambda d: dict(
        type='CleanLabels', dataset=d, clean=dict(type=Known, seed=3), clean_only=True
    ),
    concatenated=lambda d: dict(
        type='ConcatDataset', datasets=[d, dict(type=Known, seed=9, size=7)]
    ),
    fold=lambda d: dict(type='KFoldDataset', dataset=d, fold=1, num_splits=3, seed=2),
)


def build(*names, inner=INNER[0]):
    """The dataset in the wrappers of these names, the first one innermost."""
    config = dict(inner, pipeline=PACK)
    for name in names:
        config = WRAPPERS[name](config)
        if config['type'].endswith('Labels'):  # of parts whose pipelines differ
            config['pipeline'] = PACK
    return DATASETS.build(config)


def check(dataset):
    """The columns are what the annotations say, one by one."""
    columns = columns_of(dataset)
    assert len(columns) == len(dataset)
    infos = [dataset.get_data_info(i) for i in range(len(dataset))]
    for name, key in INTEGER_KEYS.items():
        said = [info.get(key, -1) for info in infos]
        assert getattr(columns, name).tolist() == said, name
    assert list(columns.paths) == [info['img_path'] for info in infos]
    if columns.text is not None:
        texts = [columns.text[i] for i in range(len(columns))]
        assert texts == [info['text'] for info in infos]


HOSTS = {'concatenated', 'fold'}  # MMEngine's own, which it refuses in each other
PAIRS = [(a, b) for a in WRAPPERS for b in WRAPPERS if not {a, b} <= HOSTS]


@pytest.mark.parametrize('inner', INNER, ids=['columns', 'dicts'])
@pytest.mark.parametrize('names', PAIRS, ids='-'.join)
def test_of_wrappers_in_wrappers(names, inner):
    check(build(*names, inner=inner))


@pytest.mark.parametrize('inner', INNER, ids=['columns', 'dicts'])
@pytest.mark.parametrize('name', WRAPPERS)
def test_of_one_wrapper(name, inner):
    check(build(name, inner=inner))


@pytest.mark.parametrize('name', [*WRAPPERS][:8])
def test_of_subsets(name):
    dataset = build(name)
    before = columns_of(dataset).labels.tolist()
    part = dataset.get_subset([2, 0, -1])
    check(part)
    assert columns_of(part).labels.tolist() == [before[2], before[0], before[-1]]
    assert columns_of(dataset).labels.tolist() == before


def test_of_in_memory():
    noise = dict(type='ImageDependentNoise', confusing=0.3, random=0.1)
    inner = dict(noise, dataset=dict(type='Digits', pipeline=PACK))
    dataset = DATASETS.build(dict(type='InMemory', dataset=inner, indices=[5, 900]))
    columns = columns_of(dataset)
    for name, key in INTEGER_KEYS.items():
        said = [dataset.get_data_info(i).get(key, -1) for i in range(2)]
        assert getattr(columns, name).tolist() == said
    assert columns.knows('noise_types')
    assert list(columns.paths) == ['', '']


def test_of_repetitions():
    known = Known().columns
    for wrapper in (
        dict(type='RepeatDataset', times=2),
        dict(type='ClassBalancedDataset', oversample_thr=0.4),
    ):
        dataset = DATASETS.build(dict(wrapper, dataset=dict(type=Known)))
        rows = [dataset.get_data_info(i)['sample_idx'] for i in range(len(dataset))]
        assert len(rows) > SIZE
        assert gt_labels(dataset).tolist() == known.labels[rows].tolist()


def test_a_million_samples_cost_no_million_dicts(monkeypatch):
    """Nothing reads annotations one by one where the samples are columns."""
    count = 20_000

    def refuse(self, idx):
        raise AssertionError(f'sample {idx} was read')

    monkeypatch.setattr(Known, 'get_data_info', refuse)
    monkeypatch.setattr(Known, 'columns', ColumnDataset.columns, raising=False)
    inner = dict(type=Known, size=count, pipeline=PACK)
    noisy = dict(type='NoisyLabels', dataset=inner, noise=NOISE, keep_true_label=True)
    clean = dict(type='CleanLabels', dataset=noisy, fraction=0.1)
    verified = dict(type='VerificationLabels', dataset=clean, share=0.1)
    parts = [verified, dict(type=Known, seed=1, pipeline=PACK)]
    joined = dict(type='ConcatDataset', datasets=parts)
    dataset = NoisyLabels(joined, NOISE, pipeline=PACK)
    training_set = TrainingSet(dataset)
    assert len(training_set.given_labels) == count + SIZE
    assert len(training_set.paths()) == count + SIZE
    assert gt_labels(dataset).tolist() == training_set.given_labels.tolist()


def test_a_subclass_with_annotations_of_its_own_is_read():
    class Verified(Known):
        def get_data_info(self, idx):
            return dict(super().get_data_info(idx), verification=1)

    assert columns_of(Verified()).verification.tolist() == [1] * SIZE


def test_columns_of_another_kind_are_passed_over():
    class Table(Infos):
        columns = ('path', 'label')

    assert columns_of(Table([dict(gt_label=3)])).labels.tolist() == [3]


@pytest.mark.parametrize(
    ('info', 'message'),
    [
        ({}, 'sample 1 has 0 labels: every sample needs exactly one'),
        (dict(gt_label=[1]), 'sample 1 has 1 labels'),
        (dict(gt_label=torch.tensor([0, 1])), 'sample 1 has 2 labels'),
        (dict(gt_label=1.0), 'sample 1: gt_label 1.0 is not an integer'),
        (dict(gt_label=True), 'sample 1: gt_label True is not'),
        (dict(gt_label=None), 'sample 1: gt_label None is not'),
        (dict(gt_label=-1), 'sample 1 has gt_label=-1, which is not in 0 to'),
        (dict(gt_label=0, verification=2), 'sample 1 has verification=2, which'),
        (dict(gt_label=0, verification=0.9), 'sample 1 has verification=0.9, which'),
        (dict(gt_label=0, true_label='cat'), "sample 1 has true_label='cat', which"),
        (dict(gt_label=0, clean_label=None), 'sample 1 has clean_label=None, which'),
    ],
)
def test_odd_annotations(info, message):
    with pytest.raises(ValueError, match=message):
        columns_of(Infos([dict(gt_label=0), info]))


def test_integers_of_many_types():
    infos = [
        dict(gt_label=np.int8(2), verification=True),
        dict(gt_label=torch.tensor(1), verification=0.0, true_label=np.array(3)),
    ]
    columns = columns_of(Infos(infos))
    assert columns.labels.tolist() == [2, 1]
    assert columns.verification.tolist() == [1, 0]
    assert columns.true_labels.tolist() == [-1, 3]


class Infos(list):
    """A dataset, with no more of an interface than is needed."""

    def get_data_info(self, idx):
        return self[idx]


@pytest.mark.parametrize('bad', [-1, 3, 2**31, 2**40])
def test_a_label_without_a_class(bad):
    with pytest.raises(ValueError, match=f'sample 1 of it: label {bad} is none of the'):
        check_range(np.array([2, bad, bad]), 3, 'it')


def test_labels_of_unknown_classes_fit_in_int32():
    assert check_range(np.array([0, 2**31 - 1]), None, 'it').tolist() == [0, 2**31 - 1]
    with pytest.raises(ValueError, match=f'sample 0 of it: label {2**31} is none'):
        check_range(np.array([2**31]), None, 'it')
