import pytest
import torch
import torch.nn.functional as F
from mmpretrain.models.losses import CrossEntropyLoss
from mmpretrain.registry import MODELS
from mmpretrain.structures import DataSample
from toy import NUM_CLASSES, tiny_model

from nl_plugins.supervision.soft_targets import (
    batch_rows,
    check_loss,
    read_targets,
    set_targets,
    smoothing,
    write_targets,
)
from nl_plugins.supervision.start_checks import check_model


def make_batch(labels, scores=None):
    samples = [DataSample().set_gt_label(label) for label in labels]
    for sample, score in zip(samples, scores or [], strict=False):
        sample.set_gt_score(score)
    return dict(inputs=torch.zeros(len(labels), 3, 32, 32), data_samples=samples)


def scores_of(samples):
    return torch.stack([sample.gt_score for sample in samples])


def test_labels_become_one_hot_vectors():
    assert read_targets(make_batch([2, 0]), torch.tensor([2, 0]), 3).tolist() == [
        [0, 0, 1],
        [1, 0, 0],
    ]


def test_scores_of_a_dataset_are_kept():
    scores = [[0.5, 0.5, 0.0], [0.1, 0.2, 0.7]]
    got = read_targets(make_batch([1, 2], scores), torch.tensor([1, 2]), 3, 0.05)
    assert torch.allclose(got, torch.tensor(scores))


@pytest.mark.parametrize('mixed', [False, True])
@pytest.mark.parametrize('smoothed', [0.0, 0.02])
def test_writing_and_reading_again_gives_the_same(smoothed, mixed):
    targets = torch.tensor([[0.3, 0.0, 0.0], [0.0, 0.0, 0.0], [0.2, 0.5, 0.3]])
    batch = make_batch([0, 1, 2])
    write_targets(batch, targets, smoothed, mixed)
    assert torch.allclose(
        read_targets(batch, torch.arange(3), 3, smoothed), targets, atol=1e-6
    )


def test_targets_wait_until_the_batch_is_preprocessed():
    targets = torch.tensor([[0.3, 0.0, 0.7], [0.0, 0.0, 0.0]])
    preprocessor = MODELS.build(tiny_model()).data_preprocessor
    preprocessor.register_forward_hook(set_targets)
    batch = make_batch([0, 2])
    write_targets(batch, targets)
    assert 'gt_score' not in batch['data_samples'][0]
    assert torch.equal(scores_of(preprocessor(batch, True)['data_samples']), targets)
    # a batch without targets is left alone
    assert 'gt_score' not in preprocessor(make_batch([0]), True)['data_samples'][0]


def test_the_rows_of_a_batch_are_read_once():
    batch = make_batch([0, 2])
    for index, sample in zip([7, 3], batch['data_samples'], strict=True):
        sample.set_metainfo(dict(sample_idx=index))
    assert batch_rows(batch).tolist() == [7, 3]
    assert batch_rows(batch) is batch_rows(batch)


@pytest.mark.parametrize('mode', ['original', 'classy_vision'])
@pytest.mark.parametrize('epsilon', [0.1, 0.3])
def test_a_weight_reaches_the_smoothed_part_of_the_loss(mode, epsilon):
    loss = dict(type='LabelSmoothLoss', label_smooth_val=epsilon, mode=mode)
    model = MODELS.build(tiny_model(loss=loss))
    weights = torch.tensor([1.0, 0.25, 0.0, 1.7])
    labels = torch.tensor([0, 1, 2, 1])
    logits = torch.randn(4, NUM_CLASSES, generator=torch.Generator().manual_seed(0))
    # by hand: each sample's smoothed cross entropy, times its weight, mean over 4
    if mode == 'classy_vision':
        epsilon = epsilon / (1 + epsilon)
    onehot = F.one_hot(labels, NUM_CLASSES).float()
    smooth = (1 - epsilon) * onehot + epsilon / NUM_CLASSES
    want = (weights * -(smooth * logits.log_softmax(1)).sum(1)).mean()

    batch = make_batch(labels.tolist())
    targets = weights[:, None] * onehot
    write_targets(batch, targets, smoothing(model, NUM_CLASSES), mixed=True)
    target = scores_of(batch['data_samples'])
    got = model.head.loss_module(logits, target, avg_factor=4)
    assert torch.allclose(got, want, atol=1e-6)
    naive = model.head.loss_module(logits, weights[:, None] * onehot, avg_factor=4)
    assert not torch.allclose(naive, want, atol=1e-3), 'the correction is not needed'


def test_no_smoothing_for_other_losses():
    assert smoothing(MODELS.build(tiny_model()), NUM_CLASSES) == 0


