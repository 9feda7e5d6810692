"""The networks that features are taken from."""

import pytest
import torch
from find_toy import write_images, write_network
from mmengine.config import Config
from mmengine.dataset import Compose
from mmengine.registry import init_default_scope
from mmpretrain.registry import DATASETS

from nl_plugins.datasets.training_set import TrainingSet
from nl_plugins.running import feature_network as module
from nl_plugins.running.feature_network import feature_network, fit_network
from nl_plugins.supervision.network_fingerprint import network_fingerprint
from nl_plugins.supervision.walk import Walk


@pytest.fixture(autouse=True)
def _scope():
    init_default_scope('mmpretrain')


def test_a_config_with_and_without_a_checkpoint(tmp_path):
    config, path = str(write_network(tmp_path)), tmp_path / 'weights.pth'
    fresh = feature_network(config)
    again = feature_network(config)
    assert not fresh.trained
    for name, value in fresh.model.state_dict().items():
        assert torch.equal(value, again.model.state_dict()[name])
    weights = {n: v + 1 for n, v in fresh.model.state_dict().items()}
    torch.save(dict(state_dict=weights), path)
    loaded = feature_network(config, str(path))
    assert loaded.trained
    assert torch.equal(
        loaded.model.state_dict()['head.fc.bias'], weights['head.fc.bias']
    )
    assert [step['type'] for step in loaded.pipeline][-1] == 'PackInputs'
    assert not loaded.model.training
    # the head is of no use: one of other classes may stand there
    weights = {n: v for n, v in weights.items() if not n.startswith('head.')}
    torch.save(weights, path)
    assert feature_network(config, str(path)).trained
    del weights['backbone.layers.0.weight']
    torch.save(weights, path)
    with pytest.raises(ValueError, match='lacks 1 of 7 weights, such as backbone'):
        feature_network(config, str(path))


def test_without_installed_weights_it_says_so(monkeypatch):
    monkeypatch.setattr(module, 'find_spec', lambda name: None)
    network = feature_network()
    assert not network.trained
    assert network.name == 'filters that are patches of these images, at 32 pixels'
    assert network.pipeline[1] == dict(type='Resize', scale=32)


def test_filters_are_taken_from_the_images(tmp_path, monkeypatch):
    monkeypatch.setattr(module, 'find_spec', lambda name: None)
    write_images(tmp_path, per_class=4)
    images = dict(type='ImageLabels', data_root=str(tmp_path), pipeline=[])
    dataset = DATASETS.build(images)
    network, again, other = feature_network(), feature_network(), feature_network()
    before = network.model.backbone.filters.clone()
    pipeline = Compose(network.pipeline)
    fit_network(network, dataset, pipeline)
    assert not torch.equal(network.model.backbone.filters, before)
    fit_network(again, dataset, pipeline)
    assert network_fingerprint(again.model) == network_fingerprint(network.model)
    fit_network(other, DATASETS.build(dict(images, indices=6)), pipeline)
    assert network_fingerprint(other.model) != network_fingerprint(network.model)
    walk = Walk(TrainingSet(dataset).dataset, pipeline)
    features = walk.collect(network.model, lambda b: dict(x=b.features))['x']
    assert features.shape == (12, 1024)
    assert (features.std(dim=0) > 0).any()
    tiny = feature_network(str(write_network(tmp_path)))
    before = network_fingerprint(tiny.model)
    fit_network(tiny, dataset, pipeline)
    assert network_fingerprint(tiny.model) == before


def test_a_config_without_a_pipeline(tmp_path):
    path = tmp_path / 'config.py'
    path.write_text(Config(dict(model=dict(type='ImageClassifier'))).pretty_text)
    with pytest.raises(ValueError, match='no validation or test set'):
        module.image_pipeline(Config.fromfile(path))


def test_an_unknown_name():
    with pytest.raises(ValueError, match='no_such_model'):
        feature_network('no_such_model')
