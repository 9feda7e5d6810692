"""MentorNet's threshold by hand, in runs, and on digits with wrong labels."""

import pytest
import torch
import torch.nn.functional as F
from digits_run import LONG, network, train_digits
from mmpretrain.registry import MODELS
from toy import NUM_CLASSES, data_samples

from nl_plugins.methods.mentor_net.mentor_net import MentorNet

HOOKS = [dict(type='TermsHook')]
TERM = dict(type='MentorNet', percentile=0.5)


def classifier(**term):
    torch.manual_seed(0)
    return MODELS.build(
        dict(
            type='NoisyLabelClassifier',
            backbone=dict(type='FullyConnected', in_channels=12, dropout=0.0),
            head=dict(type='LinearClsHead', num_classes=NUM_CLASSES, in_channels=128),
            terms=[dict(TERM, **term)],
        )
    )


def losses_of(model, images, labels):
    logits = model.eval()(images, mode='tensor')
    return F.cross_entropy(logits, torch.tensor(labels), reduction='none').detach()


@pytest.mark.parametrize('width', [0.0, 0.5])
def test_three_batches_by_hand(width):
    model, labels = classifier(width=width, momentum=0.8), [0, 1, 2, 0, 1, 2, 0, 1]
    model.terms[0].scale = 1.0
    threshold = None
    for step in range(3):
        images = torch.randn(8, 3, 2, 2)
        each = losses_of(model, images, labels)
        ranked = sorted(each.tolist())
        now = (ranked[3] + ranked[4]) / 2
        threshold = now if step == 0 else 0.8 * threshold + 0.2 * now
        weights = [
            float(loss <= threshold)
            if width == 0
            else min(max(0.0, 1 - (loss - threshold) / width), 1.0)
            for loss in each.tolist()
        ]
        kept = sum(weight > 0 for weight in weights)
        want = sum(w * loss for w, loss in zip(weights, each.tolist())) / kept
        got = model.train().loss(images, data_samples(labels))
        assert float(got['loss']) == pytest.approx(want, rel=1e-4)
        assert float(got['threshold']) == pytest.approx(threshold, rel=1e-5)
        assert float(got['mean_weight']) == pytest.approx(sum(weights) / 8, rel=1e-4)


def test_predefined_curriculum_of_the_authors():
    """All images, then those up to the threshold, in the end a straight line."""
    settings = dict(width=1.0, width_epoch=90, start_epoch=20, momentum=0.0)
    model, labels = classifier(**settings), [0, 1, 2, 0, 1, 2, 0, 1]
    term, images = model.terms[0], torch.randn(8, 3, 2, 2)
    each = losses_of(model, images, labels).tolist()
    ranked = sorted(each)
    threshold = (ranked[3] + ranked[4]) / 2
    line = [min(max(1 - (loss - threshold), 0.0), 1.0) for loss in each]
    assert 0.5 < sum(line) / 8 < 1
    for epoch, want in [(1, None), (19, None), (20, 0.5), (89, 0.5), (90, line)]:
        term.scale = term.scale_at(epoch, last=100)
        got = model.train().loss(images, data_samples(labels))
        if want is None:
            assert got.keys() == {'loss'}
            assert float(got['loss']) == pytest.approx(sum(each) / 8, rel=1e-4)
        else:
            want = want if isinstance(want, float) else sum(want) / 8
            assert float(got['mean_weight']) == pytest.approx(want, rel=1e-4)


def test_what_has_no_label_counts_neither_way():
    model, labels = classifier(), [0, 1, 2, 0, 1, 2, 0, 1]
    model.terms[0].scale = 1.0
    images = torch.randn(8, 3, 2, 2)
    each = losses_of(model, images, labels)
    weights = [0.0, 1.0, 0.0, 0.1, 1.0, 1.0, 0.0, 0.0]
    got = model.train().loss(images, data_samples(labels, weights))
    middle = sorted(each[torch.tensor(weights) > 0].tolist())
    assert float(got['threshold']) == pytest.approx((middle[1] + middle[2]) / 2)
    assert float(got['mean_weight']) == 0.5


def test_does_not_memorise_the_wrong_labels_of_digits(tmp_path, digits_baseline):
    model = network(terms=[dict(TERM, start_epoch=3)])
    _, accuracy = train_digits(tmp_path, HOOKS, model, epochs=LONG)
    assert accuracy > digits_baseline + 10


@pytest.mark.parametrize(
    ('settings', 'message'),
    [
        (dict(percentile=0), 'percentile'),
        (dict(width=-1), 'width'),
        (dict(width_epoch=0), 'width_epoch'),
        (dict(momentum=1.0), r'momentum must lie in \[0, 1\), got 1.0'),
    ],
)
def test_bad_settings(settings, message):
    with pytest.raises(ValueError, match=message):
        MentorNet(**settings)
