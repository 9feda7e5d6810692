"""Groups of samples with one label."""

import pytest

from nl_plugins.datasets.samplers.class_group_sampler import ClassGroupSampler

LABELS = [0, 1, 2] * 8 + [1] * 9  # 8, 17, 8


def groups_of(sampler):
    """The labels of the samples where these change, or a group is full."""
    found = []
    for index in sampler:
        label = LABELS[index]
        if found and found[-1][0] == label and len(found[-1]) < sampler.group_size:
            found[-1].append(label)
        else:
            found.append([label])
    return found


def test_every_sample_once_in_groups_of_a_class(labels):
    for seed in range(5):
        sampler = ClassGroupSampler(labels(LABELS), group_size=4, seed=seed)
        assert sorted(sampler) == list(range(33))
        assert len(sampler) == 33
        sizes = [len(group) for group in groups_of(sampler)]
        assert sizes.count(4) >= 7  # of 8; the one of 1 may lie before another of it


def test_groups_and_their_order_are_drawn_in_each_epoch(labels):
    sampler = ClassGroupSampler(labels(LABELS), group_size=4, seed=0)
    orders = []
    for epoch in range(3):
        sampler.set_epoch(epoch)
        orders.append(list(sampler))
        assert list(sampler) == orders[-1]
    assert orders[0] != orders[1] != orders[2]
    first = [{frozenset(order[i : i + 4]) for i in range(0, 32, 4)} for order in orders]
    assert first[0] != first[1]


def test_ranks_have_parts_of_one_order(labels):
    sampler = ClassGroupSampler(labels(LABELS), group_size=4, seed=0)
    whole, parts = list(sampler), []
    sampler.world_size = 2
    for sampler.rank in range(2):
        parts += list(sampler)
        assert len(sampler) == 17
    assert parts == [*whole, whole[0]]


def test_a_group_has_a_size(labels):
    with pytest.raises(ValueError, match='group_size'):
        ClassGroupSampler(labels(LABELS), group_size=0)
