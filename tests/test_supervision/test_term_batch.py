"""What terms see of a batch."""

from types import SimpleNamespace

import torch
import torch.nn.functional as F
from mmpretrain.registry import MODELS
from torch import nn

from nl_plugins.supervision.term_batch import TermBatch


def test_a_term_that_looks_first_without_gradient_leaves_it_to_the_others():
    features = torch.ones(2, 3, requires_grad=True)
    model = SimpleNamespace(head=nn.Linear(3, 4))
    batch = TermBatch(model, [], [], features, features)
    with torch.no_grad():
        assert not batch.probs.requires_grad
    assert batch.probs.requires_grad
    batch.logits.sum().backward()
    assert features.grad is not None


def test_the_loss_of_each_image_is_that_of_one_at_a_time():
    head = MODELS.build(dict(type='LinearClsHead', num_classes=4, in_channels=5))
    model = SimpleNamespace(head=head)
    feats = (torch.randn(6, 5),)
    batch = TermBatch(model, [], [], None, feats)
    targets = torch.eye(4)[torch.tensor([0, 1, 2, 3, 0, 1])]
    weights = torch.tensor([1.0, 0.5, 3.0, 0.0, 1.0, 0.2])
    got = batch.each_loss(weights[:, None] * targets)
    want = F.cross_entropy(head(feats), targets.argmax(1), reduction='none')
    torch.testing.assert_close(got, want * (weights > 0))
    assert not got.requires_grad
    assert batch.each_loss(targets, batch.logits).requires_grad
