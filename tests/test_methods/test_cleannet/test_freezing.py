"""Which part of a classifier stays trainable."""

from types import SimpleNamespace

import pytest
import torch
from mmengine.registry import MODEL_WRAPPERS, init_default_scope
from mmpretrain.registry import MODELS
from torch import nn
from toy import tiny_model

from nl_plugins.methods.cleannet.freezing import FrozenFeatures


def build(config):
    init_default_scope('mmpretrain')
    return MODELS.build(config)


def trainable(model):
    return {name for name, p in model.named_parameters() if p.requires_grad}


def test_the_head_stays_trainable():
    model = build(tiny_model())
    frozen = FrozenFeatures(model)
    for parameter in model.parameters():
        parameter.grad = torch.ones_like(parameter)
    frozen.freeze(SimpleNamespace(model=model))
    assert trainable(model) == {'head.fc.weight', 'head.fc.bias'}
    assert model.head.fc.weight.grad is not None
    assert model.backbone.layers[0].weight.grad is None
    model.train()
    frozen.keep_in_eval_mode()
    assert model.head.training
    assert model.head.fc.training
    assert not any(m.training for m in model.backbone.layers)


def test_without_a_parametric_head_the_last_layer_stays_trainable():
    config = dict(
        type='ImageClassifier',
        backbone=dict(type='LeNet5', num_classes=10),
        head=dict(type='ClsHead'),
    )
    model = build(config)
    frozen = FrozenFeatures(model)
    frozen.freeze(SimpleNamespace(model=model))
    last = model.backbone.classifier[-1]
    assert isinstance(last, nn.Linear)
    names = {f'backbone.classifier.2.{kind}' for kind in ('weight', 'bias')}
    assert trainable(model) == names
    model.train()
    frozen.keep_in_eval_mode()
    assert last.training
    assert not model.backbone.features[0].training


def convolutional():
    model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Conv2d(4, 2, 1))
    model.head = build(dict(type='ClsHead'))
    return model


def test_a_named_layer_stays_trainable():
    model = convolutional()
    FrozenFeatures(model, '2').freeze(SimpleNamespace(model=model))
    assert trainable(model) == {'2.weight', '2.bias'}


def test_a_named_layer_without_parameters():
    with pytest.raises(ValueError, match="feature_layer='1' has no parameters"):
        FrozenFeatures(convolutional(), '1')


def test_no_layer_to_train():
    with pytest.raises(ValueError, match='no classification layer'):
        FrozenFeatures(nn.Conv2d(3, 3, 1))


def test_a_wrapper_that_cannot_be_built_again():
    @MODEL_WRAPPERS.register_module(force=True)
    class Sharded(nn.Module):
        def __init__(self, module):
            super().__init__()
            self.module = module

    model = build(tiny_model())
    frozen = FrozenFeatures(model)
    frozen.check_wrapper(SimpleNamespace(model=model))
    with pytest.raises(ValueError, match='Sharded cannot.*rounds_before_freezing'):
        frozen.check_wrapper(SimpleNamespace(model=Sharded(model)))
