import pytest
import torch

from nl_plugins.functional import image_noise

CYCLE = torch.tensor([[0, 1, 0], [0, 0, 1], [1, 0, 0]]).double()


def plant(scores, labels, **changes):
    settings = dict(transition=CYCLE, confusing=0.5, random=0.25, seed=0)
    settings.update(changes)
    return image_noise(torch.tensor(scores), torch.tensor(labels), **settings)


def test_by_hand():
    scores = [4.0, 1.0, 3.0, 2.0, 10.0, 20.0, 30.0, 40.0]
    noisy, types = plant(scores, [0, 0, 0, 0, 1, 1, 1, 1])
    # per class the two highest are confused, the lowest gets any other label
    assert types.tolist() == [2, 1, 2, 0, 1, 0, 2, 2]
    assert noisy[[0, 2]].tolist() == [1, 1]
    assert noisy[[6, 7]].tolist() == [2, 2]
    assert noisy[[3, 5]].tolist() == [0, 1]
    assert noisy[1] != 0
    assert noisy[4] != 1


def test_shares_are_per_class_and_ties_go_to_the_lower_index():
    scores, labels = [0.0] * 10, [0] * 7 + [1] * 3
    _, types = plant(scores, labels, confusing=0.3, random=0.3)
    # 2.1 and 0.9 rounded up; 2.1 and 0.9 rounded down
    assert types.tolist() == [2, 2, 2, 0, 0, 1, 1, 2, 0, 0]


def test_draws_follow_the_transition_and_the_seed(generator):
    labels = torch.arange(30000) % 3
    scores = torch.rand(30000, generator=generator)
    transition = torch.tensor([[0, 0.7, 0.3], [1, 0, 0], [0.5, 0.5, 0]]).double()
    noisy, types = image_noise(scores, labels, transition, 0.4, 0.2, seed=1)
    again = image_noise(scores, labels, transition, 0.4, 0.2, seed=2)
    assert torch.equal(again[1], types)
    assert not torch.equal(again[0], noisy)
    for label in range(3):
        confused = noisy[(labels == label) & (types == 2)]
        share = torch.bincount(confused, minlength=3) / len(confused)
        assert torch.allclose(share.double(), transition[label], atol=0.03)
        random = noisy[(labels == label) & (types == 1)]
        share = torch.bincount(random, minlength=3) / len(random)
        assert torch.allclose(share, (torch.arange(3) != label) / 2, atol=0.05)
    assert torch.equal(noisy[types == 0], labels[types == 0])
    assert scores[types == 2].min() > scores[types == 0].max() - 0.05
    assert scores[types == 1].max() < scores[types == 0].min() + 0.05


def test_the_extremes():
    assert plant([1.0, 2.0], [0, 1], confusing=0, random=0)[0].tolist() == [0, 1]
    assert plant([1.0, 2.0], [0, 1], confusing=1, random=0)[0].tolist() == [1, 2]
    assert plant([1.0, 2.0], [0, 1], confusing=0, random=1)[1].tolist() == [1, 1]


@pytest.mark.parametrize(
    ('changes', 'message'),
    [
        (dict(confusing=0.8, random=0.3), r'confusing \+ random = 1.1 is above 1'),
        (dict(confusing=-0.1), r'confusing must lie in \[0, 1\]'),
        (dict(transition=torch.eye(3)), 'diagonal of transition must be zero'),
        (dict(transition=CYCLE * 2), 'transition row 0 sums to 2.0'),
        (dict(seed=-1), 'seed'),
        (dict(scores=[1.0]), r'scores have shape \(1,\), labels \(2,\)'),
        (dict(scores=[1.0, float('nan')]), 'scores must be finite'),
        (dict(labels=[0, 3]), r'labels\[1\] = 3'),
    ],
)
def test_bad_input(changes, message):
    with pytest.raises(ValueError, match=message):
        plant(**{'scores': [1.0, 2.0], 'labels': [0, 1], **changes})
