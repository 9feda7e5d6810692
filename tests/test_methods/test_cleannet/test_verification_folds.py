from types import SimpleNamespace

import pytest
import torch

from nl_plugins.methods.cleannet.verification_folds import (
    class_folds,
    hidden_classes,
    verification_folds,
)


def draw(size=200, classes=4, seed=0):
    generator = torch.Generator().manual_seed(seed)
    labels = torch.randint(classes, (size,), generator=generator)
    verification = torch.randint(-1, 2, (size,), generator=generator)
    return labels, verification


def test_every_verified_sample_is_in_one_part_and_no_other_one():
    labels, verification = draw()
    folds = verification_folds(labels, verification, 5, 0)
    assert ((folds >= 0) == (verification >= 0)).all()
    assert sorted(folds.unique().tolist()) == [-1, 0, 1, 2, 3, 4]


def test_parts_are_alike_in_outcome_and_class():
    labels, verification = draw()
    folds = verification_folds(labels, verification, 5, 0)
    for outcome in (0, 1):
        for label in range(4):
            chosen = (verification == outcome) & (labels == label)
            counts = torch.bincount(folds[chosen], minlength=5)
            assert counts.max() - counts.min() <= 1
        counts = torch.bincount(folds[verification == outcome], minlength=5)
        assert counts.max() - counts.min() <= 1


def test_no_part_holds_all_of_a_class():
    """A class of one right and one wrong label once fell into one part."""
    labels = torch.arange(40) % 20
    verification = (torch.arange(40) < 20).long()
    folds = verification_folds(labels, verification, 5, 0)
    assert (folds[:20] != folds[20:]).all()
    for outcome in (0, 1):
        assert torch.bincount(folds[verification == outcome]).tolist() == [4] * 5
    for seed in range(30):
        labels, verification = draw(size=60, classes=15, seed=seed)
        folds = verification_folds(labels, verification, 5, seed)
        for label in range(15):
            parts = folds[(labels == label) & (verification >= 0)]
            assert len(parts) < 2 or parts.unique().numel() > 1


def test_seed_decides():
    labels, verification = draw()
    first = verification_folds(labels, verification, 5, 0)
    assert torch.equal(verification_folds(labels, verification, 5, 0), first)
    assert not torch.equal(verification_folds(labels, verification, 5, 1), first)


@pytest.mark.parametrize('num_folds', [1, 0, -3])
def test_nothing_to_hold_out(num_folds):
    labels, verification = draw()
    with pytest.raises(ValueError, match=f'one of {num_folds} parts: give 2 or more'):
        verification_folds(labels, verification, num_folds, 0)


def test_too_few_of_one_kind():
    verification = torch.tensor([1, 1, 1, 0, 0, -1])
    with pytest.raises(ValueError, match=r'5 verification labels, 3 right and 2 wrong'):
        verification_folds(torch.zeros(6), verification, 3, 0)


def test_classes_are_held_out_as_a_whole():
    labels, verification = draw(classes=7)
    verification[labels == 6] = -1
    folds = class_folds(labels, verification, 4, 0)
    assert ((folds >= 0) == (verification >= 0)).all()
    for label in range(6):
        assert folds[(labels == label) & (verification >= 0)].unique().numel() == 1
    for part in range(4):
        assert verification[folds == part].unique().tolist() == [0, 1]
    assert torch.equal(folds, class_folds(labels, verification, 4, 0))
    assert any(
        not torch.equal(folds, class_folds(labels, verification, 4, seed))
        for seed in range(1, 5)
    )


def test_each_held_out_part_has_a_class_with_both_outcomes():
    labels = torch.arange(6).repeat_interleave(10)
    verification = torch.ones(60, dtype=torch.long)
    verification[[3, 25]] = 0  # of the classes 0 and 2
    folds = class_folds(labels, verification, 5, 0)
    assert folds.max() == 1
    assert {int(folds[3]), int(folds[25])} == {0, 1}
    verification[25] = 1
    assert class_folds(labels, verification, 5, 0) is None


def test_classes_to_hide_by_name_or_number_or_how_many():
    labels = torch.arange(60) % 6
    verified = torch.where((labels < 5) & (torch.arange(60) < 30), 1, -1)
    data = SimpleNamespace(
        given_labels=labels, verification=verified, labels_of=lambda names: [9, *names]
    )
    assert hidden_classes(data, (3, 1), 0) == [9, 3, 1]
    assert hidden_classes(data, 0, 0) == []
    drawn = [[hidden_classes(data, n, seed) for n in range(1, 5)] for seed in range(9)]
    for row in drawn:
        for number, (few, more) in enumerate(zip(row, row[1:]), 1):
            assert set(few) < set(more)
            assert few == sorted(few)
            assert len(few) == number
        assert set(row[-1]) < set(range(5))  # class 5 has no verification label
    assert len({few for (few,), *_ in drawn}) > 2
    with pytest.raises(ValueError, match='cannot hold out 5 of 5 classes'):
        hidden_classes(data, 5, 0)
    with pytest.raises(ValueError, match='held_out_classes must be an integer.*-2'):
        hidden_classes(data, -2, 0)
