"""MentorNet's threshold by hand, in runs, and on digits with wrong labels."""

import pytest
import torch
import torch.nn.functional as F
from digits_run import network, train_digits
from mmpretrain.registry import MODELS
from mmpretrain.structures import DataSample
from processes import run_processes
from states import assert_same
from toy import NUM_CLASSES, build, config, hook_of, loader, tiny_model, toy

from nl_plugins.methods.mentor_net.mentor_net import MentorNet
from nl_plugins.supervision.terms_hook import TermsHook

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


def samples(labels, weights=None):
    made = []
    for row, label in enumerate(labels):
        sample = DataSample(metainfo=dict(sample_idx=row)).set_gt_label(label)
        if weights:
            sample.set_gt_score(weights[row] * torch.eye(NUM_CLASSES)[label])
        made.append(sample)
    return made


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
        got = model.train().loss(images, samples(labels))
        assert float(got['loss']) == pytest.approx(want, rel=1e-4)
        assert float(got['threshold']) == pytest.approx(threshold, rel=1e-5)
        assert float(got['mean_weight']) == pytest.approx(sum(weights) / 8, rel=1e-4)


def test_what_has_no_label_counts_neither_way():
    model, labels = classifier(), [0, 1, 2, 0, 1, 2, 0, 1]
    model.terms[0].scale = 1.0
    images = torch.randn(8, 3, 2, 2)
    each = losses_of(model, images, labels)
    weights = [0.0, 1.0, 0.0, 0.1, 1.0, 1.0, 0.0, 0.0]
    got = model.train().loss(images, samples(labels, weights))
    middle = sorted(each[torch.tensor(weights) > 0].tolist())
    assert float(got['threshold']) == pytest.approx((middle[1] + middle[2]) / 2)
    assert float(got['mean_weight']) == 0.5


def run(folder, epochs=4, **changes):
    model = dict(tiny_model(), type='NoisyLabelClassifier', terms=[TERM])
    epochs = dict(by_epoch=True, max_epochs=epochs, val_interval=100)
    return build(folder, HOOKS, model, train_cfg=epochs, **changes)


def test_resumes_exactly(tmp_path):
    whole = run(tmp_path / 'whole')
    whole.train()
    run(tmp_path / 'part', 2).train()
    checkpoint = str(tmp_path / 'part' / 'epoch_2.pth')
    resumed = run(tmp_path / 'part', resume=True, load_from=checkpoint)
    resumed.train()
    assert_same(resumed.model.state_dict(), whole.model.state_dict())
    got, want = (hook_of(r, TermsHook).state_dict() for r in (resumed, whole))
    assert want['terms']['MentorNet_0']['threshold'] > 0
    assert_same(got, want)


def train(rank):
    backbone = dict(type='FullyConnected', in_channels=192, hidden_channels=[16])
    model = dict(
        tiny_model(in_channels=16),
        type='NoisyLabelClassifier',
        backbone=dict(backbone, dropout=0.0),
        terms=[TERM],
    )
    cfg = config(
        rank.folder / 'run',
        HOOKS,
        model,
        train_dataloader=loader(toy(size=8), batch_size=8 // rank.world),
        val_dataloader=loader(toy(size=8, test_mode=True)),
        optim_wrapper=dict(optimizer=dict(type='SGD', lr=0.01)),
    )
    runner = rank.runner(cfg)
    runner.train()
    terms = hook_of(runner, TermsHook).state_dict()['terms']
    return dict(model=rank.plain(runner).state_dict(), **terms)


def test_two_processes_are_one(tmp_path):
    (single,) = run_processes(train, tmp_path, 1)
    for rank in run_processes(train, tmp_path, 2):
        for part, values in single.items():
            for key, value in values.items():
                got = rank[part][key]
                torch.testing.assert_close(got, value, rtol=0, atol=1e-5)


def test_does_not_memorise_the_wrong_labels_of_digits(tmp_path):
    model = network(terms=[dict(TERM, start_epoch=3)])
    _, accuracy = train_digits(tmp_path, HOOKS, model, epochs=12)
    assert accuracy > 85


@pytest.mark.parametrize(
    ('settings', 'message'),
    [
        (dict(percentile=0), 'percentile'),
        (dict(width=-1), 'width'),
        (dict(momentum=1.0), r'momentum must lie in \[0, 1\), got 1.0'),
    ],
)
def test_bad_settings(settings, message):
    with pytest.raises(ValueError, match=message):
        MentorNet(**settings)
