import pytest
import torch
from mmpretrain.registry import MODELS

from nl_plugins.functional import consistency
from nl_plugins.losses.consistency_loss import ConsistencyLoss


def test_is_alpha_times_the_mean_of_equation_1():
    a, b = torch.rand(2, 6, 4, generator=torch.Generator().manual_seed(0))
    loss = MODELS.build(dict(type='ConsistencyLoss', loss_weight=3.0))
    torch.testing.assert_close(loss(a, b), 3 * consistency(a, b).mean())


def test_by_hand_with_gradients():
    a = torch.tensor([[1.0, 0.0], [0.5, 0.5]], requires_grad=True)
    b = torch.tensor([[0.0, 1.0], [0.5, 0.5]])
    loss = ConsistencyLoss()(a, b)
    assert float(loss.detach()) == 100.0  # 100 / 2 * (2 + 0)
    loss.backward()
    assert a.grad.tolist() == [[100.0, -100.0], [0.0, 0.0]]


def test_half_precision_is_summed_in_single():
    a, b = torch.full((2, 4, 3), 0.25).half()
    assert ConsistencyLoss()(a, b).dtype == torch.float32


@pytest.mark.parametrize('weight', [-1, float('nan')])
def test_bad_weight(weight):
    with pytest.raises(ValueError, match='loss_weight must be a number >= 0'):
        ConsistencyLoss(weight)


def test_the_mean_over_classes_is_laine_and_ailas():
    a, b = torch.rand(2, 6, 4, generator=torch.Generator().manual_seed(0))
    want = 3 * sum(float((x - y) ** 2) for x, y in zip(a.flatten(), b.flatten())) / 24
    loss = ConsistencyLoss(3.0, class_mean=True)(a, b)
    assert float(loss) == pytest.approx(want, rel=1e-6)


def test_thirty_beside_eq_2_has_the_balance_of_laine_and_ailas_loss():
    """Theirs divides both parts by the batch, and weighs by 30 M/N."""
    generator = torch.Generator().manual_seed(0)
    probs, targets = torch.rand(2, 8, 5, generator=generator).softmax(-1)
    labelled, labels = torch.arange(8) < 4, torch.arange(8) % 5
    log = -probs[torch.arange(8), labels].log()
    theirs = (log * labelled).sum() / 8
    theirs += 30 * 4 / 8 * (probs - targets).square().sum() / (5 * 8)
    loss = ConsistencyLoss(30.0, class_mean=True)
    ours = log[labelled].mean() + loss(probs, targets)
    torch.testing.assert_close(theirs / ours, torch.tensor(4 / 8))
