import torch

from nl_plugins.detection.verification_split import split_verification

GIVEN = torch.tensor([0, 0, 1, 1, 2, 2])
VERIFICATION = torch.tensor([1, 0, -1, 1, 0, -1])


def test_held_out_labels_are_not_learnt_from():
    held_out = torch.tensor([-1, 0, -1, -1, 0, -1])
    split = split_verification(GIVEN, VERIFICATION, held_out)
    assert split.judged.tolist() == [-1, 0, -1, -1, 0, -1]
    assert split.learnt.tolist() == [1, -1, -1, 1, -1, -1]
    assert split.all_classes.tolist() == split.learnt.tolist()


def test_else_true_labels_judge_what_nobody_verified():
    true = torch.tensor([0, 1, 1, 1, 0, 0])
    split = split_verification(GIVEN, VERIFICATION, None, true)
    assert split.learnt.tolist() == VERIFICATION.tolist()
    assert split.judged.tolist() == [-1, -1, 1, -1, -1, 0]
    true[5] = -1
    split = split_verification(GIVEN, VERIFICATION, None, true)
    assert split.judged.tolist() == [-1, -1, 1, -1, -1, -1]


def test_held_out_classes_judge_and_are_not_learnt_from():
    true = torch.tensor([0, 1, 1, 1, 0, 0])
    split = split_verification(GIVEN, VERIFICATION, None, true, (1,))
    assert split.learnt.tolist() == [1, 0, -1, -1, 0, -1]
    assert split.all_classes.tolist() == VERIFICATION.tolist()
    assert split.judged.tolist() == [-1, -1, 1, -1, -1, -1]


def test_nothing_to_judge_by():
    split = split_verification(GIVEN, VERIFICATION)
    assert (split.judged == -1).all()
    assert split.learnt.tolist() == VERIFICATION.tolist()


def test_some_judge_where_there_are_many():
    given = torch.arange(90) % 3
    verification = torch.full((90,), -1)
    verification[:9] = 1
    held_out = torch.where((given > 0) & (torch.arange(90) >= 9), 1, -1)
    draws = [
        split_verification(given, verification, held_out, judges_per_class=7, seed=seed)
        for seed in (0, 0, 1)
    ]
    for split in draws:
        judged = split.judged >= 0
        assert torch.bincount(given[judged], minlength=3).tolist() == [0, 7, 7]
        assert not (judged & (held_out < 0)).any()
        assert torch.equal(split.learnt, verification)
    assert torch.equal(draws[0].judged, draws[1].judged)
    assert not torch.equal(draws[0].judged, draws[2].judged)
