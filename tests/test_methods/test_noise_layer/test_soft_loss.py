import pytest
import torch
import torch.nn.functional as F
from mmpretrain.registry import MODELS
from toy import tiny_model

from nl_plugins.methods.noise_layer.soft_loss import class_scores, soft_loss

FEATS = (torch.randn(5, 8, generator=torch.Generator().manual_seed(0)),)


def test_scores_are_the_logits_of_an_ordinary_head():
    model = MODELS.build(tiny_model())
    scores = class_scores(model, FEATS)
    assert torch.equal(scores, model.head.fc(FEATS[0]))
    assert not scores.requires_grad


def test_scores_lack_what_training_adds():
    head = dict(type='StackedLinearClsHead', mid_channels=[16], dropout_rate=0.5)
    model = MODELS.build(tiny_model(**head)).train()
    torch.testing.assert_close(class_scores(model, FEATS), class_scores(model, FEATS))
    assert model.head.training
    model.eval()
    torch.testing.assert_close(class_scores(model, FEATS), model.head(FEATS))


def test_scores_of_a_head_that_predicts_in_its_own_way():
    model = MODELS.build(tiny_model())
    model.head = MODELS.build(
        dict(type='ConformerHead', num_classes=3, in_channels=[8, 6])
    )
    feats = ((torch.randn(4, 8), torch.randn(4, 6)),)
    samples = model.head.predict(feats)
    want = torch.stack([sample.pred_score for sample in samples])
    torch.testing.assert_close(class_scores(model, feats).softmax(1), want)


@pytest.mark.parametrize('epsilon', [0, 0.2])
def test_loss_is_the_cross_entropy_with_the_targets(epsilon):
    kind = dict(type='CrossEntropyLoss')
    if epsilon:
        kind = dict(type='LabelSmoothLoss', label_smooth_val=epsilon, mode='original')
    model = MODELS.build(tiny_model(loss=kind))
    targets = torch.tensor(
        [[1, 0, 0], [0.2, 0.5, 0.3], [0, 0, 0], [0, 0, 1], [0, 0, 0]]
    )
    loss = soft_loss(model, FEATS, targets)['loss']
    smooth = targets * (1 - epsilon) + targets.sum(1, keepdim=True) * epsilon / 3
    logs = F.log_softmax(model.head.fc(FEATS[0]), dim=1)
    torch.testing.assert_close(loss, -(smooth * logs).sum() / 5)
    (grad,) = torch.autograd.grad(loss, model.head.fc.bias)
    assert grad.abs().sum() > 0


def test_zero_targets_cost_nothing():
    model = MODELS.build(
        tiny_model(loss=dict(type='LabelSmoothLoss', label_smooth_val=0.1))
    )
    loss = soft_loss(model, FEATS, torch.zeros(5, 3))['loss']
    torch.testing.assert_close(loss, torch.zeros(()))
