"""Who is held out, and who judges."""

import torch

from nl_plugins.methods.smp.holdout import draw_holdout, judging_rows


def test_two_samples_of_a_class_are_never_held_out():
    given = torch.tensor([0, 0, 0, 0, 0, 1])
    assert not draw_holdout(given, None, 0)[5]
    sizes = torch.tensor([1, 2, 3, 4, 5, 30] * 20)
    given = torch.arange(len(sizes)).repeat_interleave(sizes)
    for share in (0.02, 0.1, 0.5):
        left = torch.bincount(given[~draw_holdout(given, share, 0)])
        assert (left >= sizes.clamp_max(2)).all()
        large = left[sizes == 30]  # what small classes keep is not taken from others
        assert (30 - large - 30 * share).abs().max() <= 1


def test_the_draw_of_larger_classes_is_that_of_0_1():
    given = torch.arange(40) % 4
    drawn = draw_holdout(given, 0.1, 0).nonzero().flatten()
    assert drawn.tolist() == [4, 31, 37, 38]
    drawn = draw_holdout(given, 0.3, 5).nonzero().flatten()
    assert drawn.tolist() == [1, 8, 14, 15, 16, 17, 22, 23, 26, 27, 36, 37]


def test_who_judges():
    holdout = torch.arange(200) % 2 == 0
    unknown = torch.full((200,), -1)
    held_out = holdout.nonzero().flatten().tolist()
    assert judging_rows(holdout, unknown, 0).tolist() == held_out
    verified = unknown.clone()
    verified[:64] = torch.arange(64) // 2 % 2  # 32 of them are held out
    assert judging_rows(holdout, verified, 0).tolist() == held_out[:32]
    verified[62] = -1  # one is missing
    assert judging_rows(holdout, verified, 0).tolist() == held_out
    assert judging_rows(holdout & False, verified, 0).tolist() == list(range(200))
