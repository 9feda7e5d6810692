"""FeatureVectors standardises by what the checkpoint carries."""

import numpy as np
import pytest
import torch
from feature_toy import DIM, build_on_features, feature_model, features, write_features
from mmengine.runner import load_checkpoint
from mmpretrain.registry import DATASETS, MODELS

from nl_plugins.formats.feature_file import FeatureFile


def build(**settings):
    return MODELS.build(dict(type='FeatureVectors', in_channels=DIM, **settings))


def test_standardises_by_the_training_file(tmp_path):
    path = write_features(tmp_path / 'toy')
    network = build(standardize=str(path))
    values = torch.from_numpy(FeatureFile(path).features[0].astype(np.float32))
    assert torch.equal(network(values)[0], values)  # nothing is read before
    network.init_weights()
    (got,) = network(values)
    assert torch.allclose(got.mean(0), torch.zeros(DIM), atol=1e-5)
    assert torch.allclose(got.std(0, correction=0), torch.ones(DIM), atol=1e-5)
    want = (values - values.mean(0)) / values.std(0, correction=0)
    assert torch.allclose(got, want, atol=1e-4)


def test_a_constant_feature(tmp_path):
    path = write_features(tmp_path / 'toy')
    file = np.load(path / 'statistics.npy')
    file[:, 2] = 10.0, 1e-8
    np.save(path / 'statistics.npy', file)
    network = build(standardize=str(path))
    network.init_weights()
    assert network(torch.full((1, DIM), 10.5))[0][0, 2] == 0.5


def test_wrong_number_of_features(tmp_path):
    path = write_features(tmp_path / 'toy')
    config = dict(type='FeatureVectors', in_channels=7, standardize=str(path))
    with pytest.raises(ValueError, match='has 6 features, but in_channels=7'):
        MODELS.build(config).init_weights()
    with pytest.raises(ValueError, match=r'shape \(2, 3\), but in_channels=6'):
        build()(torch.zeros(2, 3))


def test_dropout_of_the_inputs():
    network = build(dropout=0.5)
    torch.manual_seed(0)
    network.train()
    (dropped,) = network(torch.ones(100, DIM))
    assert set(dropped.unique().tolist()) == {0.0, 2.0}
    network.eval()
    assert network(torch.ones(1, DIM))[0].tolist() == [[1.0] * DIM]


def test_the_statistics_travel_in_the_checkpoint(tmp_path):
    runner = build_on_features(tmp_path)
    runner.train()
    trained = runner.model.eval()
    model = MODELS.build(feature_model('/no/such/file'))
    load_checkpoint(model, str(tmp_path / 'work' / 'epoch_2.pth'), strict=True)
    dataset = DATASETS.build(features(tmp_path / 'val'))
    values = torch.stack([dataset[i]['inputs'] for i in range(15)])
    assert torch.equal(model.eval()(values), trained(values))
    assert model.backbone.mean.abs().max() > 1
