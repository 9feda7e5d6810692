"""Lee 2013 by hand, and with labels selected from digits with planted noise."""

from types import SimpleNamespace

import pytest
import torch
import torch.nn.functional as F
from digits_run import LONG, network, train_digits
from mmpretrain.models.losses import CrossEntropyLoss
from mmpretrain.structures import DataSample

from nl_plugins.functional import ramp_down
from nl_plugins.methods.pseudo_label.pseudo_label import PseudoLabel
from nl_plugins.supervision.term_batch import TermBatch

K = 3


class Head:
    loss_module = CrossEntropyLoss()

    def __call__(self, feats):
        return feats


def batch(logits, labels):
    """Of labels that are -1 where there is none."""
    samples = []
    for row, label in enumerate(labels):
        sample = DataSample(metainfo=dict(sample_idx=row)).set_gt_label(max(label, 0))
        target = torch.eye(K)[label] if label >= 0 else torch.zeros(K)
        samples.append(sample.set_gt_score(target))
    model = SimpleNamespace(head=Head())
    return TermBatch(model, [], samples, None, logits)


def draw(count, seed=0):
    return torch.randn(count, K, generator=torch.Generator().manual_seed(seed))


def test_is_the_loss_of_the_likeliest_class_where_there_is_no_label():
    logits = draw(5).requires_grad_()
    got = PseudoLabel(weight=3.0).losses(batch(logits, [0, -1, 2, -1, -1]))
    bare = logits[[1, 3, 4]]
    want = 3 * F.cross_entropy(bare, bare.argmax(1))
    torch.testing.assert_close(got['loss_pseudo'], want)
    got['loss_pseudo'].backward()
    assert not logits.grad[[0, 2]].any()
    assert logits.grad[[1, 3, 4]].any(1).all()


@pytest.mark.parametrize('settings', [dict(use_soft=True), dict(use_sigmoid=True)])
def test_losses_that_take_no_labels(settings, monkeypatch):
    monkeypatch.setattr(Head, 'loss_module', CrossEntropyLoss(**settings))
    logits = draw(4)
    got = PseudoLabel(weight=1.0).losses(batch(logits, [-1, -1, -1, 0]))
    bare = logits[:3]  # as many as there are classes
    guess = bare.argmax(1)
    want = F.cross_entropy(bare, guess)
    if 'use_sigmoid' in settings:
        want = F.binary_cross_entropy_with_logits(bare, torch.eye(K)[guess]) * K
    torch.testing.assert_close(got['loss_pseudo'], want)


def test_with_all_labels_it_adds_nothing():
    logits = draw(3).requires_grad_()
    got = PseudoLabel().losses(batch(logits, [0, 1, 2]))['loss_pseudo']
    assert got == 0
    got.backward()
    assert not logits.grad.any()


def test_the_schedule_of_equation_16():
    term = PseudoLabel(start_epoch=100, ramp_up=500)
    for t, want in ((99, 0), (100, 0), (350, 0.5), (600, 1), (900, 1)):
        assert term.scale_at(t, 1000) == want
    assert PseudoLabel(start_epoch=5).scale_at(5, 9) == 1
    assert PseudoLabel(start_epoch=5).scale_at(4, 9) == 0


def test_it_ramps_down_as_other_terms_do():
    term = PseudoLabel(start_epoch=2, ramp_down=10)
    for t in (2, 15, 21, 25, 29, 30):
        assert term.scale_at(t, 30) == ramp_down(30 - t, 10)
    assert term.scale_at(1, 30) == 0


def test_an_undecided_target_is_a_label():
    logits = draw(2).requires_grad_()
    undecided = batch(logits, [0, -1])
    undecided.samples[0].set_gt_score(torch.full((K,), 1 / K))
    PseudoLabel().losses(undecided)['loss_pseudo'].backward()
    assert not logits.grad[0].any()
    assert logits.grad[1].all()


def test_names_the_digits_whose_labels_were_left_out(tmp_path, digits_baseline):
    model = network(terms=[dict(type='PseudoLabel', start_epoch=3, ramp_up=5)])
    hooks = [
        dict(type='LabelSelectionHook', start_epoch=3, min_fraction=0.2),
        dict(type='TermsHook'),
    ]
    runner, accuracy = train_digits(tmp_path, hooks, model, epochs=LONG)
    assert accuracy > digits_baseline + 10


def test_bad_weight():
    with pytest.raises(ValueError, match='weight must be a number >= 0'):
        PseudoLabel(weight=-1)
