"""What terms see of a batch."""

from types import SimpleNamespace

import torch
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