FITTING = [
    dict(type='CrossEntropyLoss'),
    dict(type='CrossEntropyLoss', use_soft=True),
    dict(type='CrossEntropyLoss', reduction='none'),  # MMEngine takes the mean
    dict(type='CrossEntropyLoss', use_sigmoid=True),
    dict(type='CrossEntropyLoss', use_sigmoid=True, pos_weight=2.0),
    dict(type='CrossEntropyLoss', class_weight=2.0),
    *[
        dict(type='LabelSmoothLoss', label_smooth_val=0.1, mode=mode, use_sigmoid=use)
        for mode in ('original', 'classy_vision')
        for use in (False, True)
    ],
]
REFUSED = [
    dict(type='LabelSmoothLoss', label_smooth_val=0.1, mode='multi_label'),
    dict(type='FocalLoss'),
    dict(type='AsymmetricLoss'),
    dict(type='SeesawLoss'),
    dict(type='CosineSimilarityLoss'),
    dict(type='CrossCorrelationLoss'),
    dict(type='CAELoss', lambd=1.0),
    dict(type='SwAVLoss', feat_dim=4),
    dict(type='PixelReconstructionLoss', criterion='L1'),
]


def built(loss, num_classes):
    loss = dict(loss)
    for key in ('class_weight', 'pos_weight'):
        if key in loss:
            loss[key] = torch.linspace(1, loss[key], num_classes).tolist()
    if loss['type'] == 'SeesawLoss':
        loss['num_classes'] = num_classes
    return MODELS.build(loss)


def test_every_loss_of_the_host_is_looked_at():
    kinds = [
        name
        for name, kind in MODELS.module_dict.items()
        if kind.__module__.startswith('mmpretrain.models.losses')
    ]
    assert set(kinds) == {loss['type'] for loss in FITTING + REFUSED}


@pytest.mark.parametrize('num_classes', [2, 3, 4, 5, 7])
@pytest.mark.parametrize('config', FITTING, ids=str)
def test_a_row_of_mass_w_costs_w_times(config, num_classes):
    loss = built(config, num_classes)
    generator = torch.Generator().manual_seed(0)
    logits = torch.randn(6, num_classes, generator=generator)
    labels = torch.arange(6) % num_classes
    rows = F.one_hot(labels, num_classes) * 0.7 + 0.3 / num_classes
    each = torch.stack(
        [loss(logits[[i]], rows[[i]], avg_factor=1).mean() for i in range(6)]
    )
    weights = torch.tensor([1.0, 0.5, 0.0, 0.25, 2.0, 0.0])

    model = MODELS.build(tiny_model(num_classes=num_classes))
    model.head.loss_module = loss
    check_model(model, num_classes)
    check_model(model, num_classes)  # of two hooks
    batch = make_batch(labels.tolist())
    smoothed = smoothing(model, num_classes)
    write_targets(batch, weights[:, None] * rows, smoothed, mixed=True)
    logits.requires_grad_()
    got = loss(logits, scores_of(batch['data_samples']), avg_factor=6).mean()
    assert torch.allclose(got, (weights * each).sum() / 6, atol=1e-5)
    got.backward()
    assert logits.grad[weights == 0].abs().max() < 1e-7


def test_a_weight_of_the_head_counts_as_well():
    loss = CrossEntropyLoss(use_sigmoid=True)
    check_loss(loss, 3, torch.device('cpu'))
    target, weight = 0.5 * torch.eye(3), torch.tensor([1.0, 0.0, 2.0])
    got = loss(torch.zeros(3, 3), target, weight=weight, avg_factor=1)
    assert torch.allclose(got, (0.5 * weight).sum() * 2.0794415)  # 3 ln 2


@pytest.mark.parametrize('num_classes', [3, 4])
@pytest.mark.parametrize('config', REFUSED, ids=str)
def test_other_losses_are_refused(config, num_classes):
    match = f'{config["type"]} .*use CrossEntropyLoss'
    with pytest.raises(ValueError, match=match):
        check_loss(built(config, num_classes), num_classes, torch.device('cpu'))


def test_a_loss_without_weights_is_refused():
    class Sigmoid(torch.nn.Module):
        def forward(self, logits, target, avg_factor):
            if target.ndim == 1:
                target = F.one_hot(target, 3).float()
            return F.binary_cross_entropy_with_logits(logits, target)

    with pytest.raises(ValueError, match='Sigmoid .* nor take a `weight`'):
        check_loss(Sigmoid(), 3, torch.device('cpu'))


def test_a_loss_that_ignores_the_mixture_is_refused():
    class Argmax(torch.nn.Module):
        def forward(self, logits, target, avg_factor):
            if target.ndim == 2:
                target = target.argmax(1)
            return F.cross_entropy(logits, target)

    with pytest.raises(ValueError, match='Argmax is not linear'):
        check_loss(Argmax(), 3, torch.device('cpu'))


def test_a_loss_with_another_value_for_vectors_is_refused():
    class Doubled(torch.nn.Module):
        def forward(self, logits, target, avg_factor):
            return F.cross_entropy(logits, target) * target.ndim

    with pytest.raises(ValueError, match='Doubled gives'):
        check_loss(Doubled(), 3, torch.device('cpu'))
