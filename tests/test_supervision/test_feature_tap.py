import pytest
import torch
from mmpretrain.registry import MODELS
from torch import nn
from toy import NUM_CLASSES, tiny_model

from nl_plugins.supervision.feature_tap import FeatureTap, feature_vectors


@pytest.fixture
def model():
    torch.manual_seed(0)
    return MODELS.build(tiny_model()).eval()


def test_features_are_the_input_of_the_last_layer(model):
    inputs = torch.randn(4, 3, 16, 16)
    with FeatureTap(model) as tap:
        logits = model(inputs, mode='tensor')
        features, _ = tap.take()
    assert torch.allclose(model.head.fc(features), logits, atol=1e-6)
    assert not features.requires_grad


def test_a_named_layer(model):
    inputs = torch.randn(4, 3, 16, 16)
    with FeatureTap(model, 'backbone.layers.3') as tap:
        model(inputs, mode='tensor')
        features, _ = tap.take()
    maps = model.backbone.layers[:3](inputs)
    assert torch.allclose(features, maps.mean((2, 3)), atol=1e-6)


def test_a_head_without_layers_falls_back_to_the_last_linear_layer():
    backbone = dict(type='LeNet5', num_classes=NUM_CLASSES)
    model = MODELS.build(
        dict(type='ImageClassifier', backbone=backbone, head=dict(type='ClsHead'))
    )
    inputs = torch.randn(4, 1, 32, 32)
    with FeatureTap(model) as tap:
        logits = model(inputs, mode='tensor')
        features, _ = tap.take()
    assert features.shape == (4, 84)
    assert torch.allclose(model.backbone.classifier[-1](features), logits, atol=1e-6)


def test_training_pass_is_left_as_it_is(model):
    model.train()
    inputs = torch.randn(4, 3, 16, 16)
    from mmpretrain.structures import DataSample

    samples = [DataSample().set_gt_label(i % NUM_CLASSES) for i in range(4)]
    before = {k: v.clone() for k, v in model.state_dict().items()}
    plain = model.loss(inputs, samples)['loss']
    model.load_state_dict(before)
    with FeatureTap(model) as tap:
        tapped = model.loss(inputs, samples)['loss']
        after_one_pass = {k: v.clone() for k, v in model.state_dict().items()}
        features, probs = tap.take()
    assert torch.equal(plain, tapped)
    assert model.training
    assert model.head.training
    for name, value in model.state_dict().items():
        assert torch.equal(value, after_one_pass[name]), name
    assert torch.allclose(probs, model.head.fc(features).softmax(1), atol=1e-6)
    assert not model.head._forward_hooks


def test_margin_of_the_training_pass_is_not_in_the_predictions():
    model = MODELS.build(
        tiny_model(type='ArcFaceClsHead', loss=dict(type='CrossEntropyLoss'))
    )
    from mmpretrain.structures import DataSample

    inputs = torch.randn(4, 3, 16, 16)
    samples = [DataSample().set_gt_label(i % NUM_CLASSES) for i in range(4)]
    with FeatureTap(model) as tap:
        model.loss(inputs, samples)
        features, probs = tap.take()
    cosine = model.head.norm_product(features)
    assert torch.allclose(probs, (64 * cosine).softmax(1), atol=1e-5)


def test_shapes_of_outputs():
    maps = torch.arange(24.0).view(2, 3, 2, 2)
    assert feature_vectors(maps).tolist() == maps.mean((2, 3)).tolist()
    tokens = torch.arange(12.0).view(2, 3, 2)
    assert feature_vectors(tokens).tolist() == tokens.mean(1).tolist()
    two = feature_vectors((torch.tensor([[3.0, 4.0]]), torch.tensor([[0.0, 2.0]])))
    assert torch.allclose(two, torch.tensor([[0.6, 0.8, 0.0, 1.0]]))
    assert (
        feature_vectors(torch.ones(1, 2, dtype=torch.bfloat16)).dtype == torch.float32
    )


def test_errors(model):
    with pytest.raises(ValueError, match='no module'):
        FeatureTap(model, 'head.nothing')
    with pytest.raises(ValueError, match='no classification layer'):
        FeatureTap(nn.Conv2d(1, 1, 1))
    with pytest.raises(RuntimeError, match='no forward pass'):
        FeatureTap(model).take()
