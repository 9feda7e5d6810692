"""A feature file holds what the network makes of each sample."""

import os
import signal

import numpy as np
import pytest
import torch
from mmengine.config import Config
from mmengine.dataset import Compose
from mmengine.registry import init_default_scope
from mmpretrain.registry import DATASETS, MODELS, TRANSFORMS
from processes import forked, run_processes
from toy import PIPELINE, tiny_model, toy

from nl_plugins.formats import feature_file_writer
from nl_plugins.running.cpu_processes import prepare_cpu_processes
from nl_plugins.running.extract_features import extract_features
from nl_plugins.supervision.network_fingerprint import network_fingerprint
from nl_plugins.supervision.walk import Walk

CROP = [dict(type='RandomCrop', crop_size=32, padding=8), *PIPELINE]


@TRANSFORMS.register_module()
class GivesUp:
    """On sample 4."""

    def __call__(self, info):
        return None if info['sample_idx'] == 4 else info


@pytest.fixture(autouse=True)
def scope():
    init_default_scope('mmpretrain')


def network(seed=0, **head):
    torch.manual_seed(seed)
    return MODELS.build(tiny_model(**head))


def extract(path, model=None, views=1, pipeline=PIPELINE, dataset=None, **settings):
    return extract_features(
        path,
        model or network(),
        DATASETS.build(dataset or toy(pipeline=CROP)),
        Compose(pipeline),
        views=views,
        **{'batch_size': 7, **settings},
    )


def naive(model, images):
    """(N, 8) features, one image at a time."""
    inputs = ((torch.from_numpy(x).permute(2, 0, 1) - 100.0) / 60 for x in images)
    with torch.no_grad():
        return torch.cat([model.eval().extract_feat(x[None])[0] for x in inputs])


def test_features_columns_and_facts(tmp_path):
    model = network()
    file = extract(tmp_path / 'toy', model, about=dict(config='toy.py'))
    dataset = DATASETS.build(toy())
    infos = [dataset.get_data_info(i) for i in range(30)]
    want = naive(model, [info['img'] for info in infos])
    assert np.allclose(file.features[0], want, rtol=1e-3, atol=1e-4)
    assert file.columns['labels'].tolist() == [info['gt_label'] for info in infos]
    true = [info['true_label'] for info in infos]
    assert file.columns['true_labels'].tolist() == true
    assert file.columns.keys() == {'labels', 'true_labels'}
    assert file.classes == ['red', 'green', 'blue']
    assert file.about['config'] == 'toy.py'
    assert 'PackInputs' in file.about['pipelines'][0]
    assert file.about['versions'].keys() == {
        'nl_plugins',
        'torch',
        'mmpretrain',
        'numpy',
    }


def test_views_are_seeded_by_sample(tmp_path):
    first = extract(tmp_path / '1', views=3, seed=5).features
    again = extract(tmp_path / '2', views=3, seed=5, batch_size=4).features
    other = extract(tmp_path / '3', views=2, seed=6).features
    assert np.allclose(first, again, rtol=2e-3, atol=1e-4)
    assert np.array_equal(first[0], extract(tmp_path / '4').features[0])
    for a, b in ((first[0], first[1]), (first[1], first[2]), (first[1], other[1])):
        assert np.abs(a.astype(float) - b).max() > 0.1


def job(rank, batch_size):
    init_default_scope('mmpretrain')
    if rank.world > 1:
        prepare_cpu_processes(Config(dict(launcher='pytorch')))
    model = network(seed=rank.rank)  # rank 0's counts
    path = rank.folder / f'{rank.world}'
    file = extract(path, model, views=2, batch_size=batch_size)
    return dict(features=torch.from_numpy(file.features.copy()))


def test_two_processes_write_what_one_writes(tmp_path):
    (one,) = run_processes(job, tmp_path, 1, 1)
    for state in run_processes(job, tmp_path, 2, 1):
        assert torch.equal(state['features'], one['features'])
    identities = [
        (tmp_path / name / 'feature_file.json').read_text() for name in ('1', '2')
    ]
    assert identities[0] == identities[1]


def test_goes_on_after_a_kill_and_walks_the_rest_only(tmp_path, monkeypatch):
    whole = extract(tmp_path / 'whole', views=2, batch_size=1)
    walk = Walk.__call__

    def killed():
        def call(self, *args):
            for number, batch in enumerate(walk(self, *args)):
                if number == 12 and len(walked) == 1:
                    os.kill(os.getpid(), signal.SIGKILL)
                yield batch
            walked.append(0)

        walked = []
        init_default_scope('mmpretrain')
        monkeypatch.setattr(Walk, '__call__', call)
        monkeypatch.setattr(feature_file_writer, 'SECONDS_BETWEEN_FLUSHES', 0)
        extract(tmp_path / 'toy', views=2, batch_size=1)

    assert forked(killed)[0].returncode == -signal.SIGKILL
    rows = []

    def watched(self, model, which):
        rows.append(which.tolist())
        return walk(self, model, which)

    monkeypatch.setattr(Walk, '__call__', watched)
    file = extract(tmp_path / 'toy', views=2, batch_size=1)
    assert rows == [list(range(12, 30))]
    assert np.array_equal(file.features, whole.features)
    extract(tmp_path / 'toy', views=2)  # is there
    assert len(rows) == 1


def test_never_goes_on_with_other_features(tmp_path):
    path = tmp_path / 'toy'
    extract(path)
    with pytest.raises(ValueError, match='another network: remove it'):
        extract(path, network(seed=1))
    with pytest.raises(ValueError, match='another pipeline: remove it'):
        resize = dict(type='Resize', scale=16)
        extract(path, pipeline=[resize, *PIPELINE])
    with pytest.raises(ValueError, match='another samples, another shape'):
        extract(path, dataset=toy(num_samples=21))


def test_a_sample_without_an_image(tmp_path):
    with pytest.raises(RuntimeError, match='1 samples have no features.* is 4 '):
        extract(tmp_path / 'toy', pipeline=[dict(type='GivesUp'), *PIPELINE])


def test_fingerprint_of_a_network():
    model = network()
    same = network(num_classes=7)
    same.backbone.load_state_dict(model.backbone.state_dict())
    for part in same.parameters():
        part.requires_grad_(False)
    assert network_fingerprint(same.train()) == network_fingerprint(model.eval())
    prints = [network_fingerprint(model)]
    model.data_preprocessor.to_rgb = True
    prints.append(network_fingerprint(model))
    model.data_preprocessor.mean += 1
    prints.append(network_fingerprint(model))
    model.backbone.layers[1].running_mean += 1
    prints.append(network_fingerprint(model))
    model.backbone.layers[2] = torch.nn.ReLU6()
    prints.append(network_fingerprint(model))
    prints.append(network_fingerprint(model, 'head.fc'))
    assert len(set(prints)) == 6
