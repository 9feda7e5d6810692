import pytest
import torch

from nl_plugins.functional import label_quality

from . import reference


def test_hand_computed_cases():
    scores = torch.tensor([[1.0, -1.0], [1.0, -1.0], [0.5, 0.5], [0.2, 0.6]])
    quality = label_quality(scores, torch.tensor([0, 1, 1, 0]))
    torch.testing.assert_close(quality, torch.tensor([1.0, 0.0, 0.5, 0.4]))


def test_equals_the_loops(generator):
    scores = torch.rand(50, 5, generator=generator, dtype=torch.float64) * 2 - 1
    labels = torch.randint(5, (50,), generator=generator)
    expected = [
        reference.quality(row, label)
        for row, label in zip(scores.tolist(), labels.tolist())
    ]
    quality = label_quality(scores, labels)
    assert quality.dtype == torch.float64
    assert quality.tolist() == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize('dtype', [torch.float32, torch.float64])
def test_below_half_exactly_when_another_class_scores_higher(dtype):
    # The margins are one unit in the last place of 1e-3: lost beside 2.
    low = torch.tensor(1e-3, dtype=dtype)
    high = torch.nextafter(low, torch.tensor(1.0, dtype=dtype))
    scores = torch.stack([torch.stack(r) for r in [(low, high), (high, low)] * 2])
    quality = label_quality(scores, torch.tensor([0, 0, 1, 1]))
    assert (quality < 0.5).tolist() == [True, False, False, True]


def test_other_classes_may_be_in_any_order(generator):
    scores = torch.rand(20, 4, generator=generator)
    labels = torch.randint(4, (20,), generator=generator)
    order = torch.tensor([2, 0, 3, 1])
    moved = torch.argsort(order)[labels]
    quality = label_quality(scores, labels)
    assert torch.equal(label_quality(scores[:, order], moved), quality)


@pytest.mark.parametrize('dtype', [torch.float16, torch.bfloat16])
def test_half_precision_is_computed_in_single(generator, dtype):
    scores = torch.rand(20, 4, generator=generator).to(dtype)
    labels = torch.randint(4, (20,), generator=generator)
    quality = label_quality(scores, labels)
    assert quality.dtype == torch.float32
    assert torch.equal(quality, label_quality(scores.float(), labels))


def test_rounding_beyond_one_is_clamped():
    quality = label_quality(torch.tensor([[1.0002, -1.0002]] * 2), torch.tensor([0, 1]))
    assert quality.tolist() == [1, 0]


def test_no_rows_no_gradient_and_any_integer_type():
    none = label_quality(torch.empty(0, 3), torch.empty(0, dtype=torch.int64))
    assert none.shape == (0,)
    scores = torch.tensor([[0.5, 0.1]], requires_grad=True)
    quality = label_quality(scores, torch.tensor([1], dtype=torch.uint8))
    assert not quality.requires_grad
    assert quality.tolist() == pytest.approx([0.4])


def test_scores_are_left_alone():
    scores = torch.tensor([[0.5, 0.1]])
    label_quality(scores, torch.tensor([0]))
    assert scores.tolist() == [[0.5, pytest.approx(0.1)]]


@pytest.mark.parametrize(
    ('scores', 'labels', 'message'),
    [
        (torch.zeros(2), torch.tensor([0, 1]), r'rank 2.*\(2,\)'),
        (torch.zeros(2, 1), torch.tensor([0, 0]), r'K >= 2.*\(2, 1\)'),
        (torch.zeros(2, 3), torch.tensor([0]), 'differ: 1 in labels, 2 in scores'),
        (torch.zeros(2, 3), torch.tensor([[0, 1]]), r'rank 1.*\(1, 2\)'),
        (torch.zeros(2, 3), torch.tensor([0, 3]), r'labels\[1\] = 3.*\[0, 3\)'),
        (torch.zeros(2, 3), torch.tensor([-1, 0]), r'labels\[0\] = -1'),
        (torch.zeros(2, 3), torch.tensor([0.0, 1.0]), 'integers.*float32'),
        (torch.zeros(2, 3), torch.tensor([True, False]), 'integers.*bool'),
        (torch.zeros(2, 3), [0, 1], 'labels must be a tensor, got list'),
        (torch.tensor([[0.0, float('nan')]]), torch.tensor([0]), r'nan at \[0, 1\]'),
        (torch.tensor([[0.0, 2.5]]), torch.tensor([0]), r'\[-1, 1\].*2\.5'),
    ],
)
def test_bad_input(scores, labels, message):
    with pytest.raises(ValueError, match=message):
        label_quality(scores, labels)
