from collections import Counter
from math import ceil, floor

import pytest
import torch
from mmengine.dataset import DefaultSampler
from mmengine.runner import Runner

from nl_plugins.datasets.samplers.labeled_unlabeled_sampler import (
    LabeledUnlabeledSampler,
)


def mask_of(size, labeled):
    mask = torch.zeros(size, dtype=torch.bool)
    mask[list(labeled)] = True
    return mask


def make(dataset, mask=None, **settings):
    sampler = LabeledUnlabeledSampler(dataset, **{'seed': 0, **settings})
    if mask is not None:
        sampler.set_mask(mask)
    return sampler


def batches(indices, size):
    return [indices[start : start + size] for start in range(0, len(indices), size)]


@pytest.mark.parametrize('world_size', [1, 3])
@pytest.mark.parametrize('mask', [None, torch.ones(20, dtype=torch.bool)])
def test_without_unlabelled_samples_it_is_mmengines_shuffle(
    labels, on_ranks, monkeypatch, world_size, mask
):
    dataset = labels([0] * 20)
    for rank, sampler in enumerate(on_ranks(world_size, lambda: make(dataset, mask))):
        expected = DefaultSampler(dataset, seed=0)
        expected.rank, expected.world_size = rank, world_size
        expected.num_samples = ceil(20 / world_size)
        expected.total_size = expected.num_samples * world_size
        for epoch in range(2):
            sampler.set_epoch(epoch)
            expected.set_epoch(epoch)
            assert list(sampler) == list(expected)
            assert len(sampler) == len(expected)


def test_an_epoch_is_one_pass_over_the_labelled(labels):
    sampler = make(labels([0] * 100), mask_of(100, range(0, 100, 4)))
    indices = list(sampler)
    assert len(indices) == len(sampler) == 50
    counts = Counter(indices)
    assert set(counts.values()) == {1}  # 75 unlabelled are more than enough
    assert set(range(0, 100, 4)) <= set(counts)


@pytest.mark.parametrize('world_size', [1, 2, 3])
@pytest.mark.parametrize('share', [0.5, 0.25, 0.75, 0.1, 1 / 3, 0.9, 1])
@pytest.mark.parametrize('batch_size', [8, 7, 2, 40])
@pytest.mark.parametrize('num_labeled', [1, 10, 200, 299])
def test_every_batch_of_every_rank_has_its_share(
    labels, on_ranks, world_size, share, batch_size, num_labeled
):
    dataset, mask = labels([0] * 300), mask_of(300, range(num_labeled))
    samplers = on_ranks(world_size, lambda: make(dataset, mask, labeled_share=share))
    shards = [list(sampler) for sampler in samplers]
    assert {len(shard) for shard in shards} == {len(sampler) for sampler in samplers}
    share = max(share, num_labeled / 300)  # the unlabelled do not repeat
    for shard in shards:
        for batch in batches(shard, batch_size):
            labeled, expected = int(mask[batch].sum()), len(batch) * share
            assert floor(expected + 1e-9) <= labeled <= ceil(expected - 1e-9)
    labeled = Counter(index for shard in shards for index in shard if mask[index])
    assert set(labeled) == set(range(num_labeled))  # all of them
    assert sum(labeled.values()) == ceil(num_labeled / world_size) * world_size


def test_odd_batches_take_turns(labels):
    mask = mask_of(40, range(20))
    indices = list(make(labels([0] * 40), mask))
    assert [int(mask[batch].sum()) for batch in batches(indices, 5)] == [3, 2] * 4


def test_ranks_share_no_sample(labels, on_ranks):
    mask = mask_of(100, range(30))
    first, second, third = (
        set(sampler) for sampler in on_ranks(3, lambda: make(labels([0] * 100), mask))
    )
    assert len(first | second | third) == 60  # of 20 each


def test_too_few_unlabelled_samples_do_not_repeat(labels):
    sampler = make(labels([0] * 10), mask_of(10, range(7)))
    assert Counter(sampler) == Counter(range(10))
    assert len(sampler) == 10


