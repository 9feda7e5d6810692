import math

import torch

from nl_plugins.methods.two_stage.label_confidence import selection_summary

GIVEN = torch.tensor([0, 1, 2, 0, 1])
SELECTED = torch.tensor([True, True, False, False, True])
UNKNOWN = torch.full((5,), -1)


def test_table_2_by_hand():
    true = torch.tensor([0, 2, 2, 1, 1])  # kept: right, wrong, right
    summary = selection_summary(SELECTED, GIVEN, true, UNKNOWN)
    assert summary == dict(
        selected=0.6,
        kept_right=0.4,
        kept_wrong=0.2,
        unlabelled=0.4,
        kept_accuracy=2 / 3,
    )


def test_only_what_is_known_counts():
    true = torch.tensor([0, 2, -1, -1, -1])
    summary = selection_summary(SELECTED, GIVEN, true, UNKNOWN)
    assert summary['selected'] == 0.6
    assert (summary['kept_right'], summary['kept_wrong']) == (0.5, 0.5)
    assert summary['unlabelled'] == 0


def test_verification_speaks_where_no_true_label_does():
    verification = torch.tensor([-1, 0, 1, -1, 1])
    summary = selection_summary(SELECTED, GIVEN, UNKNOWN, verification)
    assert (summary['kept_right'], summary['kept_wrong']) == (1 / 3, 1 / 3)
    true = torch.tensor([0, 1, -1, -1, -1])  # sample 1 is right after all
    summary = selection_summary(SELECTED, GIVEN, true, verification)
    assert (summary['kept_right'], summary['kept_wrong']) == (0.75, 0)


def test_without_truth_the_share_alone():
    summary = selection_summary(SELECTED, GIVEN, UNKNOWN, UNKNOWN)
    assert summary == dict(selected=0.6)


def test_nothing_kept():
    none = torch.zeros(5, dtype=torch.bool)
    summary = selection_summary(none, GIVEN, GIVEN, UNKNOWN)
    assert summary['unlabelled'] == 1
    assert math.isnan(summary['kept_accuracy'])
