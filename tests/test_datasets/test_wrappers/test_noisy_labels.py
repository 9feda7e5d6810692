import pickle

import numpy as np
import pytest
import torch
from mmengine.config import Config
from mmpretrain.registry import DATASETS

from nl_plugins.datasets.column_dataset import ColumnDataset
from nl_plugins.datasets.sample_columns import SampleColumns
from nl_plugins.datasets.string_column import StringColumn
from nl_plugins.datasets.wrappers.noisy_labels import NoisyLabels
from nl_plugins.formats.fingerprint import fingerprint
from nl_plugins.functional import symmetric_noise

DIGITS = dict(type='Digits')
SYMMETRIC = dict(type='symmetric', rate=0.5)
PACK = [dict(type='PackInputs')]


def build(**settings):
    return DATASETS.build(dict(type='NoisyLabels', **settings))


def values(dataset, key):
    return np.array([dataset.get_data_info(i)[key] for i in range(len(dataset))])


def test_noise_changes_the_labels_and_nothing_else():
    inner = DATASETS.build(DIGITS)
    dataset = build(dataset=DIGITS, noise=SYMMETRIC)
    assert len(dataset) == len(inner)
    assert dataset.metainfo == inner.metainfo
    for i in (0, 500, len(inner) - 1):
        old, new = inner.get_data_info(i), dataset.get_data_info(i)
        np.testing.assert_array_equal(new['img'], old['img'])
        assert new['true_label'] == old['gt_label']
        assert new['sample_idx'] == i
    np.testing.assert_array_equal(values(dataset, 'true_label'), inner.get_gt_labels())


def test_the_realised_noise_is_the_transition_within_four_standard_errors():
    dataset = build(dataset=DIGITS, noise=SYMMETRIC)
    true, noisy = values(dataset, 'true_label'), dataset.get_gt_labels()
    counts = np.zeros((10, 10))
    np.add.at(counts, (true, noisy), 1)
    sizes = counts.sum(axis=1, keepdims=True)
    expected = symmetric_noise(10, 0.5).numpy()
    error = np.sqrt(expected * (1 - expected) / sizes)
    assert (np.abs(counts / sizes - expected) < 4 * error).all()


def test_asymmetric_noise_goes_where_the_pairs_say():
    noise = dict(type='asymmetric', pairs={5: 6, 6: 5}, rate=0.6)
    dataset = build(dataset=DIGITS, noise=noise)
    true, noisy = values(dataset, 'true_label'), dataset.get_gt_labels()
    changed = true != noisy
    assert set(zip(true[changed].tolist(), noisy[changed].tolist())) == {(5, 6), (6, 5)}
    assert abs(changed[np.isin(true, (5, 6))].mean() - 0.6) < 0.12


def test_a_permutation_matrix_gives_known_labels(annotated):
    noise = dict(type='transition', matrix=[[0, 1, 0], [0, 0, 1], [1, 0, 0]])
    dataset = build(dataset=annotated([0, 1, 2, 2]), noise=noise)
    assert dataset.get_gt_labels().tolist() == [1, 2, 0, 0]
    assert dataset.get_cat_ids(1) == [2]


def test_the_seed_decides_on_every_machine():
    labels = build(dataset=DIGITS, noise=SYMMETRIC, seed=3).get_gt_labels()
    assert fingerprint(labels)[:16] == '8fab3ff6d3119a4c'
    other = build(dataset=DIGITS, noise=SYMMETRIC, seed=4).get_gt_labels()
    assert (labels != other).any()


@pytest.mark.parametrize('serialize_data', [True, False])
def test_indices_are_taken_after_the_labels_are_assigned(serialize_data):
    settings = dict(dataset=DIGITS, noise=SYMMETRIC, serialize_data=serialize_data)
    whole = build(**settings)
    first, some = build(indices=100, **settings), build(indices=[7, 3], **settings)
    assert first.get_gt_labels().tolist() == whole.get_gt_labels()[:100].tolist()
    assert some.get_gt_labels().tolist() == whole.get_gt_labels()[[7, 3]].tolist()
    assert values(some, 'sample_idx').tolist() == [0, 1]


def test_the_true_label_never_reaches_the_model():
    sample = build(dataset=dict(DIGITS, pipeline=PACK), noise=SYMMETRIC)[5]
    assert set(sample) == {'inputs', 'data_samples'}
    assert 'true_label' not in sample['data_samples'].all_keys()
    assert sample['data_samples'].sample_idx == 5


def test_the_pipeline_and_modes_are_the_inner_ones_unless_given():
    inner = dict(DIGITS, pipeline=PACK, test_mode=True, max_refetch=3)
    dataset = build(dataset=inner)
    assert 'PackInputs' in repr(dataset.pipeline)
    assert (dataset.test_mode, dataset.max_refetch) == (True, 3)
    dataset = build(dataset=inner, pipeline=[], test_mode=False, max_refetch=5)
    assert dataset.pipeline.transforms == []
    assert (dataset.test_mode, dataset.max_refetch) == (False, 5)


