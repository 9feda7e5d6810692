"""The loss of each image."""

from types import SimpleNamespace

import torch
import torch.nn.functional as F
from mmpretrain.registry import MODELS

from nl_plugins.supervision.each_loss import each_loss
from nl_plugins.supervision.term_batch import TermBatch


def test_equals_one_image_at_a_time():
    head = MODELS.build(dict(type='LinearClsHead', num_classes=4, in_channels=5))
    model = SimpleNamespace(head=head)
    feats = (torch.randn(6, 5),)
    batch = TermBatch(model, [], [], None, feats)
    targets = torch.eye(4)[torch.tensor([0, 1, 2, 3, 0, 1])]
    weights = torch.tensor([1.0, 0.5, 3.0, 0.0, 1.0, 0.2])
    got = each_loss(batch, weights[:, None] * targets)
    want = F.cross_entropy(head(feats), targets.argmax(1), reduction='none')
    torch.testing.assert_close(got, want * (weights > 0))
    assert not got.requires_grad
    assert each_loss(batch, targets, batch.logits).requires_grad
