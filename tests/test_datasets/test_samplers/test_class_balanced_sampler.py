from collections import Counter

import pytest
from mmengine.runner import Runner
from mmpretrain.registry import DATA_SAMPLERS

from nl_plugins.datasets.samplers.class_balanced_sampler import ClassBalancedSampler

LONG_TAIL = [0] * 40 + [1] * 7 + [2] * 3


def drawn(labels, indices):
    return Counter(labels[index] for index in indices)


def test_every_class_is_drawn_equally_often(labels):
    sampler = ClassBalancedSampler(labels(LONG_TAIL), seed=0)
    indices = list(sampler)
    assert len(indices) == len(sampler) == 120
    assert drawn(LONG_TAIL, indices) == {0: 40, 1: 40, 2: 40}
    assert set(indices) == set(range(50))


def test_the_order_depends_on_seed_and_epoch_alone(labels):
    def epoch(number, seed=3):
        sampler = ClassBalancedSampler(labels(LONG_TAIL), seed=seed)
        sampler.set_epoch(number)
        return list(sampler)

    sampler = ClassBalancedSampler(labels(LONG_TAIL), seed=3)
    uninterrupted = []
    for number in range(3):
        sampler.set_epoch(number)
        uninterrupted.append(list(sampler))
    assert uninterrupted[2] == epoch(2) != epoch(1)
    assert epoch(2, seed=4) != epoch(2)


@pytest.mark.parametrize('world_size', [2, 3, 7])
def test_ranks_take_turns_in_one_order(labels, on_ranks, world_size):
    def make():
        return ClassBalancedSampler(labels(LONG_TAIL), seed=1)

    order = list(on_ranks(1, make)[0])
    samplers = on_ranks(world_size, make)
    shares = [list(sampler) for sampler in samplers]
    assert {len(share) for share in shares} == {len(sampler) for sampler in samplers}
    together = [index for turn in zip(*shares) for index in turn]
    assert together[:120] == order
    assert together[120:] == order[: len(together) - 120]
    assert len(together) - 120 < world_size


def test_from_a_config_in_workers():
    loader = Runner.build_dataloader(
        dict(
            batch_size=100,
            num_workers=2,
            persistent_workers=True,
            sampler=dict(type='ClassBalancedSampler', shuffle=True),
            dataset=dict(type='Digits', pipeline=[dict(type='PackInputs')]),
        ),
        seed=5,
    )
    assert loader.sampler.seed == 5
    orders = []
    for epoch in range(2):
        loader.sampler.set_epoch(epoch)
        samples = [sample for batch in loader for sample in batch['data_samples']]
        orders.append([sample.sample_idx for sample in samples])
        counts = Counter(int(sample.gt_label) for sample in samples)
        assert len(counts) == 10
        assert len(set(counts.values())) == 1
    assert orders[0] != orders[1]


def test_without_a_seed_one_is_drawn(labels):
    sampler = DATA_SAMPLERS.build(
        dict(type='ClassBalancedSampler', dataset=labels([0, 1]))
    )
    assert isinstance(sampler.seed, int)


@pytest.mark.parametrize(
    ('given', 'settings', 'message'),
    [
        ([], {}, 'ClassBalancedSampler: the dataset has no samples'),
        ([0, 1], dict(shuffle=False), 'always shuffles: remove shuffle=False'),
        ([0, [1, 2]], {}, 'sample 1 has 2 labels'),
        ([0, -1], {}, 'sample 1 has gt_label=-1, which is not in 0'),
    ],
)
def test_errors(labels, given, settings, message):
    with pytest.raises(ValueError, match=message):
        ClassBalancedSampler(labels(given), seed=0, **settings)
