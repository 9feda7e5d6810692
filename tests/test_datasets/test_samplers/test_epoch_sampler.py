import pytest
import torch

from nl_plugins.datasets.samplers.epoch_sampler import balanced_order, balanced_size


def order_of(labels, seed=0):
    return balanced_order(labels, torch.Generator().manual_seed(seed)).tolist()


def test_by_hand():
    order = order_of(torch.tensor([7, 0, 0, 0, 7]))  # three of each
    assert len(order) == 6
    assert {place: order.count(place) for place in (1, 2, 3)} == {1: 1, 2: 1, 3: 1}
    assert sorted([order.count(0), order.count(4)]) == [1, 2]


@pytest.mark.parametrize('seed', range(5))
def test_every_class_as_often_as_the_largest_and_every_member_alike(seed):
    labels = torch.randint(0, 6, (97,), generator=torch.Generator().manual_seed(seed))
    labels[labels == 3] = 5  # a class without samples
    order = order_of(labels, seed)
    largest = max((labels == label).sum().item() for label in labels)
    assert len(order) == balanced_size(labels) == 5 * largest
    for label in (0, 1, 2, 4, 5):
        members = (labels == label).nonzero().flatten().tolist()
        times = [order.count(member) for member in members]
        assert sum(times) == largest
        assert max(times) - min(times) <= 1


def test_who_is_repeated_is_drawn():
    labels = torch.tensor([0, 1, 1, 1, 0])
    repeated = {order_of(labels, seed).count(0) for seed in range(20)}
    assert repeated == {1, 2}


def test_the_order_is_mixed():
    labels = torch.arange(2).repeat_interleave(50)
    first_half = labels[order_of(labels)[:50]]
    assert 15 < first_half.sum() < 35
