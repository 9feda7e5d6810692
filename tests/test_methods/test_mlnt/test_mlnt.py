"""MLNT's loss and its gradient by hand, in runs, and on digits with wrong labels."""

from types import SimpleNamespace

import pytest
import torch
import torch.nn.functional as F
from digits_run import LONG, network, train_digits
from mmpretrain.registry import MODELS
from toy import NUM_CLASSES, build, data_samples, tiny_model

from nl_plugins.functional import label_donors
from nl_plugins.methods.mlnt.mlnt import MLNT

TERM = dict(type='MLNT', num_steps=2, neighbours=3)
HOOKS = [
    dict(type='StepSeedHook'),
    dict(type='TermsHook'),
    dict(type='EMAHook', momentum=0.1),
]


def linear(**term):
    """A linear classifier, with a teacher of its own."""
    torch.manual_seed(0)
    parts = dict(
        backbone=dict(type='FeatureVectors', in_channels=5, dropout=0.0),
        head=dict(type='LinearClsHead', num_classes=NUM_CLASSES, in_channels=5),
    )
    model, teacher = (
        MODELS.build(dict(parts, type='NoisyLabelClassifier', terms=terms))
        for terms in ([dict(TERM, **term)], [])
    )
    (own,) = model.terms
    own.scale, average = 1.0, SimpleNamespace(module=teacher)
    own._average = SimpleNamespace(ema_model=average)
    return model.train(), teacher


@pytest.mark.parametrize('second_order', [True, False])
def test_loss_and_gradient_are_those_of_the_equations(second_order):
    """Of a linear network the step can be written down."""
    settings = dict(step_size=0.7, rate=0.5, weight=3.0, second_order=second_order)
    model, teacher = linear(**settings)
    labels, images = [0, 1, 2, 0, 1, 2, 0, 1], torch.randn(8, 5)
    state = torch.get_rng_state()
    losses = model.loss(images, data_samples(labels))
    losses['loss_meta'].backward()

    torch.set_rng_state(state)
    own, other = model.head.fc, teacher.head.fc
    weight = own.weight.detach().clone().requires_grad_()
    bias = own.bias.detach().clone().requires_grad_()
    expected = (images @ other.weight.T + other.bias).softmax(1).detach()
    total = 0.0
    for _ in range(2):
        wrong = torch.tensor(labels)[label_donors(images, 0.5, 3)]
        error = (images @ weight.T + bias).softmax(1) - F.one_hot(wrong, NUM_CLASSES)
        error = error if second_order else error.detach()
        after = images @ (weight - 0.7 * error.T @ images / 8).T
        after = (after + bias - 0.7 * error.mean(0)).softmax(1)
        total = total + (expected * (expected / after).log()).sum(1).mean()
    want = 3 * total / 2
    want.backward()
    torch.testing.assert_close(losses['loss_meta'], want, rtol=1e-4, atol=1e-6)
    torch.testing.assert_close(own.weight.grad, weight.grad, rtol=1e-3, atol=1e-5)
    torch.testing.assert_close(own.bias.grad, bias.grad, rtol=1e-3, atol=1e-5)


def test_without_wrong_labels_and_far_from_the_teacher_it_is_still_a_divergence():
    model, teacher = linear(rate=0.0, step_size=1e-8)
    images = torch.randn(8, 5)
    loss = model.loss(images, data_samples([0] * 8))['loss_meta']
    logs = [(images @ m.head.fc.weight.T + m.head.fc.bias) for m in (model, teacher)]
    logs = [each.log_softmax(1) for each in logs]
    want = (logs[1].exp() * (logs[1] - logs[0])).sum(1).mean()
    torch.testing.assert_close(loss, 2 * want, rtol=1e-3, atol=1e-6)


def run(folder, epochs=4, hooks=HOOKS, **changes):
    model = dict(tiny_model(), type='NoisyLabelClassifier', terms=[TERM])
    epochs = dict(by_epoch=True, max_epochs=epochs, val_interval=100)
    return build(folder, hooks, model, train_cfg=epochs, **changes)


def test_statistics_are_those_of_the_labelled_passes_alone(tmp_path):
    runner = run(tmp_path, epochs=1)
    runner.train()
    assert int(runner.model.backbone.layers[1].num_batches_tracked) == runner.iter


def test_needs_a_teacher(tmp_path):
    with pytest.raises(ValueError, match='takes its teacher from an EMAHook'):
        run(tmp_path, hooks=[dict(type='TermsHook')]).train()


def test_is_better_than_cross_entropy_on_digits(tmp_path, digits_baseline):
    hooks = [*HOOKS[:2], dict(type='EMAHook', momentum=0.02)]
    model = network(terms=[dict(TERM, neighbours=10)])
    _, accuracy = train_digits(tmp_path, hooks, model, epochs=LONG)
    assert accuracy > digits_baseline + 10


@pytest.mark.parametrize(
    'settings',
    [dict(num_steps=0), dict(step_size=0), dict(rate=2), dict(neighbours=0)],
)
def test_bad_settings(settings):
    with pytest.raises(ValueError, match=next(iter(settings))):
        MLNT(**settings)
