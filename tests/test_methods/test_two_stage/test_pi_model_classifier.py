"""Equation 2 against loops, and the plain classifier inside."""

import math

import pytest
import torch
import torch.nn.functional as F
from mmpretrain.registry import MODELS
from mmpretrain.structures import DataSample

K, SIZE = 3, 4
NET = dict(
    backbone=dict(
        type='FullyConnected', in_channels=SIZE, hidden_channels=(6,), dropout=0.5
    ),
    head=dict(type='LinearClsHead', num_classes=K, in_channels=6),
)


def build(kind='PiModelClassifier', **changes):
    torch.manual_seed(0)
    model = MODELS.build(dict(type=kind, **{**NET, **changes}))
    model.init_weights()
    with torch.no_grad():  # the host begins with tiny weights: all classes alike
        model.head.fc.weight.normal_(std=1.0)
    return model


def samples_of(targets):
    """Data samples: a label, or a target vector."""
    samples = []
    for target in targets:
        sample = DataSample().set_gt_label(0)
        if isinstance(target, int):
            sample.set_gt_label(target)
        else:
            sample.set_gt_score(torch.tensor(target))
        samples.append(sample)
    return samples


def one_hot(label):
    return [float(label == c) for c in range(K)]


NONE = [0.0] * K
HALF = [one_hot(0), NONE, one_hot(2), NONE, NONE]  # M = 2 of N = 5


def reference(model, views, targets, alpha, std):
    """Eq. 2 written out; draws random numbers in the order of Algorithm 1."""
    linear, fc = model.backbone.layers[0][0], model.head.fc

    def forward(x):
        x = x + std * torch.randn_like(x) if std else x
        hidden = F.relu(x @ linear.weight.T + linear.bias)
        hidden = F.dropout(hidden, 0.5)
        return hidden @ fc.weight.T + fc.bias

    first, second = forward(views[0]), forward(views[1])
    cross_entropy, labelled = 0.0, 0
    for row, target in zip(first, targets):
        if any(target):
            labelled += 1
            log_z = row - row.exp().sum().log()
            cross_entropy = cross_entropy - log_z[target.index(1.0)]
    consistency = sum(
        ((a.exp() / a.exp().sum() - b.exp() / b.exp().sum()) ** 2).sum()
        for a, b in zip(first, second)
    )
    return cross_entropy / labelled, alpha / len(targets) * consistency


@pytest.mark.parametrize('two_views', [False, True])
@pytest.mark.parametrize('std', [0.0, 0.3])
def test_equals_equation_2_with_its_gradients(two_views, std):
    settings = dict(consistency=dict(type='ConsistencyLoss', loss_weight=7.0))
    if std:
        settings['noise'] = dict(type='GaussianNoise', std=std)
    model, naive = build(**settings), build(**settings)
    x = torch.randn(2, 5, SIZE)
    views = [x[0], x[1]] if two_views else [x[0], x[0]]
    torch.manual_seed(1)
    got = model.loss(list(views) if two_views else x[0], samples_of(HALF))
    assert set(got) == {'loss', 'loss_consistency'}
    torch.manual_seed(1)
    want = reference(naive, views, HALF, 7.0, std)
    torch.testing.assert_close(got['loss'], want[0])
    torch.testing.assert_close(got['loss_consistency'], want[1])
    assert float(want[1]) > 0.01
    sum(got.values()).backward()
    sum(want).backward()
    for p, q in zip(model.parameters(), naive.parameters()):
        torch.testing.assert_close(p.grad, q.grad)


@pytest.mark.parametrize(
    'targets', [[0, 1, 2, 2, 0], [one_hot(c) for c in (0, 1, 2, 2, 0)]]
)
def test_without_consistency_it_is_the_plain_classifier(targets):
    model, plain = build(noise=dict(type='GaussianNoise')), build('ImageClassifier')
    model.terms[0].scale = 0.0
    x = torch.randn(5, SIZE)
    torch.manual_seed(1)
    got = model.loss(x, samples_of(targets))
    torch.manual_seed(1)
    want = plain.loss(x, samples_of(targets))
    assert set(got) == {'loss'}
    assert torch.equal(got['loss'], want['loss'])


def test_without_consistency_one_view_is_one_pass():
    model = build()
    passes = []
    model.backbone.register_forward_hook(lambda *args: passes.append(1))
    x = torch.randn(2, 5, SIZE)
    for scale, count in ((0.0, 1), (0.5, 3)):
        model.terms[0].scale = scale
        model.loss([x[0], x[1]], samples_of(HALF))
        assert len(passes) == count