def test_lazy_init_loads_when_asked():
    inner = dict(DIGITS, lazy_init=True)
    dataset = build(dataset=inner, noise=SYMMETRIC, lazy_init=True)
    assert dataset.metainfo['classes'] == tuple('0123456789')
    assert not dataset._fully_initialized
    assert not dataset.dataset._fully_initialized
    dataset.full_init()
    assert len(dataset) == 1437
    dataset.full_init()


def test_a_filter_inside_decides_which_rows_there_are(annotated):
    @DATASETS.register_module(force=True)
    class WithoutClassZero(DATASETS.get('BaseDataset')):
        def filter_data(self):
            return [info for info in self.data_list if info['gt_label'] > 0]

    inner = dict(annotated([0, 1, 0, 2]), type='WithoutClassZero')
    noise = dict(type='transition', matrix=[[1, 0, 0], [1, 0, 0], [0, 1, 0]])
    dataset = build(dataset=inner, noise=noise)
    assert values(dataset, 'img_path').tolist() == ['images/1.jpg', 'images/3.jpg']
    assert dataset.get_gt_labels().tolist() == [0, 1]


def test_a_manifest_is_written_then_verified(tmp_path):
    path = str(tmp_path / 'noise.json')
    labels = build(dataset=DIGITS, noise=SYMMETRIC, manifest=path).get_gt_labels()
    again = build(dataset=DIGITS, noise=SYMMETRIC, manifest=path, indices=10)
    assert again.get_gt_labels().tolist() == labels[:10].tolist()
    with pytest.raises(ValueError, match='seed was 0, is 1'):
        build(dataset=DIGITS, noise=SYMMETRIC, manifest=path, seed=1)


def test_passing_through_keeps_labels_and_claims_no_truth(annotated):
    dataset = build(dataset=annotated([2, 0]))
    assert dataset.get_gt_labels().tolist() == [2, 0]
    assert 'true_label' not in dataset.get_data_info(0)
    kept = build(dataset=annotated([2, 0]), keep_true_label=True)
    assert values(kept, 'true_label').tolist() == [2, 0]


def test_the_innermost_true_label_wins(annotated):
    turn = dict(type='transition', matrix=[[0, 1, 0], [0, 0, 1], [1, 0, 0]])
    inner = dict(type='NoisyLabels', dataset=annotated([0, 1]), noise=turn)
    dataset = build(dataset=inner, noise=turn)
    assert dataset.get_gt_labels().tolist() == [2, 0]
    assert values(dataset, 'true_label').tolist() == [0, 1]


def test_a_label_takes_twelve_bytes_and_the_paths_are_shared():
    """And no list or dict, whose reference counts would copy pages in workers."""
    inner = Columns()
    dataset = build(dataset=inner, noise=SYMMETRIC)
    assert dataset.columns.paths is inner.columns.paths
    columns = dataset.columns.replace(paths=Names())
    bare = dict(vars(dataset), dataset=None, _inner=None, _columns=columns)
    assert len(pickle.dumps(bare)) < 12 * 2000 + 2000


class Names:
    def __len__(self):
        return 2000


class Columns(ColumnDataset):
    METAINFO = dict(classes=['a', 'b', 'c'])

    def load_columns(self):
        names = StringColumn.from_strings(map(str, range(2000)))
        return SampleColumns(names, np.arange(2000) % 3)


def test_subsets_are_views_of_the_same_dataset():
    dataset = build(dataset=DIGITS, noise=SYMMETRIC)
    labels = dataset.get_gt_labels()
    subset = dataset.get_subset([9, 4, -1])
    assert subset.get_gt_labels().tolist() == labels[[9, 4, -1]].tolist()
    assert values(subset, 'sample_idx').tolist() == [0, 1, 2]
    assert subset.dataset is dataset.dataset
    assert len(dataset) == 1437
    dataset.get_subset_(-10)
    assert dataset.get_gt_labels().tolist() == labels[-10:].tolist()
    assert len(dataset.get_subset([])) == 0


def test_a_negative_index_counts_from_the_end():
    dataset = build(dataset=DIGITS, indices=[7, 3])
    assert dataset.get_data_info(-1)['sample_idx'] == 1
    assert dataset.get_data_info(-2)['gt_label'] == dataset.get_gt_labels()[0]
    with pytest.raises(IndexError):
        dataset.get_data_info(2)


def test_the_inner_samples_are_not_changed():
    class Remembering(FakeDataset):
        info: dict = dict(gt_label=0)

        def get_data_info(self, index):
            return self.info

    turn = dict(type='transition', matrix=[[0, 1, 0], [0, 0, 1], [1, 0, 0]])
    dataset = NoisyLabels(Remembering(0), noise=turn)
    for _ in range(2):
        info = dataset.get_data_info(0)
        assert info == dict(gt_label=1, true_label=0, sample_idx=0)
    assert Remembering.info == dict(gt_label=0)


