import torch
from mmpretrain.registry import MODELS

from nl_plugins.functional import relevance_loss

SIMILARITY = torch.tensor([0.7, 0.6, 0.4, 0.0])
VERIFICATION = torch.tensor([1, 0, -1, -1])


def test_is_the_mean_of_the_function():
    settings = dict(margin=0.2, negative_weight=3.0, unsupervised_weight=0.5)
    loss = MODELS.build(dict(type='RelevanceLoss', **settings))
    want = relevance_loss(SIMILARITY, VERIFICATION, **settings).mean()
    assert torch.equal(loss(SIMILARITY, VERIFICATION, balance=7.0), want)


def test_balance_is_used_where_no_negative_weight_is_set():
    loss = MODELS.build(dict(type='RelevanceLoss'))
    want = relevance_loss(SIMILARITY, VERIFICATION, negative_weight=7.0).mean()
    assert torch.equal(loss(SIMILARITY, VERIFICATION, balance=7.0), want)
