"""The networks that features are taken from."""

import pytest
import torch
from find_toy import write_network
from mmengine.config import Config
from mmengine.registry import init_default_scope

from nl_plugins.running import feature_network as module
from nl_plugins.running.feature_network import feature_network


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
    assert network.name == 'ResNet-18 with random weights at 64 pixels'
    assert network.pipeline[1] == dict(type='Resize', scale=64)


def test_a_config_without_a_pipeline(tmp_path):
    path = tmp_path / 'config.py'
    path.write_text(Config(dict(model=dict(type='ImageClassifier'))).pretty_text)
    with pytest.raises(ValueError, match='no validation or test set'):
        module.image_pipeline(Config.fromfile(path))


def test_an_unknown_name():
    with pytest.raises(ValueError, match='no_such_model'):
        feature_network('no_such_model')
