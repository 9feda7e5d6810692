from collections import Counter

import numpy as np
import pytest

from nl_plugins.datasets.samplers.clean_noisy_sampler import CleanNoisySampler


class Samples:
    """Samples 0 to 5 have both labels, 6 to 9 a clean one, the others a noisy one."""

    def __init__(self, size=50, clean=10, both=6):
        rows = np.arange(size)
        self.clean = np.where(rows < clean, 1, -1)
        self.noisy = np.where((rows >= both) & (rows < clean), -1, 2)

    def __len__(self):
        return len(self.clean)

    def get_data_info(self, idx):
        clean, noisy = self.clean[idx], self.noisy[idx]
        return dict(gt_label=0, clean_label=clean, noisy_label=noisy)


class Plain:
    def __len__(self):
        return 5

    def get_data_info(self, idx):
        return dict(gt_label=0)


def counts(sampler):
    indices = list(sampler)
    assert len(indices) == len(sampler)
    return Counter(indices)


def test_joint_epochs_hold_each_noisy_sample_and_clean_ones_for_half_of_them():
    got = counts(CleanNoisySampler(Samples(), seed=0))
    assert len(list(CleanNoisySampler(Samples(), seed=0))) == 60
    assert {got[row] for row in range(10, 50)} == {1}
    assert {got[row] for row in range(10)} == {2}  # 20 draws of 10 clean ones


def test_uneven_numbers_differ_by_one():
    got = counts(CleanNoisySampler(Samples(), clean_ratio=0.6, seed=0))
    assert Counter(got[row] for row in range(10)) == {2: 6, 3: 4}
    order = list(CleanNoisySampler(Samples(), seed=0))
    assert [row < 10 for row in order] != sorted(row < 10 for row in order)


def test_many_clean_samples_are_all_used_once():
    got = counts(CleanNoisySampler(Samples(clean=45), seed=0))
    assert got == dict.fromkeys(range(50), 1)
    assert counts(CleanNoisySampler(Samples(clean=50))) == dict.fromkeys(range(50), 1)


def test_without_clean_samples_it_is_a_shuffle():
    got = counts(CleanNoisySampler(Samples(clean=0), seed=0))
    assert got == dict.fromkeys(range(50), 1)


@pytest.mark.parametrize(
    ('phase', 'rows'), [('classes', 10), ('types', 6), ('given', 50)]
)
def test_other_phases_fill_the_same_length(phase, rows):
    sampler = CleanNoisySampler(Samples(), seed=0)
    sampler.set_phase(phase)
    got = counts(sampler)
    assert sum(got.values()) == 60
    assert set(got) == set(range(rows))
    assert max(got.values()) - min(got.values()) <= 1


def test_every_pass_has_an_order_of_its_own():
    order = list(CleanNoisySampler(Samples(), phase='classes', seed=0))
    passes = [order[start : start + 10] for start in range(0, 60, 10)]
    assert all(sorted(part) == list(range(10)) for part in passes)
    assert len({tuple(part) for part in passes}) == 6


def test_the_order_depends_on_seed_epoch_and_phase_alone():
    def epoch(number, phase, seed=1):
        sampler = CleanNoisySampler(Samples(), seed=seed)
        sampler.set_phase(phase)
        sampler.set_epoch(number)
        return list(sampler)

    sampler = CleanNoisySampler(Samples(), seed=1)
    for number, phase in enumerate(('classes', 'classes', 'types', 'joint', 'joint')):
        sampler.set_phase(phase)
        sampler.set_epoch(number)
        assert list(sampler) == epoch(number, phase)
    assert epoch(3, 'joint') != epoch(4, 'joint') != epoch(4, 'joint', seed=2)


@pytest.mark.parametrize('phase', ['joint', 'classes', 'types', 'given'])
@pytest.mark.parametrize('world_size', [2, 7])
def test_ranks_take_turns_in_one_order(on_ranks, world_size, phase):
    def make():
        return CleanNoisySampler(Samples(), phase=phase, seed=1)

    order = list(on_ranks(1, make)[0])
    shares = [list(sampler) for sampler in on_ranks(world_size, make)]
    together = [index for turn in zip(*shares) for index in turn]
    assert together[:60] == order
    assert together[60:] == order[: len(together) - 60]
    assert len(together) - 60 < world_size


@pytest.mark.parametrize(
    ('dataset', 'settings', 'message'),
    [
        (Plain(), {}, 'Plain does not tell its clean labels: wrap it as'),
        (Samples(), dict(clean_ratio=-1), 'clean_ratio must be a number >= 0, got -1'),
        (Samples(), dict(clean_ratio=float('nan')), 'clean_ratio'),
        (Samples(), dict(phase='em'), "phase must be one of .*, but is 'em'"),
        (Samples(clean=0), dict(phase='classes'), 'a clean label, but the dataset has'),
        (Samples(both=0), dict(phase='types'), 'a clean and a noisy label, but'),
        (Samples(size=0), {}, 'has no samples'),
    ],
)
def test_bad_settings(dataset, settings, message):
    with pytest.raises(ValueError, match=message):
        CleanNoisySampler(dataset, **settings)
