import torch

from nl_plugins.evaluation import split_verification

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
