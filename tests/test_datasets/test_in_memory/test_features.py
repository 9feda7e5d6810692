"""Features gives the samples of a feature file, with all that is known of them."""

import pickle

import numpy as np
import pytest
import torch
from feature_toy import build_on_features, features, write_features
from mmengine.registry import init_default_scope
from mmpretrain.datasets import BaseDataset
from mmpretrain.registry import DATASETS

from nl_plugins.datasets.columns import columns_of
from nl_plugins.datasets.in_memory import rows_in_file
from nl_plugins.datasets.training_set import TrainingSet
from nl_plugins.formats.feature_file import FeatureFile
from nl_plugins.supervision.class_names_hook import watch_class_names


@DATASETS.register_module()
class ListedSamples(BaseDataset):
    """Images under other folders, with labels of its own."""

    METAINFO = dict(classes=['red', 'green', 'blue'])

    def __init__(self, names, folder='/other/', **kwargs):
        self.names, self.folder = names, folder
        super().__init__(ann_file='', **kwargs)

    def load_data_list(self):
        return [
            dict(img_path=self.folder + name, gt_label=2, noise_type=1)
            for name in self.names
        ]


@pytest.fixture(autouse=True)
def scope():
    init_default_scope('mmpretrain')


@pytest.fixture
def path(tmp_path):
    return write_features(tmp_path / 'toy', views=3)


def build(path, **settings):
    return DATASETS.build(features(path, **settings))


def vectors(dataset):
    return torch.stack([dataset[i]['inputs'] for i in range(len(dataset))]).numpy()


def test_samples_and_columns(path):
    dataset, file = build(path), FeatureFile(path)
    assert np.array_equal(vectors(dataset), file.features[0].astype(np.float32))
    sample = dataset[5]
    assert sample['inputs'].dtype == torch.float32
    assert sample['data_samples'].gt_label.item() == 0
    assert sample['data_samples'].sample_idx == 5
    assert sample['data_samples'].img_path == '/images/c/5.png'
    assert dataset.get_data_info(5)['true_label'] == 2
    assert dataset.metainfo['classes'] == ('red', 'green', 'blue')
    assert columns_of(dataset) is dataset.columns
    training_set = TrainingSet(dataset)
    assert training_set.paths()[:2] == ['a/0.png', 'b/1.png']
    assert build(path, data_prefix='/mine').columns.paths[0] == '/mine/a/0.png'


def test_parts(path):
    whole = vectors(build(path))
    part = build(path, indices=7)
    assert np.array_equal(vectors(part), whole[:7])
    for subset in (build(path).get_subset([8, 3]), build(path, indices=[8, 3])):
        assert np.array_equal(vectors(subset), whole[[8, 3]])
        assert subset.columns.paths[1] == '/images/a/3.png'
        assert subset[1]['data_samples'].sample_idx == 1
    sent = pickle.dumps(part)
    assert len(sent) < 5000
    assert np.array_equal(vectors(pickle.loads(sent)), whole[:7])


def test_random_views(path):
    file = FeatureFile(path)
    np.random.seed(0)
    dataset = build(path, view='random')
    drawn = [dataset[4]['inputs'].numpy() for _ in range(40)]
    kinds = [
        int(np.flatnonzero([np.array_equal(x, v) for v in file.features[:, 4]])[0])
        for x in drawn
    ]
    assert set(kinds) == {0, 1, 2}
    np.random.seed(0)
    assert [np.random.randint(3) for _ in range(40)] == kinds
    state = str(np.random.get_state())
    build(path)[0]
    dataset.get_data_info(3)
    assert str(np.random.get_state()) == state


def test_noise_and_true_labels(path):
    clean = build(path, labels='true')
    assert clean.get_gt_labels().tolist() == [i % 3 for i in range(30)]
    noise = dict(type='symmetric', rate=0.5)
    noisy = DATASETS.build(
        dict(type='NoisyLabels', dataset=features(path, labels='true'), noise=noise)
    )
    columns = columns_of(noisy)
    assert columns.true_labels.tolist() == [i % 3 for i in range(30)]
    wrong = np.flatnonzero(columns.labels != columns.true_labels)
    assert 5 < len(wrong) < 25
    assert np.array_equal(vectors(noisy), vectors(clean))
    row = int(wrong[0])
    assert noisy[row]['data_samples'].gt_label.item() == columns.labels[row]


