"""MetaCleaner image by image, in runs, and on digits with wrong labels."""

import pytest
import torch
import torch.nn.functional as F
from digits_run import LONG, network, train_digits
from mmpretrain.registry import MODELS
from toy import NUM_CLASSES, data_samples

from nl_plugins.methods.meta_cleaner.meta_cleaner import MetaCleaner

LABELS = [0, 1, 2, 0, 1, 0, 0, 1]


def classifier(**term):
    torch.manual_seed(0)
    return MODELS.build(
        dict(
            type='NoisyLabelClassifier',
            backbone=dict(type='FeatureVectors', in_channels=6),
            head=dict(type='LinearClsHead', num_classes=NUM_CLASSES, in_channels=6),
            terms=[dict(type='MetaCleaner', in_channels=6, **term)],
        )
    ).train()


def naive_loss(model, images, groups):
    """The mean loss of one clean representation for each (class, rows)."""
    term, total = model.terms[0], 0.0
    for label, rows in groups:
        mean = images[rows].mean(0)
        scores = [term.scores(torch.cat([images[row], mean])) for row in rows]
        powers = [score.exp() for score in scores]
        clean = sum(p / sum(powers) * images[row] for p, row in zip(powers, rows))
        logits = model.head.fc(clean)
        total = total + F.cross_entropy(logits[None], torch.tensor([label]))
    return total / len(groups)


def test_equals_the_loop_and_its_gradient():
    model, images = classifier(), torch.randn(8, 6)
    losses = model.loss(images, data_samples(LABELS))
    rows = {c: [i for i, y in enumerate(LABELS) if y == c] for c in range(3)}
    want = naive_loss(model, images, list(rows.items()))
    assert float(losses['loss']) == 0
    torch.testing.assert_close(losses['loss_clean'], want)
    got = torch.autograd.grad(losses['loss_clean'], [*model.parameters()])
    expected = torch.autograd.grad(want, [*model.parameters()])
    for mine, other in zip(got, expected, strict=True):
        torch.testing.assert_close(mine, other, rtol=1e-3, atol=1e-6)
    assert got[0].any()


@pytest.mark.parametrize('settings', [dict(use_soft=True), dict(use_sigmoid=True)])
def test_losses_that_take_no_labels(settings):
    model, images = classifier(), torch.randn(8, 6)
    wanted = model.loss(images, data_samples(LABELS))['loss_clean']
    model.head.loss_module = MODELS.build(dict(type='CrossEntropyLoss', **settings))
    logits = []
    model.head.register_forward_hook(lambda *args: logits.append(args[-1]))
    got = model.loss(images, data_samples(LABELS))['loss_clean']
    if 'use_sigmoid' in settings:
        targets, count = torch.eye(NUM_CLASSES), NUM_CLASSES  # a subset of each class
        wanted = F.binary_cross_entropy_with_logits(logits[-1], targets) * count
    torch.testing.assert_close(got, wanted)


def test_subsets_are_cut_at_random_and_none_is_lost():
    term, labels = classifier(subset_size=2).terms[0], torch.tensor(LABELS)
    seen = set()
    for seed in range(20):
        torch.manual_seed(seed)
        groups, classes = term.subsets(labels)
        assert sorted(groups.bincount().tolist()) == [1, 1, 2, 2, 2]
        assert torch.equal(classes[groups], labels)
        seen.add(tuple(groups.tolist()))
    assert len(seen) > 5


def test_a_batch_is_that_of_its_subsets():
    model, images = classifier(subset_size=2), torch.randn(8, 6)
    torch.manual_seed(5)
    groups, classes = model.terms[0].subsets(torch.tensor(LABELS))
    torch.manual_seed(5)
    got = model.loss(images, data_samples(LABELS))['loss_clean']
    rows = [(groups == g).nonzero().flatten().tolist() for g in range(len(classes))]
    want = naive_loss(model, images, list(zip(classes.tolist(), rows)))
    torch.testing.assert_close(got, want)


def test_what_has_no_label_is_left_alone():
    model, images = classifier(), torch.randn(8, 6)
    weights = [1.0, 1.0, 0.0, 0.0, 1.0, 0.5, 0.0, 0.0]
    got = model.loss(images, data_samples(LABELS, weights))['loss_clean']
    want = naive_loss(model, images, [(0, [0, 5]), (1, [1, 4])])
    torch.testing.assert_close(got, want)
    nothing = model.loss(images, data_samples(LABELS, [0.0] * 8))['loss_clean']
    nothing.backward()
    assert float(nothing) == 0
    assert model.terms[0].scores[0].weight.grad is not None


def test_does_not_memorise_the_wrong_labels_of_digits(tmp_path, digits_baseline):
    model = network(terms=[dict(type='MetaCleaner', in_channels=128)])
    _, accuracy = train_digits(tmp_path, [], model, epochs=LONG)
    assert accuracy > digits_baseline + 10


@pytest.mark.parametrize(
    'settings',
    [dict(in_channels=0), dict(hidden_channels=0), dict(subset_size=1)],
)
def test_bad_settings(settings):
    with pytest.raises(ValueError, match=next(iter(settings))):
        MetaCleaner(**dict(dict(in_channels=4), **settings))
