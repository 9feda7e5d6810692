import math

import pytest
import torch

from nl_plugins.methods.sinet.weight_summary import weight_summary, wrong_label_auc

GIVEN = torch.tensor([0, 1, 2, 0, 1])
TRUE = torch.tensor([0, 1, 0, -1, 2])
WEIGHTS = torch.tensor([0.9, 0.2, 0.2, 5.0, 0.0])


def test_auc_by_hand():
    # right: 0.9 and 0.2, wrong: 0.2 and 0.0; three pairs in order and one tie
    assert wrong_label_auc(WEIGHTS, GIVEN, TRUE) == pytest.approx(3.5 / 4)
    assert wrong_label_auc(-WEIGHTS, GIVEN, TRUE) == pytest.approx(0.5 / 4)


def test_auc_needs_right_and_wrong_labels():
    assert math.isnan(wrong_label_auc(WEIGHTS, TRUE.clamp(min=0), TRUE))
    assert math.isnan(wrong_label_auc(WEIGHTS, TRUE + 1, TRUE))


def test_figures_by_hand():
    summary = weight_summary(WEIGHTS, GIVEN, TRUE)
    assert summary == pytest.approx(
        dict(
            mean_weight=6.3 / 5,
            zero_weights=0.2,
            right_label_weight=0.55,
            wrong_label_weight=0.1,
            weight_auc=0.875,
        )
    )
    unknown = torch.full((5,), -1)
    summary = weight_summary(WEIGHTS, GIVEN, unknown)
    assert summary.keys() == {'mean_weight', 'zero_weights'}
    none_wrong = weight_summary(WEIGHTS, TRUE, TRUE)
    assert math.isnan(none_wrong['wrong_label_weight'])
    assert none_wrong['right_label_weight'] == pytest.approx(1.3 / 4)