def test_labels_of_another_dataset(path):
    names = ['c/5.png', 'x/a/0.png', 'a/3.png']
    dataset = build(path, dataset=dict(type='ListedSamples', names=names))
    assert np.array_equal(vectors(dataset), vectors(build(path))[[5, 0, 3]])
    assert dataset.get_gt_labels().tolist() == [2, 2, 2]
    assert dataset.columns.noise_types.tolist() == [1, 1, 1]
    assert dataset.columns.paths[0] == '/other/c/5.png'
    other = dict(type='ListedSamples', names=['a/0.png', 'a/1.png'])
    with pytest.raises(ValueError, match="'/other/a/1.png' of `dataset` is not in"):
        build(path, dataset=other)
    classes = dict(classes=['blue', 'red', 'green'])
    with pytest.raises(ValueError, match='the same classes have other numbers'):
        build(path, dataset=dict(other, metainfo=classes))


def test_two_images_never_have_the_features_of_one(path):
    spelled = ['a/0.png', 'x/../a/0.png', 'a/0.png']  # one image
    rows = build(path, dataset=dict(type='ListedSamples', names=spelled))
    assert np.array_equal(vectors(rows), vectors(build(path))[[0, 0, 0]])
    names = ['a/0.png', 'b/1.png', 'x/a/0.png']
    message = "'/other/a/0.png' and '/other/x/a/0.png' of `dataset` have the same"
    with pytest.raises(ValueError, match=message):
        build(path, dataset=dict(type='ListedSamples', names=names))


def test_names_that_do_not_tell_samples_apart(tmp_path):
    path = write_features(tmp_path / 'toy', names=[''] * 30)
    assert build(path)[3]['inputs'].shape == (6,)
    with pytest.raises(ValueError, match='samples of the same name'):
        build(path, dataset=dict(type='ListedSamples', names=['a/0.png']))


def test_refused(path, tmp_path):
    columns = dict(labels=np.zeros(30, int), true_labels=np.arange(30) % 3 - 1)
    unknown = write_features(tmp_path / 'unknown', columns=columns)
    with pytest.raises(ValueError, match='that of sample 0 of 30 is unknown'):
        build(unknown, labels='true')
    with pytest.raises(ValueError, match='labels must be one of'):
        build(path, labels='clean')
    with pytest.raises(ValueError, match='view must be one of'):
        build(path, view='all')
    with pytest.raises(FileNotFoundError, match='tools/extract.py'):
        build(tmp_path / 'nothing')


def refuse(runner, match, start='train'):
    watch_class_names(runner)
    with pytest.raises(ValueError, match=match):
        getattr(runner, start)()


def test_features_of_two_networks_never_meet(tmp_path):
    identity = dict(network='other', pipeline='2b', views='', samples='')
    write_features(tmp_path / 'val', count=15, identity=identity)
    with pytest.raises(ValueError, match='another network'):
        build_on_features(tmp_path)
    val = write_features(tmp_path / 'other', count=15, identity=identity)
    (tmp_path / 'val').rename(tmp_path / 'else')
    runner = build_on_features(tmp_path)
    runner.val_loop.dataloader.dataset._metainfo['features']['network'] = 'x'
    refuse(runner, 'the validation set has features of another network than the train')
    runner = build_on_features(tmp_path, work_dir=tmp_path / 'second')
    del runner.val_loop.dataloader.dataset._metainfo['features']
    refuse(runner, 'only the training set is of features')
    runner = build_on_features(tmp_path, work_dir=tmp_path / 'third')
    runner.train()
    checkpoint = str(tmp_path / 'third' / 'epoch_2.pth')
    tested = build_on_features(
        tmp_path,
        work_dir=tmp_path / 'fourth',
        load_from=checkpoint,
        test_dataloader=dict(
            batch_size=5,
            num_workers=0,
            dataset=features(val),
            sampler=dict(type='DefaultSampler', shuffle=False),
        ),
        test_cfg=dict(),
        test_evaluator=dict(type='Accuracy'),
    )
    refuse(tested, 'the test set has features of another network than the che', 'test')


@pytest.mark.parametrize(
    ('content', 'gone'), [(b'other', False), (b'image', False), (b'other', True)]
)
def test_another_image_of_the_same_name_is_told(tmp_path, monkeypatch, content, gone):
    told = content == b'other' and not gone
    said: list[str] = []
    monkeypatch.setattr(rows_in_file, 'print_log', lambda text, *_: said.append(text))
    for folder, held in (('one', b'image'), ('two', content)):
        (tmp_path / folder / 'a').mkdir(parents=True)
        (tmp_path / folder / 'a' / '0.png').write_bytes(held)
    about = dict(folder=f'{tmp_path}/one/')
    path = write_features(tmp_path / 'toy', count=3, about=about)
    if gone:
        (tmp_path / 'one' / 'a' / '0.png').unlink()
    inner = dict(type='ListedSamples', names=['a/0.png'], folder=f'{tmp_path}/two/')
    build(path, dataset=inner)
    assert [text.endswith('are they the same image?') for text in said] == [True] * told
    said.clear()
    build(path, dataset=dict(inner, folder=f'{tmp_path}/one/'))
    assert not said