def test_a_verification_of_the_old_label_does_not_pass_for_one_of_the_new():
    class Verified(FakeDataset):
        def __init__(self, label, verification):
            super().__init__(label)
            self.verification = verification

        def get_data_info(self, index):
            return dict(gt_label=self.label, verification=self.verification)

    only_zero = [[0, 1, 0], [0, 1, 0], [0, 0, 1]]  # changes label 0, no other
    turn = dict(type='transition', matrix=only_zero)
    for label, before, after in (
        (0, 1, 0),
        (0, 0, -1),
        (0, -1, -1),
        (1, 1, 1),
        (1, 0, 0),
        (1, -1, -1),
    ):
        dataset = NoisyLabels(Verified(label, before), noise=turn)
        assert dataset.get_data_info(0)['verification'] == after


def test_a_manifest_is_a_label_file_for_the_same_data(tmp_path):
    path = str(tmp_path / 'noise.json')
    drawn = build(dataset=DIGITS, noise=SYMMETRIC, manifest=path)
    loaded = build(dataset=DIGITS, label_file=path)
    assert loaded.get_gt_labels().tolist() == drawn.get_gt_labels().tolist()
    assert (values(loaded, 'true_label') == values(drawn, 'true_label')).all()
    shifted = build(
        dataset=DIGITS, noise=dict(type='transition', matrix=np.roll(np.eye(10), 1, 1))
    )
    with pytest.raises(ValueError, match='drawn from other labels .* SHA-256'):
        build(dataset=shifted, label_file=path)


@pytest.mark.parametrize('rate', [0.0, 0.6])
def test_a_recipe_by_name(rate):
    dataset = build(dataset=DIGITS, noise=dict(type='mnist', rate=rate))
    true, noisy = values(dataset, 'true_label'), dataset.get_gt_labels()
    changes = set(zip(true[true != noisy].tolist(), noisy[true != noisy].tolist()))
    expected = {(2, 7), (3, 8), (5, 6), (6, 5), (7, 1)} if rate else set()
    assert changes == expected


def test_labels_may_be_numpy_or_torch_scalars():
    for scalar in (np.int32(2), np.array(2), torch.tensor(2), 2):
        inner = FakeDataset(scalar)
        assert NoisyLabels(inner).get_gt_labels().tolist() == [2]


@pytest.mark.parametrize(
    'label', [[1], np.array([0, 1]), torch.tensor([1]), 1.0, float('nan'), None, True]
)
def test_labels_that_are_not_one_integer_are_refused(label):
    with pytest.raises(
        ValueError, match='sample 0(: gt_label .* not an integer| has . labels)'
    ):
        NoisyLabels(FakeDataset(label))


def test_a_dataset_without_labels_is_refused(image_folder):
    inner = dict(type='CustomDataset', data_prefix=image_folder, with_label=False)
    with pytest.raises(ValueError, match='sample 0 has 0 labels'):
        build(dataset=inner)


@pytest.mark.parametrize(
    ('label', 'message'),
    [
        (3, 'sample 1 of the inner dataset: label 3 is none of the 3 classes'),
        (-1, "sample 1 .'images/1.jpg'. has gt_label=-1, which is not in 0 to"),
    ],
)
def test_a_label_without_a_class_names_the_sample(annotated, label, message):
    with pytest.raises(ValueError, match=message):
        build(dataset=annotated([0, label]))


def test_noise_needs_classes(annotated):
    inner = annotated([0, 1], classes=None)
    assert build(dataset=inner).get_gt_labels().tolist() == [0, 1]
    with pytest.raises(ValueError, match=r'metainfo=dict\(classes='):
        build(dataset=inner, noise=SYMMETRIC)


@pytest.mark.parametrize(
    ('settings', 'message'),
    [
        (dict(noise=SYMMETRIC, label_file='a.txt'), 'not both'),
        (dict(label_key='worse_label'), 'label_key'),
        (dict(manifest='a.json'), 'manifest'),
        (dict(noise=dict(type='nope')), 'nope'),
    ],
)
def test_contradicting_settings(settings, message):
    with pytest.raises(ValueError, match=message):
        build(dataset=DIGITS, **settings)


def test_a_config_file_keeps_integer_pairs(tmp_path):
    noise = dict(type='asymmetric', pairs={5: 6}, rate=1.0)
    config = Config(dict(data=dict(type='NoisyLabels', dataset=DIGITS, noise=noise)))
    config.dump(str(tmp_path / 'config.py'))
    dataset = DATASETS.build(Config.fromfile(str(tmp_path / 'config.py')).data)
    assert 5 not in dataset.get_gt_labels()


def test_the_repr_tells_where_the_labels_come_from():
    text = repr(build(dataset=DIGITS, noise=SYMMETRIC))
    assert "{'type': 'symmetric', 'rate': 0.5}" in text
    assert 'Digits' in text


class FakeDataset:
    """One sample, and no more of an interface than is needed."""

    metainfo: dict = dict(classes=['a', 'b', 'c'])

    def __init__(self, label):
        self.label = label

    def full_init(self):
        pass

    def __len__(self):
        return 1

    def get_data_info(self, index):
        return dict(gt_label=self.label, sample_idx=9)
