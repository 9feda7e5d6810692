import pytest
import torch
import torch.nn.functional as F
from mmpretrain.models.losses import CrossEntropyLoss, LabelSmoothLoss
from mmpretrain.registry import MODELS
from mmpretrain.structures import DataSample
from toy import NUM_CLASSES, tiny_model

from nl_plugins.engine.soft_targets import (
    check_loss,
    read_targets,
    smoothing,
    write_targets,
)


def samples(labels, scores=None):
    batch = [DataSample().set_gt_label(label) for label in labels]
    for sample, score in zip(batch, scores or [], strict=False):
        sample.set_gt_score(score)
    return batch


def test_labels_become_one_hot_vectors():
    assert read_targets(samples([2, 0]), torch.tensor([2, 0]), 3).tolist() == [
        [0, 0, 1],
        [1, 0, 0],
    ]


def test_scores_of_a_dataset_are_kept():
    scores = [[0.5, 0.5, 0.0], [0.1, 0.2, 0.7]]
    got = read_targets(samples([1, 2], scores), torch.tensor([1, 2]), 3, 0.05)
    assert torch.allclose(got, torch.tensor(scores))


@pytest.mark.parametrize('smoothed', [0.0, 0.02])
def test_writing_and_reading_again_gives_the_same(smoothed):
    targets = torch.tensor([[0.3, 0.0, 0.0], [0.0, 0.0, 0.0], [0.2, 0.5, 0.3]])
    batch = samples([0, 1, 2])
    write_targets(batch, targets, smoothed)
    assert torch.allclose(
        read_targets(batch, torch.arange(3), 3, smoothed), targets, atol=1e-6
    )


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

    batch = samples(labels.tolist())
    write_targets(batch, weights[:, None] * onehot, smoothing(model, NUM_CLASSES))
    target = torch.stack([sample.gt_score for sample in batch])
    got = model.head.loss_module(logits, target, avg_factor=4)
    assert torch.allclose(got, want, atol=1e-6)
    naive = model.head.loss_module(logits, weights[:, None] * onehot, avg_factor=4)
    assert not torch.allclose(naive, want, atol=1e-3), 'the correction is not needed'


def test_no_smoothing_for_other_losses():
    assert smoothing(MODELS.build(tiny_model()), NUM_CLASSES) == 0


@pytest.mark.parametrize(
    'loss',
    [
        CrossEntropyLoss(),
        CrossEntropyLoss(use_soft=True),
        CrossEntropyLoss(use_sigmoid=True),
        CrossEntropyLoss(class_weight=[1.0, 2.0, 3.0]),
        LabelSmoothLoss(0.1, num_classes=3),
    ],
    ids=['hard', 'soft', 'sigmoid', 'class_weight', 'smooth'],
)
def test_losses_that_pass(loss):
    check_loss(loss, 3, torch.device('cpu'))


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