def test_the_scale_multiplies_the_consistency_alone():
    model, x = build(), torch.randn(5, SIZE)
    losses = []
    for scale in (1.0, 0.25):
        model.terms[0].scale = scale
        torch.manual_seed(1)
        losses.append(model.loss(x, samples_of(HALF)))
    torch.testing.assert_close(losses[0]['loss'], losses[1]['loss'])
    torch.testing.assert_close(
        0.25 * losses[0]['loss_consistency'], losses[1]['loss_consistency']
    )


def test_weights_are_divided_by_the_number_of_labelled_and_not_by_their_sum():
    model, x = build(), torch.randn(4, SIZE)
    model.eval()
    targets = [one_hot(0), [0.0, 0.5, 0.0], NONE, NONE]
    got = model.loss(x, samples_of(targets))['loss']
    log_z = model(x).log_softmax(1)
    torch.testing.assert_close(got, -(log_z[0, 0] + 0.5 * log_z[1, 1]) / 2)


def test_label_smoothing_marks_unlabelled_samples_by_a_constant_row():
    """The supervision hook writes -b/a so that the smoothed target is zero."""
    head = dict(NET['head'], loss=dict(type='LabelSmoothLoss', label_smooth_val=0.3))
    model, x = build(head=head).eval(), torch.randn(4, SIZE)
    empty = [-0.3 / K / 0.7] * K
    got = model.loss(x, samples_of([one_hot(0), empty, one_hot(1), empty]))['loss']
    log_z = model(x).log_softmax(1)
    smooth = 0.7 * torch.eye(K)[:2] + 0.3 / K
    want = -(smooth * log_z[[0, 2]]).sum() / 2
    torch.testing.assert_close(got, want)


def test_a_batch_without_labels_costs_nothing_but_its_consistency():
    model = build()
    losses = model.loss(torch.randn(3, SIZE), samples_of([NONE] * 3))
    assert float(losses['loss']) == 0
    sum(losses.values()).backward()
    assert all(p.grad.isfinite().all() for p in model.parameters())
    assert any(p.grad.abs().sum() > 0 for p in model.parameters())


def test_another_second_prediction():
    model, x = build(), torch.randn(5, SIZE)
    asked = []

    def uniform(batch):
        asked.append((batch.probs.detach(), batch.views[-1], batch.samples))
        return torch.full_like(batch.probs, 1 / K)

    model.terms[0].second_prediction = uniform
    samples = samples_of(HALF)
    loss = model.loss([x, x + 1], samples)['loss_consistency']
    probs, inputs, given = asked[0]
    assert given is samples
    assert torch.equal(inputs, x + 1)
    torch.testing.assert_close(loss, 100 * ((probs - 1 / K) ** 2).sum(1).mean())


def test_names_and_predictions_are_those_of_the_plain_classifier():
    model = build(noise=dict(type='GaussianNoise', std=9.0)).eval()
    plain = build('ImageClassifier').eval()
    assert list(model.state_dict()) == list(plain.state_dict())
    plain.load_state_dict(model.state_dict(), strict=True)
    x = torch.randn(4, SIZE)
    torch.testing.assert_close(model(x), plain(x))
    scores = [s.pred_score for s in model(x, mode='predict')]
    torch.testing.assert_close(torch.stack(scores), plain(x).softmax(1))


def test_probabilities_are_single_precision_under_autocast():
    model, x = build(), torch.randn(4, SIZE)
    with torch.autocast('cpu', torch.bfloat16):
        probs = model.stochastic_probs(x)
        losses = model.loss(x, samples_of([one_hot(0), NONE, NONE, NONE]))
    assert probs.dtype == torch.float32
    assert all(math.isfinite(float(loss)) for loss in losses.values())


@pytest.mark.parametrize(
    ('changes', 'message'),
    [
        (dict(train_cfg=dict(augments=[dict(type='Mixup', alpha=0.8)])), 'Mixup'),
        (
            dict(head=dict(type='MultiLabelLinearClsHead', num_classes=K,
                           in_channels=6)),
            'MultiLabelLinearClsHead does not compute its loss',
        ),
        (dict(head=None), 'NoneType does not compute its loss'),
    ],
)  # fmt: skip
def test_what_cannot_work_is_refused(changes, message):
    if 'train_cfg' in changes:
        changes = dict(changes, data_preprocessor=dict(num_classes=K))
    with pytest.raises(ValueError, match=message):
        MODELS.build(dict(type='PiModelClassifier', **{**NET, **changes}))


def test_three_views_are_refused():
    x = torch.randn(3, 5, SIZE)
    with pytest.raises(ValueError, match='makes 3 views'):
        build().loss(list(x), samples_of(HALF))