def test_the_unlabelled_are_drawn_again_in_every_epoch(labels):
    sampler = make(labels([0] * 100), mask_of(100, range(5)))
    seen = set()
    for epoch in range(120):
        sampler.set_epoch(epoch)
        seen |= set(sampler)
    assert seen == set(range(100))


def test_the_labelled_may_be_balanced(labels):
    given = [0] * 12 + [1] * 3 + [2] * 40
    sampler = make(labels(given), mask_of(55, range(15)), balance_classes=True)
    labeled = list(sampler)[::2]
    assert Counter(given[index] for index in labeled) == {0: 12, 1: 12}
    assert len(sampler) == len(list(sampler)) == 48
    sampler.set_mask(torch.ones(55, dtype=torch.bool))
    assert Counter(given[index] for index in sampler) == {0: 40, 1: 40, 2: 40}
    assert len(sampler) == 120


def test_a_mask_is_followed_and_not_shared(labels):
    sampler = make(labels([0] * 10))
    assert len(sampler) == 10
    mask = mask_of(10, [3, 4])
    sampler.set_mask(mask)
    mask[5] = True
    assert len(sampler) == len(list(sampler)) == 4
    assert set(list(sampler)[::2]) == {3, 4}


def test_the_order_depends_on_seed_epoch_and_mask_alone(labels):
    dataset, mask = labels([0] * 50), mask_of(50, range(20))
    one, other = make(dataset), make(dataset)
    for epoch in range(4):  # one goes through earlier epochs and masks
        one.set_epoch(epoch)
        list(one)
        one.set_mask(mask_of(50, range(epoch, 30)))
    one.set_mask(mask)
    one.set_epoch(9)
    other.set_mask(mask)
    other.set_epoch(9)
    assert list(one) == list(other)
    other.set_epoch(8)
    assert list(one) != list(other)
    assert list(make(dataset, mask, seed=9)) == list(one)  # MMEngine's seed + epoch


@pytest.mark.parametrize('num_workers', [0, 2])
def test_masks_change_between_the_epochs_of_a_dataloader(num_workers):
    loader = Runner.build_dataloader(
        dict(
            batch_size=50,
            num_workers=num_workers,
            persistent_workers=num_workers > 0,
            drop_last=True,
            sampler=dict(type='LabeledUnlabeledSampler', shuffle=True),
            dataset=dict(type='Digits', pipeline=[dict(type='PackInputs')]),
        ),
        seed=0,
    )
    assert len(loader) == 1437 // 50
    for epoch, num_labeled in enumerate((260, 400)):
        mask = mask_of(1437, range(num_labeled))
        loader.sampler.set_mask(mask)
        loader.sampler.set_epoch(epoch)
        assert len(loader) == 2 * num_labeled // 50
        for batch in loader:
            rows = [sample.sample_idx for sample in batch['data_samples']]
            assert int(mask[rows].sum()) == 25


@pytest.mark.parametrize('labeled_share', [0, -0.5, 1.5, float('nan'), 'half'])
def test_a_share_out_of_range(labels, labeled_share):
    with pytest.raises(ValueError, match='labeled_share must lie in'):
        make(labels([0, 1]), labeled_share=labeled_share)


@pytest.mark.parametrize(
    ('mask', 'message'),
    [
        (torch.zeros(3, dtype=torch.bool), 'no sample labelled'),
        (torch.ones(4, dtype=torch.bool), r'\(3,\) bool, .* but is \(4,\)'),
        (torch.ones(3, 1, dtype=torch.bool), r'is \(3, 1\)'),
        (torch.tensor([0, 1, 2]), 'int64'),
    ],
)
def test_other_masks(labels, mask, message):
    sampler = make(labels([0, 1, 2]))
    before = list(sampler)
    with pytest.raises(ValueError, match=message):
        sampler.set_mask(mask)
    assert list(sampler) == before


def test_an_empty_dataset(labels):
    with pytest.raises(ValueError, match='no samples'):
        make(labels([]))
